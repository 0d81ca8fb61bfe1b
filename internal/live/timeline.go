package live

import (
	"sync"
	"time"
)

// timeline is what is to happen later, until it is closed.
type timeline struct {
	mu      sync.Mutex
	closed  bool
	timers  []*time.Timer
	running sync.WaitGroup
}

// after has f called on a goroutine of its own once d has passed.
func (l *timeline) after(d time.Duration, f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.timers = append(l.timers, time.AfterFunc(d, func() {
		if l.begin() {
			defer l.running.Done()
			f()
		}
	}))
}

func (l *timeline) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.running.Add(1)
	}
	return !l.closed
}

// close forgets what is to come, and returns when what has begun has ended: a
// fault of one run must not befall the next.
func (l *timeline) close() {
	l.mu.Lock()
	l.closed = true
	for _, t := range l.timers {
		t.Stop()
	}
	l.mu.Unlock()
	l.running.Wait()
}
