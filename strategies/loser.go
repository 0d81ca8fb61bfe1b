package strategies

import "context"

// Words of the settings losers and then.
const (
	losersFail  = "fail"
	losersWait  = "wait"
	losersQueue = "queue"
	thenFail    = "fail"
	thenStale   = "stale"
	thenLoad    = "load"
)

// await is the way of a loser who waits: it looks for the value and then for
// the lock (whose owner may have failed or crashed), at every poll, up to the
// limit. redis-py polls the lock alone, and everyone who waited takes it in
// turn; here all see the value as soon as it is there.
func (g *guard) await(ctx context.Context, key, token string, old Entry, found bool) (Result, error) {
	begun := g.clock.Now()
	for {
		pause, left := pollPause(g.clock.Now(), begun, g.cfg.wait, g.cfg.poll, g.dice.below(g.cfg.poll))
		if !left {
			return g.giveUp(ctx, key, old, found)
		}
		if err := g.clock.Sleep(ctx, pause); err != nil {
			return Result{Outcome: Timeout}, err
		}
		e, ok, err := g.read(ctx, key)
		switch {
		case ok && fresh(&e, g.clock.Now(), g.cfg.ttl):
			return served(&e, Coalesced), nil
		case ok:
			old, found = e, true
		case err != nil && (g.cfg.fail || ctx.Err() != nil):
			return failure(ctx, CacheError, err)
		}
		got, err := g.take(ctx, key, token)
		switch {
		case err != nil:
			return g.past(ctx, key, err)
		case got:
			return g.compute(ctx, key, token, true)
		}
	}
}

// giveUp is what a loser does when it has waited enough. Those who came
// together give up together: with "load" the herd is late and not gone.
func (g *guard) giveUp(ctx context.Context, key string, old Entry, found bool) (Result, error) {
	switch {
	case g.cfg.then == thenLoad:
		return g.loadAndSave(detached(ctx), key)
	case g.cfg.then == thenStale && found && youngerThan(&old, g.clock.Now(), g.cfg.stale):
		return served(&old, StaleHit), nil
	}
	return Result{Outcome: ColdFailure}, ErrColdCache
}
