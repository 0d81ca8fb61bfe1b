package strategies

import (
	"context"
	"time"
)

// guard lets one caller at a time, of all boxes that share the locker, compute
// a key. It is the engine of [Mutex] and of [SWR].
//
// The owner of a lock looks into the store once more before it computes. Without
// that look, this interleaving computes twice:
//
//	A: get -> miss
//	B: get -> miss
//	A: lock, load, set, unlock
//	B: lock (it is free), load again
//
// For the same reason the owner stores the value before it frees the lock: in
// between, a third caller would find neither value nor lock.
//
// The owner's load and everything after it run under a context that is not
// cancelled with the caller: others are refused, or wait, for its sake, and if
// it were given up whenever a client is impatient the key would never be filled.
type guard struct {
	aside
	dice   dice
	locker Locker
	cfg    guardConfig
}

// guardConfig is what MutexConfig and SWRConfig have in common.
type guardConfig struct {
	fresh     time.Duration // younger values need no refresh
	ttl       time.Duration // younger values need no load
	lock      time.Duration
	waits     bool // losers wait for the value
	queues    bool // losers wait for the lock
	wait      time.Duration
	poll      time.Duration
	then      string        // what a loser does when it has waited enough
	stale     time.Duration // with then: stale, younger values will do
	extender  Extender      // nil: locks are not prolonged
	published bool          // repeat the mistakes of the original
	fail      bool          // with the cache
}

// fill answers a request that found no fresh value; old is what it found, if
// anything.
func (g *guard) fill(ctx context.Context, key string, old Entry, found bool) (Result, error) {
	if g.onError == nil {
		return g.try(ctx, key, old, found)
	}
	return g.attempt(ctx, key, old, found, func(ctx context.Context) (Result, error) { return g.try(ctx, key, old, found) })
}

// try computes the value if nobody else does, and does as a loser does otherwise.
func (g *guard) try(ctx context.Context, key string, old Entry, found bool) (Result, error) {
	token := g.dice.token()
	got, err := g.take(ctx, key, token)
	switch {
	case err != nil:
		return g.past(ctx, key, err)
	case got:
		return g.compute(ctx, key, token, false)
	case g.cfg.waits:
		return g.await(ctx, key, token, old, found)
	case g.cfg.queues:
		return g.queue(ctx, key, token)
	}
	return Result{Outcome: ColdFailure}, ErrColdCache
}

// past answers when the lock cannot be asked for.
func (g *guard) past(ctx context.Context, key string, err error) (Result, error) {
	if g.cfg.fail || ctx.Err() != nil {
		return failure(ctx, CacheError, err)
	}
	return g.loadAndSave(detached(ctx), key)
}

// compute answers as the owner of the lock, after waiting for it or not.
func (g *guard) compute(ctx context.Context, key, token string, waited bool) (Result, error) {
	if g.cfg.published {
		return g.computeAsPublished(ctx, key, token)
	}
	e, loaded, err := g.own(ctx, key, token, false)
	switch {
	case err != nil:
		return failure(ctx, OriginFailure, err)
	case loaded:
		return served(&e, Computed), nil
	case waited:
		return served(&e, Coalesced), nil
	}
	return g.hit(&e), nil
}

// hit is the answer e, found in the cache and young enough.
func (g *guard) hit(e *Entry) Result {
	if fresh(e, g.clock.Now(), g.cfg.fresh) {
		return served(e, FreshHit)
	}
	return served(e, StaleHit)
}

// own does the work of a lock's owner and frees the lock, however the load
// ends. It reports whether it had to load: a refresh ends with a fresh value,
// anything else with one that may be served.
func (g *guard) own(ctx context.Context, key, token string, refresh bool) (e Entry, loaded bool, err error) {
	ctx = detached(ctx)
	stop := g.prolong(ctx, key, token)
	defer func() {
		stop()
		_, _ = g.free(ctx, key, token)
	}()
	enough := g.cfg.ttl
	if refresh {
		enough = g.cfg.fresh
	}
	if e, ok, _ := g.read(ctx, key); ok && fresh(&e, g.clock.Now(), enough) {
		return e, false, nil
	}
	if e, err = g.load(ctx, key, refresh); err == nil {
		g.save(ctx, key, e)
	}
	return e, true, err
}

// computeAsPublished is the owner's part of the third version in "Caching and
// Scaling for web frameworks, Part II", as its code runs on redis-py 3.5: no
// second look, the lock is freed before the value is stored, and where the
// lock expired meanwhile LockNotOwnedError, a kind of LockError, becomes a
// ColdCacheException and the value is lost. A load that takes longer than the
// lock lives therefore never fills the cache.
func (g *guard) computeAsPublished(ctx context.Context, key, token string) (Result, error) {
	ctx = detached(ctx)
	e, held, err := func() (e Entry, held bool, err error) {
		defer func() {
			var freeErr error
			if held, freeErr = g.free(ctx, key, token); err == nil {
				err = freeErr
			}
		}()
		e, err = g.load(ctx, key, false)
		return e, held, err
	}()
	switch {
	case err != nil && e.Stored.IsZero():
		return Result{Outcome: OriginFailure}, err
	case err != nil:
		g.discarded.Add(1)
		return Result{Outcome: CacheError}, err
	case !held:
		g.discarded.Add(1)
		return Result{Outcome: ColdFailure}, ErrColdCache
	}
	g.save(ctx, key, e)
	return served(&e, Computed), nil
}
