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
	k.until = now.Add(Backoff(k.failures, p.first, p.most))
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

// refreshes is a process's memory of the stale keys it refreshes, failed to
// refresh, or leaves to another.
type refreshes struct {
	bound       int // of those under way; 0 is none
	first, most time.Duration

	mu      sync.Mutex
	keys    map[string]*refresh
	running int
	sweepAt int // number of keys at which to forget the idle ones
}

// refresh is what is remembered of one key.
type refresh struct {
	running   bool
	failures  int       // in a row
	notBefore time.Time // of the next attempt
}

func newRefreshes(bound int, first, most time.Duration) *refreshes {
	return &refreshes{bound: bound, first: first, most: most, keys: make(map[string]*refresh), sweepAt: 1024}
}

// begin reports whether the caller is to refresh key now, and notes that it
// does. It must then call one of succeeded, failed and left.
func (r *refreshes) begin(key string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.keys[key]
	if k != nil && (k.running || now.Before(k.notBefore)) || r.bound > 0 && r.running >= r.bound {
		return false
	}
	if k == nil {
		if len(r.keys) >= r.sweepAt {
			r.sweep(now)
		}
		k = new(refresh)
		r.keys[key] = k
	}
	k.running = true
	r.running++
	return true
}

// succeeded forgets the key.
func (r *refreshes) succeeded(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running--
	delete(r.keys, key)
}

// failed puts off the next attempt, the longer the more have failed.
func (r *refreshes) failed(key string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running--
	k := r.keys[key]
	k.running = false
	k.failures++
	k.notBefore = now.Add(Backoff(k.failures, r.first, r.most))
}

// left notes that another process has the lock, or that the lock cannot be
// asked for: this one asks again after a pause.
func (r *refreshes) left(key string, now time.Time, pause time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running--
	k := r.keys[key]
	k.running = false
	k.notBefore = now.Add(pause)
}

// sweep forgets keys that nobody has asked for in a while, so that memory is
// bounded by the keys of one such while.
func (r *refreshes) sweep(now time.Time) {
	for key, k := range r.keys {
		if !k.running && now.Sub(k.notBefore) >= r.most {
			delete(r.keys, key)
		}
	}
	r.sweepAt = max(1024, 2*len(r.keys))
}
