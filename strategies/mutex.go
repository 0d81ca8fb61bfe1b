package strategies

import (
	"cmp"
	"context"
	"time"
)

// MutexConfig configures [Mutex]. Zero fields get their defaults.
type MutexConfig struct {
	TTL  time.Duration `yaml:"ttl" default:"5m" min:"1us" doc:"how long a value is served"`
	Lock time.Duration `yaml:"lock" default:"60s" min:"1ms" doc:"life of the lock: how long a crashed owner blocks its key"`

	Losers    string        `yaml:"losers" default:"fail" enum:"fail,wait,queue" doc:"what those do who find the lock taken: fail at once, wait for the value, or queue for the lock however long it takes"`
	Wait      time.Duration `yaml:"wait" default:"2s" min:"1us" doc:"losers wait: how long at most"`
	Then      string        `yaml:"then" default:"fail" enum:"fail,stale,load" doc:"losers wait: what they do at the end of it: fail, serve a value past its ttl, or compute too"`
	Poll      time.Duration `yaml:"poll" default:"100ms" min:"1us" doc:"losers wait or queue: time between two looks, on average for those who wait"`
	KeepStale time.Duration `yaml:"keep_stale" default:"0s" min:"0s" doc:"how long past its ttl a value is kept for then: stale and on_load_error: stale"`

	Extend       bool   `yaml:"extend" default:"false" doc:"prolong the lock while its owner computes"`
	OnWrite      string `yaml:"on_write" default:"delete" enum:"delete,expire,none" doc:"what a write does to the cached value: delete it, keep it only for where a stale one is served, or leave it until its ttl"`
	OnCacheError string `yaml:"on_cache_error" default:"load" enum:"load,fail" doc:"what a read does when the cache or the lock fails: compute all the same, or fail"`
	AsPublished  bool   `yaml:"as_published" default:"false" doc:"free the lock before storing, look only once, and throw the value away when the lock expired meanwhile, as the original did"`

	OnLoadError string        `yaml:"on_load_error" default:"fail" enum:"fail,delete,stale" doc:"what a load that fails does beside failing its request: nothing, delete the cached value, or have an old value served in its place"`
	Backoff     time.Duration `yaml:"backoff" default:"0s" min:"0s" doc:"pause of a box after a failed load of a key, in which it does not ask for that key, doubled by every further failure; 0 is none"`
	BackoffMax  time.Duration `yaml:"backoff_max" default:"1m" min:"1us" doc:"longest such pause"`
	Timeout     time.Duration `yaml:"timeout" default:"0s" min:"0s" doc:"how long a request waits for the load, its own or another's; its own goes on and stores its value; 0 is to the end"`

	Runtime Runtime `yaml:"-"`
}

func (c *MutexConfig) setDefaults() {
	c.OnLoadError = cmp.Or(c.OnLoadError, failWith)
	c.BackoffMax = cmp.Or(c.BackoffMax, time.Minute)
	c.TTL = cmp.Or(c.TTL, 5*time.Minute)
	c.Lock = cmp.Or(c.Lock, time.Minute)
	c.Losers = cmp.Or(c.Losers, losersFail)
	c.Wait = cmp.Or(c.Wait, 2*time.Second)
	c.Then = cmp.Or(c.Then, thenFail)
	c.Poll = cmp.Or(c.Poll, 100*time.Millisecond)
	c.OnWrite = cmp.Or(c.OnWrite, deleteKey)
	c.OnCacheError = cmp.Or(c.OnCacheError, loadPast)
	c.Runtime = c.Runtime.orDefault()
}

func (c *MutexConfig) validate() error {
	return cmp.Or(
		positive("ttl", c.TTL),
		positive("lock", c.Lock),
		oneOf("losers", c.Losers, losersFail, losersWait, losersQueue),
		positive("wait", c.Wait),
		oneOf("then", c.Then, thenFail, thenStale, thenLoad),
		positive("poll", c.Poll),
		notNegative("keep_stale", c.KeepStale),
		c.staleIsKept(),
		oneOf("on_write", c.OnWrite, deleteKey, expireKey, leaveStored),
		expirable(c.OnWrite, c.Then == thenStale || c.OnLoadError == serveStale, "set then: stale or on_load_error: stale"),
		oneOf("on_cache_error", c.OnCacheError, loadPast, failWith),
		checkOnError(c.OnLoadError, c.KeepStale, c.Backoff, c.BackoffMax, c.Timeout),
	)
}

