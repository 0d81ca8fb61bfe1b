package sim

import (
	"context"
	"slices"
)

// cancellerKey asks a context for its canceller.
type cancellerKey struct{}

// cancellerOf is the nearest virtual context at or above ctx, or nil.
func cancellerOf(ctx context.Context) *canceller {
	c, _ := ctx.Value(cancellerKey{}).(*canceller)
	return c
}

// canceller is a context whose cancellation wakes processes. It has one of package
// context inside, so that contexts made from it are cancelled at once too, and knows
// who waits under it and which virtual contexts were made from it.
type canceller struct {
	context.Context
	sim     *Sim
	waiters []wakeUp
	below   []*canceller
}

func (c *canceller) Value(key any) any {
	if key == (cancellerKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// wake wakes all who wait under c. It takes them off the list first: a woken process
// may wait under c again, and add itself, before wake goes on.
func (c *canceller) wake() {
	waiters, below := c.waiters, c.below
	c.waiters, c.below = nil, nil
	for _, w := range waiters {
		c.sim.wake(w)
	}
	for _, other := range below {
		other.wake()
	}
}

// add has the process woken by a cancellation during its next wait, and remove takes
// it off the list when that is over. C may be nil: there is nobody to be woken by.
func (c *canceller) add(t *task) {
	if c != nil {
		c.waiters = append(c.waiters, wakeUp{t, t.turn})
	}
}

func (c *canceller) remove(t *task) {
	if c != nil {
		c.waiters = without(c.waiters, t)
	}
}

// without is a list of those who wait less t, which waits no more.
func without(list []wakeUp, t *task) []wakeUp {
	return slices.DeleteFunc(list, func(w wakeUp) bool { return w.task == t })
}
