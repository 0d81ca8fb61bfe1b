package sim

import (
	"context"
	"sync"
)

// cancellerKey asks a context for its canceller.
type cancellerKey struct{}

// cancellerOf is the nearest virtual context at or above ctx, or nil.
func cancellerOf(ctx context.Context) *canceller {
	c, _ := ctx.Value(cancellerKey{}).(*canceller)
	return c
}

// cause is the reason of ctx's cancellation, or nil. The nearest virtual
// context is asked too: package context may pass a cancellation on later, on a
// goroutine of its own.
func cause(ctx context.Context, c *canceller) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if c != nil {
		return c.Err()
	}
	return nil
}

// canceller is a context whose cancellation wakes processes. It has the
// AfterFunc method by which contexts of package context made from it are
// cancelled at once too.
type canceller struct {
	context.Context
	sim  *Sim
	done chan struct{}

	mu      sync.Mutex
	err     error
	waiters []wakeUp
	after   []*func()
}

// Done is closed by the cancellation, for those who do not wait in virtual time.
func (c *canceller) Done() <-chan struct{} { return c.done }

// Err is the cancellation's, or else that of the context above.
func (c *canceller) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return c.err
	}
	return c.Context.Err()
}

func (c *canceller) Value(key any) any {
	if key == (cancellerKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// AfterFunc calls f when c is cancelled, on the canceller's own process.
func (c *canceller) AfterFunc(f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	entry := &f
	c.after = append(c.after, entry)
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for i, a := range c.after {
			if a == entry {
				c.after = append(c.after[:i], c.after[i+1:]...)
				return true
			}
		}
		return false
	}
}

// cancel wakes all who wait under c. It takes them off the list first: a woken process
// may wait under c again, and add itself, before cancel goes on.
func (c *canceller) cancel(err error) {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return
	}
	c.err = err
	waiters, after := c.waiters, c.after
	c.waiters, c.after = nil, nil
	close(c.done)
	c.mu.Unlock()
	for _, w := range waiters {
		c.sim.wake(w)
	}
	for _, f := range after {
		(*f)()
	}
}

// add has the process woken by a cancellation during its next wait.
func (c *canceller) add(t *task) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiters = append(c.waiters, wakeUp{t, t.turn})
}

// remove takes the process off the list when its wait is over.
func (c *canceller) remove(t *task) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, w := range c.waiters {
		if w.task == t {
			c.waiters = append(c.waiters[:i], c.waiters[i+1:]...)
			return
		}
	}
}
