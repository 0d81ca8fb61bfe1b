package strategies

import (
	"context"
	"time"
)

// guard lets one caller at a time, of all boxes that share the locker, compute
// a key. It is the engine of [Mutex], [SWR] and [Pool].
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
// cancelled with the caller: others are refused, or wait, for its sake. If it ended
// whenever a client is impatient, the key would never be filled.
type guard struct {
	engine
	random   random
	locker   Locker
	extender Extender // the locker, for locks that are to be prolonged
	cfg      guardConfig
}

// guardConfig is what the configurations of Mutex, SWR and Pool come to.
type guardConfig struct {
	fresh  time.Duration // a younger value needs no refresh
	enough time.Duration // a younger value answers a request that found none
	ttl    time.Duration // with then: stale, a younger value will do

	Sharing
	Locking
	Writes
	AgeCounting
	LoadFailure

	slots  int     // locks of a key; 0 is the locker's own one
	queue  *places // of losers that wait
	losers LoserMode
	wait   time.Duration
	poll   time.Duration
	then   GiveUpMode // what a loser does when it has waited enough
	fast   bool       // a loser takes a value that then: stale would, at once
	fail   bool       // with the cache
}

// init makes g ready.
func (g *guard) init(store Store, locker Locker, loader Loader, r Runtime, cfg guardConfig) error {
	extender, ok := locker.(Extender)
	if cfg.Extend && !ok {
		return &ConfigError{Field: "extend", Msg: "is on, but the locker has no Extend: turn it off or use another locker"}
	}
	if cfg.slots > 0 {
		s := &slots{locker: locker, extender: extender, n: cfg.slots, held: make(map[string]int)}
		locker, extender = s, s
	}
	g.engine = newEngine(store, loader, r, cfg.ttl+cfg.StaleIfError+cfg.Ages.longer())
	g.ages = cfg.Ages
	g.onWrite, g.onError = cfg.OnWrite, newOnError(cfg.LoadFailure, cfg.ttl)
	g.flights, g.fence = cfg.Sharing.newFlights(r), newFence(*cfg.Fence, cfg.Flights)
	g.random.rand, g.locker, g.extender, g.cfg = r.Rand, locker, extender, cfg
	return nil
}

// Get answers with a fresh value from the cache, or computes one if that is for it to do.
func (g *guard) Get(ctx context.Context, key string) (Result, error) {
	e, ok, err := g.store.Get(ctx, key)
	switch {
	case ok && g.fresh(&e, g.clock.Now(), g.cfg.fresh):
		return served(&e, FreshHit), nil
	case err != nil:
		if err = g.storeFailed(ctx, "get", key, err); g.cfg.fail || ctx.Err() != nil {
			return failure(ctx, CacheError, err)
		}
	}
	return g.answerMiss(ctx, key, e, ok)
}

// answerMiss answers a request that found no fresh value, with all others of the box that
// want it now; old is what it found, if anything.
func (g *guard) answerMiss(ctx context.Context, key string, old Entry, found bool) (Result, error) {
	if g.flights == nil {
		return g.answerAlone(ctx, key, old, found)
	}
	return g.share(ctx, key, func(ctx context.Context) (Result, error) { return g.answerAlone(ctx, key, old, found) })
}

// answerAlone is answerMiss for one request, or for the flight that it shares.
func (g *guard) answerAlone(ctx context.Context, key string, old Entry, found bool) (Result, error) {
	if g.onError == nil {
		return g.loadLocked(ctx, key, old, found)
	}
	return g.attemptLoad(ctx, key, old, found, func(ctx context.Context) (Result, error) { return g.loadLocked(ctx, key, old, found) })
}

// loadLocked computes the value if nobody else does. Otherwise it does what losers do.
func (g *guard) loadLocked(ctx context.Context, key string, old Entry, found bool) (Result, error) {
	token := g.random.token()
	got, err := g.takeLock(ctx, key, token)
	switch {
	case err != nil:
		return g.loadUnlocked(ctx, key, err)
	case got:
		return g.answerAsOwner(ctx, key, token, false)
	case g.cfg.losers == LosersQueue:
		return g.waitForLock(ctx, key, token)
	case g.cfg.losers == LosersFail:
		return Result{Outcome: ColdFailure}, ErrColdCache
	case g.cfg.fast && found && g.young(&old, g.clock.Now(), g.cfg.ttl):
		return served(&old, StaleHit), nil
	case !g.cfg.queue.takePlace(key):
		return g.giveUp(ctx, key, old, found)
	}
	defer g.cfg.queue.leavePlace(key)
	return g.waitForValue(ctx, key, token, old, found)
}

// loadUnlocked answers when the lock cannot be asked for: err says why.
func (g *guard) loadUnlocked(ctx context.Context, key string, err error) (Result, error) {
	if g.cfg.fail || ctx.Err() != nil {
		return failure(ctx, CacheError, err)
	}
	return g.loadAndSave(loading(ctx), key)
}

// answerAsOwner answers as the owner of the lock, after waiting for it or not.
func (g *guard) answerAsOwner(ctx context.Context, key, token string, waited bool) (Result, error) {
	e, loaded, err := g.computeAsOwner(ctx, key, token, false)
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
	if g.fresh(e, g.clock.Now(), g.cfg.fresh) {
		return served(e, FreshHit)
	}
	return served(e, StaleHit)
}

