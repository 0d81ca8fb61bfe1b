package strategies

import (
	"cmp"
	"context"
	"time"
)

// LeaseConfig configures [Leased]. Zero fields get their defaults.
type LeaseConfig struct {
	TTL   time.Duration `yaml:"ttl" default:"5m" min:"1us" doc:"how long a value is served"`
	Lease time.Duration `yaml:"lease" default:"10s" min:"1ms" doc:"time for which one is let compute a key before another is: how long a crashed one blocks it"`

	Wait        time.Duration `yaml:"wait" default:"2s" min:"1us" doc:"those who find the lease taken wait for the value: how long at most"`
	Poll        time.Duration `yaml:"poll" default:"10ms" min:"1us" doc:"time between two looks, on average"`
	Then        string        `yaml:"then" default:"fail" enum:"fail,load" doc:"what they do at the end of the wait: fail, or compute too and store nothing"`
	KeepDeleted time.Duration `yaml:"keep_deleted" default:"0s" min:"0s" doc:"how long a value that a write took away is still served, as stale, to those who find the lease taken; 0 is not at all, they wait"`

	OnCacheError string `yaml:"on_cache_error" default:"load" enum:"load,fail" doc:"what a read does when the cache fails: compute all the same and store nothing, or fail"`

	Runtime Runtime `yaml:"-"`
}

func (c *LeaseConfig) setDefaults() {
	c.TTL = cmp.Or(c.TTL, 5*time.Minute)
	c.Lease = cmp.Or(c.Lease, 10*time.Second)
	c.Wait = cmp.Or(c.Wait, 2*time.Second)
	c.Poll = cmp.Or(c.Poll, 10*time.Millisecond)
	c.Then = cmp.Or(c.Then, thenFail)
	c.OnCacheError = cmp.Or(c.OnCacheError, loadPast)
	c.Runtime = c.Runtime.orDefault()
}

func (c *LeaseConfig) validate() error {
	return cmp.Or(
		positive("ttl", c.TTL),
		positive("lease", c.Lease),
		positive("wait", c.Wait),
		positive("poll", c.Poll),
		oneOf("then", c.Then, thenFail, thenLoad),
		notNegative("keep_deleted", c.KeepDeleted),
		oneOf("on_cache_error", c.OnCacheError, loadPast, failWith),
	)
}

// Leased computes under leases that the cache itself hands out. Who misses is
// given a token for the key; only with it can he store, and whatever happens to
// the key meanwhile takes it back. So no value that was read before a write is
// ever stored after it, which is what cache-aside cannot promise:
//
//	A: get -> miss, reads version 1 at the origin
//	B: writes version 2, deletes the key
//	A: sets version 1, which is served up to its ttl
//
// For as long as a lease lives nobody else is given one: the others wait for the
// value a little, or are served what the write has just taken away. A load that
// fails gives its lease back; one whose box crashed blocks its key until the
// lease is handed out again, and then its late value would still be good.
//
// The design is that of "Scaling Memcache at Facebook" (Nishtala et al., NSDI
// 2013), section 3.2.1.
type Leased struct {
	aside
	dice dice
	with Leaser
	cfg  LeaseConfig
}

var (
	_ Strategy      = (*Leased)(nil)
	_ Invalidator   = (*Leased)(nil)
	_ StatsReporter = (*Leased)(nil)
)

// NewLeased makes a Leased of one box. The store has to be a [Leaser]. The error
// is a [*ConfigError].
func NewLeased(store Store, loader Loader, cfg LeaseConfig) (*Leased, error) {
	cfg.setDefaults()
	if err := cmp.Or(present("store", store), present("loader", loader), cfg.validate()); err != nil {
		return nil, err
	}
	with, ok := store.(Leaser)
	if !ok {
		return nil, &ConfigError{Field: "lease", Msg: "has nothing to stand on: this store hands out no leases"}
	}
	return &Leased{
		aside: aside{store: store, loader: loader, clock: cfg.Runtime.Clock, failed: cfg.Runtime.Failed, kept: cfg.TTL},
		dice:  dice{rand: cfg.Runtime.Rand},
		with:  with, cfg: cfg,
	}, nil
}

// Get answers from the cache, or computes if it is given the lease.
func (l *Leased) Get(ctx context.Context, key string) (Result, error) {
	e, ok, err := l.store.Get(ctx, key)
	switch {
	case ok && youngerThan(&e, l.clock.Now(), l.cfg.TTL):
		return served(&e, FreshHit), nil
	case err != nil:
		return l.unread(ctx, key, err)
	}
	return l.miss(ctx, key)
}

// unread answers when the entry cannot be read. Where what lies there is no entry
// of the key it is taken away: it would be in the way of every lease.
func (l *Leased) unread(ctx context.Context, key string, err error) (Result, error) {
	failure := l.storeFailed(ctx, "get", key, err)
	if !unreadable(err) || l.retire(detached(ctx), key, 0) != nil {
		return l.past(ctx, key, failure)
	}
	return l.miss(ctx, key)
}

// Invalidate takes the cached value of key away, and the lease of whoever is
// loading it: what he will store may be the value before the write. A failure is
// a [*StoreError], and the old value is served up to its ttl.
func (l *Leased) Invalidate(ctx context.Context, key string, _ uint64) error {
	return l.retire(detached(ctx), key, l.cfg.KeepDeleted) // the write is done, whether or not the writer still waits
}

func (l *Leased) retire(ctx context.Context, key string, keep time.Duration) error {
	if err := l.with.Retire(ctx, key, At(l.clock.Now()), keep); err != nil {
		return l.storeFailed(ctx, "delete", key, err)
	}
	return nil
}

// past answers when the cache cannot be asked.
func (l *Leased) past(ctx context.Context, key string, err error) (Result, error) {
	if l.cfg.OnCacheError == failWith || ctx.Err() != nil {
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
