package strategies

import (
	"cmp"
	"context"
	"time"
)

// LeaseConfig configures [Leased]. Zero fields get their defaults.
type LeaseConfig struct {
	TTL   time.Duration `yaml:"ttl" default:"5m" min:"1us" doc:"age at which a value is no longer served"`
	Lease time.Duration `yaml:"lease" default:"10s" min:"1ms" doc:"how long a request may compute a key before another one may; a crashed box blocks its key for as long"`

	Wait        time.Duration `yaml:"wait" default:"30s" file:"2s" min:"1us" doc:"longest wait of a request that finds the lease taken"`
	Poll        time.Duration `yaml:"poll" default:"10ms" min:"1us" doc:"average time between two looks of such a request"`
	Then        GiveUpMode    `yaml:"then" default:"fail" enum:"fail,load" doc:"what it does when its wait is over: fail, or compute too and store nothing"`
	KeepDeleted time.Duration `yaml:"keep_deleted" default:"0s" min:"0s" doc:"how long a value that a write deleted is still served, as stale, to requests that find the lease taken; 0 makes them wait"`

	Sharing      `yaml:",inline"`
	CacheFailure `yaml:",inline"` // what is computed past the cache is not stored

	Runtime Runtime `yaml:"-"`
}

// Leased computes under leases that the cache itself hands out. A request that misses is
// given a token for the key. Only with the token can it store, and whatever happens to
// the key meanwhile takes the token back. So no value that was read before a write is
// ever stored after it, which is what cache-aside cannot promise:
//
//	A: get -> miss, reads version 1 at the origin
//	B: writes version 2, deletes the key
//	A: sets version 1, which is served up to its ttl
//
// While a lease lives no other request is given one: the others wait for the
// value a little, or are served what the write has just taken away. A load that
// fails gives its lease back. A load whose box crashed blocks its key until the
// lease is handed out again; its late value would still be good.
//
// The design is that of "Scaling Memcache at Facebook" (Nishtala et al., NSDI
// 2013), section 3.2.1.
type Leased struct {
	engine
	random random
	leases Leaser
	cfg    LeaseConfig
}

// NewLeased makes a Leased of one box. The store has to be a [Leaser]. The error
// is a [*ConfigError].
func NewLeased(store Store, loader Loader, cfg LeaseConfig) (*Leased, error) {
	if err := cmp.Or(present("store", store), present("loader", loader), Settle(&cfg, &cfg.Runtime)); err != nil {
		return nil, err
	}
	leases, ok := store.(Leaser)
	if !ok {
		return nil, &ConfigError{Field: "lease", Msg: "has nothing to stand on: this store hands out no leases"}
	}
	l := &Leased{
		engine: newEngine(store, loader, cfg.Runtime, cfg.TTL),
		random: random{rand: cfg.Runtime.Rand},
		leases: leases, cfg: cfg,
	}
	l.flights = cfg.Sharing.newFlights(cfg.Runtime)
	return l, nil
}

// Get answers from the cache, or computes if it is given the lease.
func (l *Leased) Get(ctx context.Context, key string) (Result, error) {
	e, ok, err := l.store.Get(ctx, key)
	switch {
	case ok && !e.Expired && e.YoungerThan(l.clock.Now(), l.cfg.TTL):
		return served(&e, FreshHit), nil
	case l.flights == nil || ctx.Err() != nil:
		return l.answerAlone(ctx, key, err)
	}
	return l.share(ctx, key, func(ctx context.Context) (Result, error) { return l.answerAlone(ctx, key, err) })
}

// answerAlone answers one request that got no entry, or the flight that it shares. Err is
// the failure of its read, if it failed.
func (l *Leased) answerAlone(ctx context.Context, key string, err error) (Result, error) {
	if err != nil {
		return l.answerUnreadable(ctx, key, err)
	}
	return l.answerMiss(ctx, key)
}

// answerUnreadable answers when the entry cannot be read. Something that lies there and
// is no entry of the key is taken away: it would be in the way of every lease.
func (l *Leased) answerUnreadable(ctx context.Context, key string, err error) (Result, error) {
	failure := l.storeFailed(ctx, "get", key, err)
	if !unreadable(err) || l.retire(detached(ctx), key, 0) != nil {
		return l.loadPastCache(ctx, key, failure)
	}
	return l.answerMiss(ctx, key)
}

// Invalidate takes the cached value of key away, and the lease of the request that is
// loading it, which may have read the value before the write. A failure is
// a [*StoreError], and the old value is served up to its ttl.
func (l *Leased) Invalidate(ctx context.Context, key string, _ uint64) error {
	if l.flights != nil {
		l.flights.Forget(key) // who comes now must not get what was read before the write
	}
	return l.retire(detached(ctx), key, l.cfg.KeepDeleted) // the write is done, whether or not the writer still waits
}

