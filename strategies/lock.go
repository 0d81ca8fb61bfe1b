package strategies

import (
	"context"
)

// take tries to get the lock of key. It is not cancelled with the caller, who
// would not know then whether he left a lock behind. A lock whose TryLock fails
// is taken not to be held; if it is, it lives out its time.
func (g *guard) take(ctx context.Context, key, token string) (bool, error) {
	owner := detached(ctx)
	got, err := g.locker.TryLock(owner, key, token, g.cfg.lock)
	if err != nil {
		return false, g.storeFailed(owner, "lock", key, err)
	}
	if got && ctx.Err() != nil {
		_, _ = g.free(owner, key, token)
		return false, context.Cause(ctx)
	}
	return got, nil
}

// free gives the lock back and reports whether it was still held.
func (g *guard) free(ctx context.Context, key, token string) (bool, error) {
	held, err := g.locker.Unlock(ctx, key, token)
	if err != nil {
		return false, g.storeFailed(ctx, "unlock", key, err)
	}
	if !held {
		g.locksLost.Add(1)
	}
	return held, nil
}

// prolong starts a process that renews the lock at every third of its life,
// until stop is called or the lock is lost. Two renewals may fail in a row
// before that happens.
func (g *guard) prolong(ctx context.Context, key, token string) (stop func()) {
	if g.cfg.extender == nil {
		return func() {}
	}
	ended := g.clock.NewEvent("the end of a lock")
	g.clock.Go("prolong a lock", func() {
		since := g.clock.Now()
		for !lockLost(g.clock.Now(), since, g.cfg.lock) && ended.Wait(ctx, g.cfg.lock/3) != nil {
			asked := g.clock.Now()
			held, err := g.cfg.extender.Extend(ctx, key, token, g.cfg.lock)
			switch {
			case err != nil:
				_ = g.storeFailed(ctx, "extend the lock of", key, err)
			case !held:
				return // by free, or by time: free will tell
			default:
				since = asked
			}
		}
	})
	return ended.Set
}