func (c *MutexConfig) staleIsKept() error {
	if c.Then == thenStale && c.KeepStale == 0 {
		return &ConfigError{Field: "then", Msg: "is stale, but nothing is kept past its ttl: set keep_stale"}
	}
	return nil
}

// Mutex lets one caller of the fleet compute a missing value under a lock that
// expires, in the manner of redis-py: SET NX PX with a token, compare-and-delete.
// Those who lose the race fail at once with [ErrColdCache], or wait for the
// value up to a limit, or queue for the lock without one.
//
// An owner that crashes blocks its key until its lock expires. A load that
// takes longer than the lock lives may run twice; what it computed is stored
// all the same, through [NewerSetter] where the store has it. With extend, the
// lock lives as long as its owner.
//
// The design is the third version of "Caching and Scaling for web frameworks,
// Part II"; as_published brings its mistakes back. With losers: queue as well it
// is django-function-caching 0.2, the fifth version: its ttl is freshness_timeout,
// because an older value is returned only where a lock was lost.
type Mutex struct{ guard }

var (
	_ Strategy      = (*Mutex)(nil)
	_ Invalidator   = (*Mutex)(nil)
	_ StatsReporter = (*Mutex)(nil)
)

// NewMutex makes a Mutex of one box. The error is a [*ConfigError].
func NewMutex(store Store, locker Locker, loader Loader, cfg MutexConfig) (*Mutex, error) {
	cfg.setDefaults()
	err := cmp.Or(present("store", store), present("locker", locker), present("loader", loader), cfg.validate())
	if err != nil {
		return nil, err
	}
	extender, err := extenderOf(locker, cfg.Extend)
	if err != nil {
		return nil, err
	}
	m := &Mutex{guard{
		aside: aside{
			store: store, loader: loader, clock: cfg.Runtime.Clock, failed: cfg.Runtime.Failed,
			kept: cfg.TTL + cfg.KeepStale, delete: cfg.OnWrite == deleteKey, expire: cfg.OnWrite == expireKey,
			onError: newOnError(onErrorConfig{cfg.OnLoadError, cfg.TTL + cfg.KeepStale, cfg.Backoff, cfg.BackoffMax, cfg.Timeout}),
		},
		dice:   dice{rand: cfg.Runtime.Rand},
		locker: locker,
		cfg: guardConfig{
			fresh: cfg.TTL, ttl: cfg.TTL, lock: cfg.Lock, extender: extender,
			waits: cfg.Losers == losersWait, queues: cfg.Losers == losersQueue, wait: cfg.Wait, poll: cfg.Poll, then: cfg.Then,
			stale: cfg.TTL + cfg.KeepStale, published: cfg.AsPublished, fail: cfg.OnCacheError == failWith,
		},
	}}
	if !cfg.AsPublished {
		m.newer, _ = store.(NewerSetter)
	}
	return m, nil
}

// extenderOf is the locker's way of prolonging locks, if that is wanted.
func extenderOf(locker Locker, wanted bool) (Extender, error) {
	if !wanted {
		return nil, nil
	}
	extender, ok := locker.(Extender)
	if !ok {
		return nil, &ConfigError{Field: "extend", Msg: "is on, but the locker has no Extend: turn it off or use another locker"}
	}
	return extender, nil
}

// Get answers from the cache, or computes if nobody else does.
func (m *Mutex) Get(ctx context.Context, key string) (Result, error) {
	e, ok, err := m.store.Get(ctx, key)
	switch {
	case ok && fresh(&e, m.clock.Now(), m.cfg.ttl):
		return served(&e, FreshHit), nil
	case err != nil:
		if err = m.storeFailed(ctx, "get", key, err); m.cfg.fail || ctx.Err() != nil {
			return failure(ctx, CacheError, err)
		}
	}
	return m.fill(ctx, key, e, ok)
}
