package clock

import (
	"context"
	"sync"
	"time"
)

// Wall is the clock on the wall: package time and goroutines. The zero value
// is ready for use.
type Wall struct {
	mu      sync.Mutex
	running int
	idle    chan struct{} // closed when nothing runs; nil unless somebody waits for that
}

var _ Clock = (*Wall)(nil)

// NewWall returns a wall clock.
func NewWall() *Wall { return new(Wall) }

// Now is time.Now.
func (w *Wall) Now() time.Time { return time.Now() }

// Since is the time since an instant that Now has given. It is read in half the time that
// Now takes, as it asks one clock of the system in place of two.
func (w *Wall) Since(t time.Time) time.Duration { return time.Since(t) }

// Sleep waits for d or until ctx is cancelled.
func (w *Wall) Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Go runs f on a goroutine that Close waits for. A panic in f is the
// program's, as in any goroutine.
func (w *Wall) Go(_ string, f func()) {
	w.mu.Lock()
	w.running++
	w.mu.Unlock()
	go func() {
		defer w.end()
		f()
	}()
}

// end counts one off, and wakes those who wait for the last.
func (w *Wall) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running--; w.running == 0 && w.idle != nil {
		close(w.idle)
		w.idle = nil
	}
}

// AfterFunc runs f on its own goroutine once d has passed. Close does not wait
// for it.
func (w *Wall) AfterFunc(d time.Duration, f func()) { time.AfterFunc(d, f) }

// NewEvent returns an unset event.
func (w *Wall) NewEvent(string) Event { return &wallEvent{set: make(chan struct{})} }

// Run runs main and returns when it and everything that Go started have
// returned. The error is always nil: a wall clock that fails is a program that
// fails.
func (w *Wall) Run(main func()) error {
	main()
	w.Close()
	return nil
}

// Close waits until nothing that Go started is running. Requests may still arrive
// meanwhile, and start more: it then waits for that, too.
func (w *Wall) Close() { _ = w.Shutdown(context.Background()) }

// Shutdown is Close for those who cannot wait for ever: it returns the cause of ctx's
// cancellation if that comes first. (A [sync.WaitGroup] may not be added to while its last
// waiter leaves, which is what a server does whose requests have not ended in time.)
func (w *Wall) Shutdown(ctx context.Context) error {
	w.mu.Lock()
	if w.running == 0 {
		w.mu.Unlock()
		return nil
	}
	if w.idle == nil {
		w.idle = make(chan struct{})
	}
	idle := w.idle
	w.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// wallEvent is a channel closed when the event is set and replaced on Reset.
type wallEvent struct {
	mu     sync.Mutex
	set    chan struct{}
	closed bool
}

func (e *wallEvent) Set() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.closed {
		close(e.set)
		e.closed = true
	}
}

func (e *wallEvent) Reset() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		e.set = make(chan struct{})
		e.closed = false
	}
}

func (e *wallEvent) Wait(ctx context.Context, limit time.Duration) error {
	e.mu.Lock()
	set := e.set
	e.mu.Unlock()
	var expired <-chan time.Time
	if limit < Forever {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		expired = timer.C
	}
	select { // a set event wins over a cancelled context
	case <-set:
		return nil
	default:
	}
	select {
	case <-set:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-expired:
		return ErrLimit
	}
}
