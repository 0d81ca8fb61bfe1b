package failsafe

import (
	"sync"
	"sync/atomic"
	"time"
)

// breaker takes a cache for gone that has failed a number of times in a row.
//
// Most operations find no failure and read one number: the mutex is for those who come
// while the cache is gone.
type breaker struct {
	limit int64         // failures in a row
	pause time.Duration // between two probes

	failures atomic.Int64 // in a row, so far

	mu   sync.Mutex
	next time.Time // when the next probe may go
}

// gone reports whether the cache is taken for gone.
func (b *breaker) gone() bool { return b.failures.Load() >= b.limit }

// admit reports whether an operation may go to the cache: all while it is there, and while
// it is gone one a pause, the probe. A probe that is never heard of again holds nothing up:
// the next one goes a pause later.
func (b *breaker) admit() bool {
	if !b.gone() {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if now.Before(b.next) {
		return false
	}
	b.next = now.Add(b.pause)
	return true
}

// answered notes that the cache is there, whoever asked it.
func (b *breaker) answered() {
	if b.failures.Load() != 0 { // a write for each answer would have all cores share a line
		b.failures.Store(0)
	}
}

// failed notes a failure. The last one that is needed begins the first pause; those that
// were under way with it, and fail later, do not make it longer.
func (b *breaker) failed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures.Add(1) == b.limit {
		b.next = time.Now().Add(b.pause)
	}
}
