package sim

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

// event is a flag and the processes that wait for it, in order.
type event struct {
	sim     *Sim
	name    string
	set     bool
	waiters []wakeUp
	first   [1]wakeUp // most events have one waiter: no allocation for it
}

// Set wakes all who wait, in the order in which they came. One whose limit is due at
// this very instant, and whose turn has not come, was set in time.
func (e *event) Set() {
	if e.set {
		return
	}
	e.set = true
	for _, w := range e.waiters {
		w.task.bySet = e.sim.wake(w) || w.task.bySet
	}
	clear(e.waiters)
	e.waiters = e.waiters[:0]
}

// Reset has those who come from now on wait again. It changes nothing for those who
// were woken and have not had their turn.
func (e *event) Reset() { e.set = false }

// Wait ends by Set, by the limit or by the cancellation of ctx, whichever comes
// first; the other wake-ups of this wait are void from then on, by the turn that
// they were made in.
func (e *event) Wait(ctx context.Context, limit time.Duration) error {
	s := e.sim
	t := s.waiter()
	if e.set {
		return nil
	}
	if ctx.Done() != nil {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		c := cancellerOf(ctx)
		c.add(t)
		defer c.remove(t)
	}
	if e.waiters == nil {
		e.waiters = e.first[:0]
	}
	e.waiters = append(e.waiters, wakeUp{t, t.turn})
	t.bySet = false
	if limit < clock.Forever {
		s.schedule(s.now+int64(max(limit, 0)), t)
	}
	s.park(t, e.name)
	if t.bySet {
		return nil
	}
	e.waiters = without(e.waiters, t) // no Set ended the wait
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return clock.ErrLimit
}
