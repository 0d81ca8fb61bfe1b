package strategies

import (
	"cmp"
	"context"
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

// NaiveConfig configures [Naive]. Zero fields get their defaults.
type NaiveConfig struct {
	TTL     time.Duration `yaml:"ttl" default:"5m" min:"1us" doc:"age at which a value is no longer served"`
	Jitter  float64       `yaml:"jitter" default:"0" unit:"share" min:"0" max:"0.9" doc:"gives every value a ttl of its own, up to this share shorter or longer"`
	OnWrite WriteMode     `yaml:"on_write" default:"delete" enum:"delete,store,expire,none" doc:"what a write does to the cached value: delete it, replace it by the value written (write-through), keep it for stale_if_error only, or leave it until its ttl"`
	Fence   *bool         `yaml:"fence" default:"true" file:"false" doc:"keep what was read before a write from being stored after it: by a memory of the box's own writes and, where writes have versions and the cache knows them, by a tombstone in the cache; a Go program does, a scenario has it where its source did"`

	Coalesce bool `yaml:"coalesce" default:"false" doc:"lets concurrent misses of a key in one box share one load, as Go's singleflight, Caffeine and most libraries for Node do"`

	Flights      `yaml:",inline"`
	AgeCounting  `yaml:",inline"`
	CacheFailure `yaml:",inline"`
	LoadFailure  `yaml:",inline"`

	Runtime Runtime `yaml:"-"`
}

func (c *NaiveConfig) check() error {
	return cmp.Or(
		refuse(c.StaleIfError > 0 && c.Jitter > 0, "stale_if_error",
			"is set, and so is jitter, with which it is the store that ends a value: leave one of them out"),
		checkExpire(c.OnWrite, c.StaleIfError > 0, "set stale_if_error"),
		c.LoadFailure.check(),
	)
}

// Naive is cache-aside without coordination: look in the cache; on a miss
// compute, store and answer. When a value expires under load, every request that
// misses computes, for as long as one computation takes: the herd is the
// number of workers that ask. It is what most code does, and the baseline of
// every comparison.
//
// The caller's context goes to the load as it is, so that a caller who gives up
// ends the load too, if the loader lets that happen.
//
// With coalesce the misses of one box share a load, which is single-flight cache-aside:
// the herd is the number of boxes. Who leads looks into the cache again first, since
// another's load may have ended between its miss and its call; and a caller who gives up
// no longer ends the load, since others wait for it. A write has later misses
// begin a load of their own.
//
// With jitter the store ends a value whose life is shorter than the longest.
type Naive struct {
	engine
	ttl   time.Duration // of the value that lives longest; the store ends the others
	fail  bool          // with the cache
	group *Group        // nil unless misses are coalesced
}

// NewNaive makes a Naive of one box. The error is a [*ConfigError].
func NewNaive(store Store, loader Loader, cfg NaiveConfig) (*Naive, error) {
	if err := cmp.Or(present("store", store), present("loader", loader), Settle(&cfg, &cfg.Runtime), cfg.check()); err != nil {
		return nil, err
	}
	n := &Naive{engine: newEngine(store, loader, cfg.Runtime, cfg.TTL+cfg.StaleIfError+cfg.Ages.longer()), fail: cfg.OnCacheError == FailOnCacheError}
	n.fence = newFence(*cfg.Fence, cfg.Flights)
	n.overwrite = n.fence == nil // nobody coordinates
	n.ages = cfg.Ages
	n.onWrite, n.onError, n.jitter = cfg.OnWrite, newOnError(cfg.LoadFailure, cfg.TTL), newJitter(cfg.Jitter, cfg.Runtime)
	n.ttl = n.jitter.bound(cfg.TTL)
	if cfg.Coalesce {
		n.group = newFlights(cfg.Flights, cfg.Runtime)
	}
	return n, nil
}

// Get answers from the cache or computes.
func (n *Naive) Get(ctx context.Context, key string) (Result, error) {
	e, ok, err := n.store.Get(ctx, key)
	switch {
	case ok && n.fresh(&e, n.clock.Now(), n.ttl):
		return served(&e, FreshHit), nil
	case err != nil:
		if err = n.storeFailed(ctx, "get", key, err); n.fail || ctx.Err() != nil {
			return failure(ctx, CacheError, err)
		}
	}
	if n.onError == nil {
		return n.compute(ctx, key)
	}
	return n.attemptLoad(ctx, key, e, ok, func(ctx context.Context) (Result, error) { return n.compute(ctx, key) })
}

// compute answers a miss: by a load of its own, or by one that the box's misses share.
func (n *Naive) compute(ctx context.Context, key string) (Result, error) {
	if n.group == nil {
		return n.loadAndSave(ctx, key)
	}
	r, _, err := n.group.share(ctx, key, clock.Forever, func(ctx context.Context) (Result, error) {
		if e, ok, _ := n.read(ctx, key); ok && n.fresh(&e, n.clock.Now(), n.ttl) {
			return served(&e, FreshHit), nil
		}
		return n.loadAndSave(ctx, key)
	})
	return r, err
}

// Invalidate does as the strategy is configured, see [engine.Invalidate], and has nobody
// join a load that began before the write.
func (n *Naive) Invalidate(ctx context.Context, key string, version uint64) error {
	if n.group != nil {
		n.group.Forget(key)
	}
	return n.engine.Invalidate(ctx, key, version)
}

// Put stores the value that was written, for its ttl, or does as Invalidate does
// where writes do not go through the cache. Of two writes at once the store keeps
// the later one if it is a [NewerSetter]. A failure is a [*StoreError], and the
// old value is served up to its bound.
func (n *Naive) Put(ctx context.Context, key string, v Value) error {
	if !n.WantsValues() {
		return n.Invalidate(ctx, key, v.Version)
	}
	if n.group != nil {
		n.group.Forget(key)
	}
	n.fence.note(key, v.Version, n.clock.Now())
	ctx = detached(ctx) // the write is done, whether or not the writer still waits
	_, err := n.put(ctx, "set", key, Entry{Value: v, Stored: At(n.clock.Now())}, n.jitter.spread(n.kept), n.newer)
	return err
}

// WantsValues reports whether writes go into the cache.
func (n *Naive) WantsValues() bool { return n.onWrite == StoreOnWrite }

// Refresh computes key and stores it.
func (n *Naive) Refresh(ctx context.Context, key string) error { return n.renew(ctx, key) }