// computeAsOwner does the work of a lock's owner and frees the lock, however the load
// ends. It reports whether it had to load: a refresh ends with a fresh value,
// anything else with one that may be served.
func (g *guard) computeAsOwner(ctx context.Context, key, token string, refresh bool) (e Entry, loaded bool, err error) {
	load := loading(ctx)
	ctx = detached(ctx)
	stop := g.prolongLock(ctx, key, token)
	defer func() {
		stop()
		_, _ = g.freeLock(ctx, key, token)
	}()
	enough := g.cfg.enough
	if refresh {
		enough = g.cfg.fresh
	}
	if e, ok, _ := g.read(ctx, key); ok && g.fresh(&e, g.clock.Now(), enough) {
		return e, false, nil
	}
	if e, err = g.load(load, key, refresh); err == nil {
		g.save(ctx, key, e)
	}
	return e, true, err
}

// waitForValue is the way of a loser that waits: it looks for the value and then for
// the lock (whose owner may have failed or crashed), at every poll, up to the
// limit. redis-py polls the lock alone, and everyone who waited takes it in
// turn; here all see the value as soon as it is there.
func (g *guard) waitForValue(ctx context.Context, key, token string, old Entry, found bool) (Result, error) {
	begun := g.clock.Now()
	for {
		pause, left := pollPause(g.clock.Now(), begun, g.cfg.wait, g.cfg.poll, g.random.below(g.cfg.poll))
		if !left {
			return g.giveUp(ctx, key, old, found)
		}
		if err := g.clock.Sleep(ctx, pause); err != nil {
			return Result{Outcome: Timeout}, err
		}
		e, ok, err := g.read(ctx, key)
		switch {
		case ok && g.fresh(&e, g.clock.Now(), g.cfg.enough):
			return served(&e, Coalesced), nil
		case ok:
			old, found = e, true
		case err != nil && (g.cfg.fail || ctx.Err() != nil):
			return failure(ctx, CacheError, err)
		}
		got, err := g.takeLock(ctx, key, token)
		switch {
		case err != nil:
			return g.loadUnlocked(ctx, key, err)
		case got:
			return g.answerAsOwner(ctx, key, token, true)
		}
	}
}

// giveUp is what a loser does when it has waited enough. Losers that came
// together give up together: with "load" the herd comes later, and it does come.
func (g *guard) giveUp(ctx context.Context, key string, old Entry, found bool) (Result, error) {
	switch {
	case g.cfg.then == ThenLoad:
		return g.loadAndSave(loading(ctx), key)
	case g.cfg.then == ThenStale && found && g.young(&old, g.clock.Now(), g.cfg.ttl):
		return served(&old, StaleHit), nil
	}
	return Result{Outcome: ColdFailure}, ErrColdCache
}

// waitForLock is the way of a loser that queues: it waits for the lock itself, without
// limit, as redis-py's lock does with blocking_timeout=None. It sleeps for poll, asks
// again, and looks at nothing else meanwhile. Chance decides who comes first.
//
// The queue has the lock one after another. An owner that looks into the
// store once more, as ours does, finds the value of the first. One that does
// not look computes it anew, and N requests that came together take N loads in a row:
//
//	A: lock, load, unlock, set
//	B: .................. lock, load, unlock, set
//	C: ..................................... lock, load, ...
func (g *guard) waitForLock(ctx context.Context, key, token string) (Result, error) {
	for {
		if err := g.clock.Sleep(ctx, g.cfg.poll); err != nil {
			return Result{Outcome: Timeout}, err
		}
		got, err := g.takeLock(ctx, key, token)
		switch {
		case err != nil:
			return g.loadUnlocked(ctx, key, err)
		case got:
			return g.answerAsOwner(ctx, key, token, true)
		}
	}
}

// Invalidate does as the strategy is configured, see [engine.Invalidate], and has nobody
// join a load that began before the write.
func (g *guard) Invalidate(ctx context.Context, key string, version uint64) error {
	if g.flights != nil {
		g.flights.Forget(key)
	}
	return g.engine.Invalidate(ctx, key, version)
}

// Refresh computes key and stores it, without the lock.
func (g *guard) Refresh(ctx context.Context, key string) error { return g.renew(ctx, key) }

// takeLock tries to get the lock of key. It is not cancelled with the caller, who
// would not know then whether a lock was left behind. A lock whose TryLock fails
// is taken not to be held; if it is, it lives out its time.
func (g *guard) takeLock(ctx context.Context, key, token string) (bool, error) {
	owner := detached(ctx)
	got, err := g.locker.TryLock(owner, key, token, g.cfg.Lock)
	if err != nil {
		return false, g.storeFailed(owner, "lock", key, err)
	}
	if got && ctx.Err() != nil {
		_, _ = g.freeLock(owner, key, token)
		return false, context.Cause(ctx)
	}
	return got, nil
}

// freeLock gives the lock back and reports whether it was still held.
func (g *guard) freeLock(ctx context.Context, key, token string) (bool, error) {
	held, err := g.locker.Unlock(ctx, key, token)
	if err != nil {
		return false, g.storeFailed(ctx, "unlock", key, err)
	}
	if !held {
		g.count(&g.stats.LocksLost)
	}
	return held, nil
}

// prolongLock starts a process that renews the lock at every third of its life,
// until stop is called or the lock is lost. Two renewals may fail in a row
// before that happens.
func (g *guard) prolongLock(ctx context.Context, key, token string) (stop func()) {
	if !g.cfg.Extend {
		return func() {}
	}
	ended := g.clock.NewEvent("the end of a lock")
	g.clock.Go("prolong a lock", func() {
		since := g.clock.Now()
		for !lockLost(g.clock.Now(), since, g.cfg.Lock) && ended.Wait(ctx, g.cfg.Lock/3) != nil {
			asked := g.clock.Now()
			held, err := g.extender.Extend(ctx, key, token, g.cfg.Lock)
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
