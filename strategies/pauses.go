package strategies

import (
	"sync"
	"time"
)

// pauses is a process's memory of the keys whose load failed: for how long they
// are not asked for again. It is a cache of failures, with a ttl that grows.
type pauses struct {
	first, most time.Duration

	mu      sync.Mutex
	keys    map[string]pause
	sweepAt int // number of keys at which to forget those long over
}

// pause is what is remembered of one key.
type pause struct {
	failures int // in a row
	until    time.Time
}

func newPauses(first, most time.Duration) *pauses {
	return &pauses{first: first, most: most, keys: make(map[string]pause), sweepAt: 1024}
}

// holds reports whether key is not to be asked for now.
func (p *pauses) holds(key string, now time.Time) bool {
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Before(p.keys[key].until)
}

// failed begins a pause, the longer the more have failed. Loads that began
// together and fail one after the other make one pause.
func (p *pauses) failed(key string, now time.Time) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.keys[key]
	if now.Before(k.until) {
		return
	}
	if len(p.keys) >= p.sweepAt {
		p.sweep(now)
	}
	k.failures++
	k.until = now.Add(backoff(k.failures, p.first, p.most))
	p.keys[key] = k
}

// end forgets key, which has been loaded.
func (p *pauses) end(key string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.keys, key)
}

// sweep forgets keys that nobody has asked for in a while.
func (p *pauses) sweep(now time.Time) {
	for key, k := range p.keys {
		if now.Sub(k.until) >= p.most {
			delete(p.keys, key)
		}
	}
	p.sweepAt = max(1024, 2*len(p.keys))
}
