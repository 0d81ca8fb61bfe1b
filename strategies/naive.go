package strategies

import (
	"cmp"
	"context"
	"time"
)

// NaiveConfig configures [Naive]. Zero fields get their defaults.
type NaiveConfig struct {
	TTL          time.Duration `yaml:"ttl" default:"5m" min:"1us" doc:"how long a value is served"`
	Jitter       float64       `yaml:"jitter" default:"0" unit:"share" min:"0" max:"0.9" doc:"every value gets a ttl of its own, up to this share shorter or longer"`
	OnWrite      string        `yaml:"on_write" default:"delete" enum:"delete,none" doc:"what a write does to the cached value; with none readers see the old one until its ttl"`
	OnCacheError string        `yaml:"on_cache_error" default:"load" enum:"load,fail" doc:"what a read does when the cache fails: compute all the same, or fail"`

	Runtime Runtime `yaml:"-"`
}

func (c *NaiveConfig) setDefaults() {
	c.TTL = cmp.Or(c.TTL, 5*time.Minute)
	c.OnWrite = cmp.Or(c.OnWrite, deleteKey)
	c.OnCacheError = cmp.Or(c.OnCacheError, loadPast)
	c.Runtime = c.Runtime.orDefault()
}

func (c *NaiveConfig) validate() error {
	return cmp.Or(
		positive("ttl", c.TTL),
		spreadable("jitter", c.Jitter),
		oneOf("on_write", c.OnWrite, deleteKey, leaveStored),
		oneOf("on_cache_error", c.OnCacheError, loadPast, failWith),
	)
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
	ttl  time.Duration // of the value that lives longest; the store ends the others
	fail bool          // with the cache
}

var (
	_ Strategy      = (*Naive)(nil)
	_ Invalidator   = (*Naive)(nil)
	_ StatsReporter = (*Naive)(nil)
)

// NewNaive makes a Naive of one box. The error is a [*ConfigError].
func NewNaive(store Store, loader Loader, cfg NaiveConfig) (*Naive, error) {
	cfg.setDefaults()
	if err := cmp.Or(present("store", store), present("loader", loader), cfg.validate()); err != nil {
		return nil, err
	}
	n := &Naive{
		aside: aside{store: store, loader: loader, clock: cfg.Runtime.Clock, failed: cfg.Runtime.Failed, kept: cfg.TTL, delete: cfg.OnWrite == deleteKey},
		fail:  cfg.OnCacheError == failWith,
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
	case ok && youngerThan(&e, n.clock.Now(), n.ttl):
		return served(&e, FreshHit), nil
	case err != nil:
		if err = n.storeFailed(ctx, "get", key, err); n.fail || ctx.Err() != nil {
			return failure(ctx, CacheError, err)
		}
	}
	return n.loadAndSave(ctx, key)
}
