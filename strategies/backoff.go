package strategies

import (
	"maps"
	"sync"
	"time"
)

// attempts is a process's memory of the keys whose load failed: for how long they are
// not asked for again. It is a cache of failures, with a ttl that grows. Where it is
// of refreshes it also knows those under way, and of which another process has the lock.
type attempts struct {
	bound       int // of refreshes under way; 0 is none
	first, most time.Duration

	mu      sync.Mutex
	pauses  map[string]pause
	running map[string]bool // the keys that are being refreshed
	sweepAt int             // number of pauses at which to forget those long over
}

// pause is what is remembered of one key.
type pause struct {
	failures int // in a row
	until    time.Time
}

func newAttempts(bound int, first, most time.Duration) *attempts {
	return &attempts{bound: bound, first: first, most: most, pauses: make(map[string]pause), running: make(map[string]bool), sweepAt: 1024}
}

// holds reports whether key is not to be asked for now.
func (a *attempts) holds(key string, now time.Time) bool {
	if a == nil {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return now.Before(a.pauses[key].until)
}

// begin reports whether the caller is to refresh key now, and notes that it does. It
// must then call one of succeeded, failed and left.
func (a *attempts) begin(key string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.running[key] || now.Before(a.pauses[key].until) || a.bound > 0 && len(a.running) >= a.bound {
		return false
	}
	a.running[key] = true
	return true
}

// failed begins a pause, the longer the more have failed. Loads that began
// together and fail one after the other make one pause.
func (a *attempts) failed(key string, now time.Time) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.running, key)
	if p := a.pauses[key]; !now.Before(p.until) {
		a.putPause(key, p.failures+1, now, Backoff(p.failures+1, a.first, a.most))
	}
}

// left notes that another process has the lock of a refresh, or that the lock cannot be
// asked for: this one asks again after a pause.
func (a *attempts) left(key string, now time.Time, pause time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.running, key)
	a.putPause(key, a.pauses[key].failures, now, pause)
}

// succeeded forgets key, which has been loaded.
func (a *attempts) succeeded(key string) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.running, key)
	delete(a.pauses, key)
}

// putPause leaves key alone for a time. It forgets keys that nobody has asked for in a
// while, so that memory is bounded by the keys of one such while.
func (a *attempts) putPause(key string, failures int, now time.Time, length time.Duration) {
	if len(a.pauses) >= a.sweepAt {
		maps.DeleteFunc(a.pauses, func(_ string, p pause) bool { return now.Sub(p.until) >= a.most })
		a.sweepAt = max(1024, 2*len(a.pauses))
	}
	a.pauses[key] = pause{failures, now.Add(length)}
}
