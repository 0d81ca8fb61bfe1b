package strategies

import (
	"context"
	"sync"
)

// Deferred is what a request leaves to be done when it has been answered, by the worker
// that answered it: what defer is in Laravel, kernel.terminate in Symfony and close() of a
// response in WSGI. Whoever serves a request makes one for it and runs it after the answer:
//
//	var after strategies.Deferred
//	r, err := cache.Get(strategies.WithDeferred(ctx, &after), key)
//	write(w, r)
//	after.Run()
//
// The zero value is ready. It is safe for concurrent use.
type Deferred struct {
	mu   sync.Mutex
	work []func()
	ran  bool
}

// deferredKey is what a context has a Deferred under.
type deferredKey struct{}

// WithDeferred is a context for one request.
func WithDeferred(ctx context.Context, d *Deferred) context.Context {
	return context.WithValue(ctx, deferredKey{}, d)
}

// Run does what was left, in its order. What is left afterwards, as by a load whose request
// gave up on it, is for a process of its own.
func (d *Deferred) Run() {
	d.mu.Lock()
	work := d.work
	d.work, d.ran = nil, true
	d.mu.Unlock()
	for _, do := range work { // without the mutex: it may wait
		do()
	}
}

// Pending reports whether there is something to be done.
func (d *Deferred) Pending() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.work) > 0
}

// deferIn leaves work to the request of ctx, and reports false where there is none, or it
// has done what it was left: then it is for the caller to see that it is done.
func deferIn(ctx context.Context, do func()) bool {
	d, _ := ctx.Value(deferredKey{}).(*Deferred)
	if d == nil {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ran {
		return false
	}
	d.work = append(d.work, do)
	return true
}

// Deferrer is a Strategy that may leave work to be done after the answer. One that does
// not needs no [Deferred].
type Deferrer interface {
	// Defers reports whether it does, as it is configured.
	Defers() bool
}

// Defers reports whether a strategy, which may be beneath another, is a Deferrer that does.
func Defers(s Strategy) bool {
	d, ok := s.(Deferrer)
	return ok && d.Defers()
}
