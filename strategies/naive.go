package strategies

import (
	"cmp"
	"context"
	"time"
)

// NaiveConfig configures [Naive]. Zero fields get their defaults.
type NaiveConfig struct {
	TTL          time.Duration `yaml:"ttl" default:"5m" min:"1us" doc:"how long a value is served"`
	KeepStale    time.Duration `yaml:"keep_stale" default:"0s" min:"0s" doc:"how long past its ttl a value is kept for on_load_error: stale"`
	Jitter       float64       `yaml:"jitter" default:"0" unit:"share" min:"0" max:"0.9" doc:"every value gets a ttl of its own, up to this share shorter or longer"`
	OnWrite      string        `yaml:"on_write" default:"delete" enum:"delete,store,expire,none" doc:"what a write does to the cached value: delete it, replace it by the one written (write-through), keep it for on_load_error: stale only, or leave it until its ttl"`
	OnCacheError string        `yaml:"on_cache_error" default:"load" enum:"load,fail" doc:"what a read does when the cache fails: compute all the same, or fail"`
	OnLoadError  string        `yaml:"on_load_error" default:"fail" enum:"fail,delete,stale" doc:"what a load that fails does beside failing its request: nothing, delete the cached value, or have an old value served in its place"`
	Backoff      time.Duration `yaml:"backoff" default:"0s" min:"0s" doc:"pause of a box after a failed load of a key, in which it does not ask for that key, doubled by every further failure; 0 is none"`
	BackoffMax   time.Duration `yaml:"backoff_max" default:"1m" min:"1us" doc:"longest such pause"`
	Timeout      time.Duration `yaml:"timeout" default:"0s" min:"0s" doc:"how long a request waits for its load, which goes on and stores its value; 0 is to its end"`

	Runtime Runtime `yaml:"-"`
}

func (c *NaiveConfig) setDefaults() {
	c.OnLoadError = cmp.Or(c.OnLoadError, failWith)
	c.BackoffMax = cmp.Or(c.BackoffMax, time.Minute)
	c.TTL = cmp.Or(c.TTL, 5*time.Minute)
	c.OnWrite = cmp.Or(c.OnWrite, deleteKey)
	c.OnCacheError = cmp.Or(c.OnCacheError, loadPast)
	c.Runtime = c.Runtime.orDefault()
}

func (c *NaiveConfig) validate() error {
	return cmp.Or(
		positive("ttl", c.TTL),
		spreadable("jitter", c.Jitter),
		notNegative("keep_stale", c.KeepStale),
		c.staleIsKept(),
		oneOf("on_write", c.OnWrite, deleteKey, storeValue, expireKey, leaveStored),
		expirable(c.OnWrite, c.OnLoadError == serveStale, "set on_load_error: stale"),
		oneOf("on_cache_error", c.OnCacheError, loadPast, failWith),
		checkOnError(c.OnLoadError, c.KeepStale, c.Backoff, c.BackoffMax, c.Timeout),
	)
}

func (c *NaiveConfig) staleIsKept() error {
	if c.KeepStale > 0 && c.Jitter > 0 {
		return &ConfigError{Field: "keep_stale", Msg: "is set, and so is jitter, with which it is the store that ends a value: leave one of them out"}
	}
	return nil
}

// Naive is cache-aside without coordination: look in the cache; on a miss
// compute, store and answer. When a value expires under load, everybody who
// misses computes, for as long as one computation takes: the herd is the
// number of workers that ask. It is what most code does, and the baseline of
// every comparison.
//
// The caller's context goes to the load as it is, so a caller who gives up
// takes his load with him if the loader lets him.
//
// With jitter it is the store that ends a value of a shorter life than the
// longest.
type Naive struct {
	aside
	ttl     time.Duration // of the value that lives longest; the store ends the others
	fail    bool          // with the cache
	through bool          // a write goes into the cache too
}

var (
	_ Strategy      = (*Naive)(nil)
	_ Invalidator   = (*Naive)(nil)
	_ Putter        = (*Naive)(nil)
	_ StatsReporter = (*Naive)(nil)
)

// NewNaive makes a Naive of one box. The error is a [*ConfigError].
func NewNaive(store Store, loader Loader, cfg NaiveConfig) (*Naive, error) {
	cfg.setDefaults()
	if err := cmp.Or(present("store", store), present("loader", loader), cfg.validate()); err != nil {
		return nil, err
	}
	kept := cfg.TTL + cfg.KeepStale
	n := &Naive{
		aside: aside{
			store: store, loader: loader, clock: cfg.Runtime.Clock, failed: cfg.Runtime.Failed, kept: kept,
			delete: cfg.OnWrite == deleteKey || cfg.OnWrite == storeValue, expire: cfg.OnWrite == expireKey,
			onError: newOnError(onErrorConfig{cfg.OnLoadError, kept, cfg.Backoff, cfg.BackoffMax, cfg.Timeout}),
		},
		fail:    cfg.OnCacheError == failWith,
		through: cfg.OnWrite == storeValue,
	}
	if cfg.Jitter > 0 {
		n.jitter = &jitter{cfg.Jitter, &dice{rand: cfg.Runtime.Rand}}
	}
	n.ttl = n.jitter.bound(cfg.TTL)
	return n, nil
}

// Get answers from the cache or computes.
func (n *Naive) Get(ctx context.Context, key string) (Result, error) {
	e, ok, err := n.store.Get(ctx, key)
	switch {
	case ok && fresh(&e, n.clock.Now(), n.ttl):
		return served(&e, FreshHit), nil
	case err != nil:
		if err = n.storeFailed(ctx, "get", key, err); n.fail || ctx.Err() != nil {
			return failure(ctx, CacheError, err)
		}
	}
	if n.onError == nil {
		return n.loadAndSave(ctx, key)
	}
	return n.attempt(ctx, key, e, ok, func(ctx context.Context) (Result, error) { return n.loadAndSave(ctx, key) })
}

// Put stores the value that was written, for its ttl, or does as Invalidate does
// where writes do not go through the cache. Of two writes at once the store keeps
// the later one if it is a [NewerSetter]. A failure is a [*StoreError], and the
// old value is served up to its bound.
func (n *Naive) Put(ctx context.Context, key string, v Value) error {
	if !n.through {
		return n.Invalidate(ctx, key, v.Version)
	}
	ctx = detached(ctx) // the write is done, whether or not the writer still waits
	e, kept := Entry{Value: v, Stored: At(n.clock.Now())}, n.jitter.spread(n.kept)
	var err error
	if newer, ok := n.store.(NewerSetter); ok {
		_, err = newer.SetNewer(ctx, key, e, kept)
	} else {
		err = n.store.Set(ctx, key, e, kept)
	}
	if err != nil {
		return n.storeFailed(ctx, "set", key, err)
	}
	return nil
}

// WantsValues reports whether writes go into the cache.
func (n *Naive) WantsValues() bool { return n.through }