func (l *Leased) retire(ctx context.Context, key string, keep time.Duration) error {
	if err := l.leases.Retire(ctx, key, At(l.clock.Now()), keep); err != nil {
		return l.storeFailed(ctx, "delete", key, err)
	}
	return nil
}

// loadPastCache answers when the cache cannot be asked.
func (l *Leased) loadPastCache(ctx context.Context, key string, err error) (Result, error) {
	if l.cfg.OnCacheError == FailOnCacheError || ctx.Err() != nil {
		return failure(ctx, CacheError, err)
	}
	return l.loadOnly(ctx, key)
}

// loadOnly computes and stores nothing: there is no lease to store it with.
func (l *Leased) loadOnly(ctx context.Context, key string) (Result, error) {
	e, err := l.load(ctx, key, false)
	if err != nil {
		return failure(ctx, OriginFailure, err)
	}
	return served(&e, Computed), nil
}

// answerMiss answers a request that found nothing: it asks for the lease, at every
// poll, until it has it or another's value is there. Where a value that a write has
// just taken away will do, it does not wait.
func (l *Leased) answerMiss(ctx context.Context, key string) (Result, error) {
	token, begun := l.random.token(), l.clock.Now()
	for waited := false; ; waited = true {
		got, err := l.askForLease(ctx, key, token)
		now := l.clock.Now()
		switch {
		case err != nil:
			return l.loadPastCache(ctx, key, err)
		case got.Token != "":
			return l.loadUnderLease(ctx, key, got.Token)
		case got.Found && waited:
			return served(&got.Entry, Coalesced), nil
		case got.Found:
			return served(&got.Entry, FreshHit), nil
		case !got.Retired.IsZero() && got.Retired.Age(now) < l.cfg.KeepDeleted && got.Entry.YoungerThan(now, l.cfg.TTL):
			return served(&got.Entry, StaleHit), nil
		}
		pause, left := pollPause(now, begun, l.cfg.Wait, l.cfg.Poll, l.random.below(l.cfg.Poll))
		switch {
		case !left && l.cfg.Then == ThenLoad:
			return l.loadOnly(loading(ctx), key)
		case !left:
			return Result{Outcome: ColdFailure}, ErrColdCache
		}
		if err := l.clock.Sleep(ctx, pause); err != nil {
			return Result{Outcome: Timeout}, err
		}
	}
}

// askForLease asks for the lease of key. It is not cancelled with the caller, who would
// not know then whether it was given. An entry that the store has kept for longer
// than it was told to is in the way of every lease: it is taken away.
func (l *Leased) askForLease(ctx context.Context, key, token string) (Lease, error) {
	owner := detached(ctx)
	got, err := l.leases.Lease(owner, key, token, l.cfg.Lease)
	if err == nil && got.Found && !got.Entry.YoungerThan(l.clock.Now(), l.cfg.TTL) {
		if err := l.retire(owner, key, 0); err != nil {
			return Lease{}, err
		}
		if got, err = l.leases.Lease(owner, key, token, l.cfg.Lease); got.Found {
			got.Found = got.Entry.YoungerThan(l.clock.Now(), l.cfg.TTL)
		}
	}
	switch {
	case err != nil:
		return Lease{}, l.storeFailed(owner, "lease", key, err)
	case got.Token != "" && ctx.Err() != nil:
		_ = l.retire(owner, key, l.cfg.KeepDeleted)
		return Lease{}, context.Cause(ctx)
	}
	return got, nil
}

// loadUnderLease answers as the holder of the lease. If the load ends without a value,
// or nobody knows what became of the set, the lease is given back by taking it
// away: nobody else would be given it for as long as it lives. Should it have gone
// to another request that has stored meanwhile, that value goes with it, which costs one
// more load.
//
// The load is not cancelled with the caller: others wait for it.
func (l *Leased) loadUnderLease(ctx context.Context, key, token string) (Result, error) {
	owner := detached(ctx)
	ended := false
	defer func() {
		if !ended {
			_ = l.retire(owner, key, l.cfg.KeepDeleted)
		}
	}()
	e, err := l.load(loading(ctx), key, false)
	if err != nil {
		return failure(ctx, OriginFailure, err)
	}
	stored, err := l.leases.SetLeased(owner, key, token, e, l.kept)
	switch ended = err == nil; {
	case err != nil:
		_ = l.storeFailed(owner, "set", key, err)
	case !stored:
		l.count(&l.stats.Discarded)
	}
	return served(&e, Computed), nil
}
