package strategies_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/published"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/publish"
)

// variant is a strategy with some of its options, under the contract that all
// strategies keep.
type variant struct {
	name  string
	bound time.Duration // no value may be older; 0 is without bound

	// fleet makes the strategies of n boxes.
	fleet func(t testing.TB, w *world, n int) []strategies.Strategy

	// computes is how many loads a cold burst of n requests on so many boxes
	// causes; nil if that is not fixed.
	computes func(requests, boxes int) int

	fails bool // with the cache, when the cache fails

	uncached bool // there is no cache: a load for every request, and no operation that could fail
}

// answer is the outcome of a request for a value that was just stored.
func (v *variant) answer() strategies.Outcome {
	if v.uncached {
		return strategies.Computed
	}
	return strategies.FreshHit
}

// loads is how many loads n such requests cost.
func (v *variant) loads(n int) int {
	if v.uncached {
		return n
	}
	return 0
}

// boxes makes a fleet whose boxes share nothing but the server.
func boxes[S strategies.Strategy](make func(w *world, c *client) (S, error)) func(testing.TB, *world, int) []strategies.Strategy {
	return func(t testing.TB, w *world, n int) []strategies.Strategy {
		t.Helper()
		var fleet []strategies.Strategy
		for i := range n {
			s, err := make(w, &client{server: w.server, box: fmt.Sprintf("box%d", i+1)})
			if err != nil {
				t.Fatal(err)
			}
			fleet = append(fleet, s)
		}
		return fleet
	}
}

const (
	bound = 10 * time.Second
	fresh = 2 * time.Second
	l1    = 500 * time.Millisecond
)

func directVariant(t testing.TB, w *world, n int) []strategies.Strategy {
	return boxes(func(w *world, _ *client) (*strategies.Direct, error) {
		return strategies.NewDirect(w.origin, strategies.DirectConfig{Runtime: w.runtime()})
	})(t, w, n)
}

func naiveVariant(cfg strategies.NaiveConfig) func(testing.TB, *world, int) []strategies.Strategy {
	return boxes(func(w *world, c *client) (*strategies.Naive, error) {
		cfg := cfg
		cfg.TTL, cfg.Runtime = bound-cfg.StaleIfError, w.runtime()
		return filedNaive(c, w.origin, cfg)
	})
}

func poolVariant(cfg strategies.PoolConfig) func(testing.TB, *world, int) []strategies.Strategy {
	return boxes(func(w *world, c *client) (*strategies.Pool, error) {
		cfg := cfg
		cfg.TTL, cfg.Runtime = bound-cfg.StaleIfError, w.runtime()
		return filedPool(c, c, w.origin, cfg)
	})
}

func mutexVariant(cfg strategies.MutexConfig) func(testing.TB, *world, int) []strategies.Strategy {
	return boxes(func(w *world, c *client) (*strategies.Mutex, error) {
		cfg := cfg
		cfg.TTL, cfg.Runtime = bound-cfg.StaleIfError, w.runtime()
		return filedMutex(c, c, w.origin, cfg)
	})
}

func leaseVariant(cfg strategies.LeaseConfig) func(testing.TB, *world, int) []strategies.Strategy {
	return boxes(func(w *world, c *client) (*strategies.Leased, error) {
		cfg := cfg
		cfg.TTL, cfg.Runtime = bound, w.runtime()
		return filedLeased(c, w.origin, cfg)
	})
}

func swrVariant(alone bool, cfg strategies.SWRConfig) func(testing.TB, *world, int) []strategies.Strategy {
	return boxes(func(w *world, c *client) (*strategies.SWR, error) {
		cfg := cfg
		cfg.Fresh, cfg.TTL, cfg.Runtime = fresh, bound-cfg.StaleIfError, w.runtime()
		if alone {
			return filedSWR(c, nil, w.origin, cfg)
		}
		return filedSWR(c, c, w.origin, cfg)
	})
}

func over(inner func(testing.TB, *world, int) []strategies.Strategy, cfg strategies.TwoLevelConfig) func(testing.TB, *world, int) []strategies.Strategy {
	return func(t testing.TB, w *world, n int) []strategies.Strategy {
		fleet := inner(t, w, n)
		for i := range fleet {
			cfg := cfg
			cfg.TTL, cfg.Runtime = l1, w.runtime()
			s, err := filedTwoLevel(fleet[i], cfg)
			if err != nil {
				t.Fatal(err)
			}
			fleet[i] = s
		}
		return fleet
	}
}

// smeared makes copies over naive or mutex.
func smeared(smear strategies.SmearConfig, locked bool) func(testing.TB, *world, int) []strategies.Strategy {
	return boxes(func(w *world, c *client) (*strategies.Smear, error) {
		smear := smear
		smear.Runtime = w.runtime()
		var inner strategies.Strategy
		var err error
		if load := strategies.Unsmear(w.origin, smear); locked {
			inner, err = filedMutex(c, c, load, strategies.MutexConfig{TTL: bound, Losers: "wait", Wait: time.Minute, Runtime: w.runtime()})
		} else {
			inner, err = filedNaive(c, load, strategies.NaiveConfig{TTL: bound, Runtime: w.runtime()})
		}
		if err != nil {
			return nil, err
		}
		return strategies.NewSmear(inner, smear)
	})
}

func publishVariant(plain bool, cfg publish.Config) func(testing.TB, *world, int) []strategies.Strategy {
	return func(t testing.TB, w *world, n int) []strategies.Strategy {
		cfg := cfg
		cfg.Runtime = w.runtime()
		store := func(box string) strategies.Store {
			c := &client{server: w.server, box: box}
			if plain {
				return plainStore{c}
			}
			return c
		}
		p, err := publish.NewPublisher(store("publisher"), w.origin, asInFiles(cfg))
		if err != nil {
			t.Fatal(err)
		}
		var fleet []strategies.Strategy
		for i := range n {
			r, err := p.Reader(store(fmt.Sprintf("box%d", i+1)), w.origin)
			if err != nil {
				t.Fatal(err)
			}
			fleet = append(fleet, r)
		}
		return fleet
	}
}

func mutexAsPublished(cfg strategies.MutexConfig) func(testing.TB, *world, int) []strategies.Strategy {
	return boxes(func(w *world, c *client) (strategies.Strategy, error) {
		cfg := published.MutexConfig{MutexConfig: asInFiles(cfg), AsPublished: true}
		cfg.TTL, cfg.Runtime = bound, w.runtime()
		return published.NewMutex(c, c, w.origin, cfg)
	})
}

func publishAsPublished(t testing.TB, w *world, n int) []strategies.Strategy {
	p, err := published.NewPublisher(&client{server: w.server, box: "publisher"}, w.origin, asInFiles(publish.Config{Runtime: w.runtime()}))
	if err != nil {
		t.Fatal(err)
	}
	return boxes(func(w *world, c *client) (*published.Reader, error) { return p.Reader(c, w.origin) })(t, w, n)
}

func one(int, int) int               { return 1 }
func two(int, int) int               { return 2 }
func perBox(_, boxes int) int        { return boxes }
func perRequest(requests, _ int) int { return requests }

// shared is how a Go program's requests share their loads unless it says otherwise.
func shared() strategies.Sharing {
	return strategies.Sharing{Coalesce: new(true), Flights: strategies.Flights{LoadTimeout: new(30 * time.Second)}}
}

// sharedVariants are those whose requests share their loads, which is what a Go program has
// by default.
func sharedVariants() []variant {
	return []variant{
		{name: "mutex, shared", bound: bound, computes: one, fleet: mutexVariant(strategies.MutexConfig{Sharing: shared(), Losers: "wait"})},
		{name: "mutex, shared, stale on errors, timed", bound: bound, computes: one,
			fleet: mutexVariant(strategies.MutexConfig{Sharing: shared(), LoadFailure: strategies.LoadFailure{StaleIfError: 5 * time.Second, Timeout: 2 * time.Second}})},
		{name: "swr, shared", bound: bound, computes: one, fleet: swrVariant(false, strategies.SWRConfig{Sharing: shared(), Losers: "wait"})},
		{name: "swr, shared, in the foreground", bound: bound, computes: one,
			fleet: swrVariant(false, strategies.SWRConfig{Sharing: shared(), Refresh: "foreground", Losers: "wait"})},
		{name: "swr, shared, without a locker", bound: bound, computes: perBox, fleet: swrVariant(true, strategies.SWRConfig{Sharing: shared()})},
		{name: "pool, shared", bound: bound, fleet: poolVariant(strategies.PoolConfig{Sharing: shared()})},
		{name: "lease, shared", bound: bound, computes: one, fleet: leaseVariant(strategies.LeaseConfig{Sharing: shared()})},
		{name: "two-level over mutex, shared", bound: bound + l1, computes: one,
			fleet: over(mutexVariant(strategies.MutexConfig{Sharing: shared(), Losers: "wait"}), strategies.TwoLevelConfig{Flights: shared().Flights})},
	}
}

// variants lists what the contract is held against: a new strategy is a new line.
func variants() []variant {
	return append(sharedVariants(), []variant{
		{name: "direct", bound: time.Nanosecond, computes: perRequest, uncached: true, fleet: directVariant},

		{name: "naive", bound: bound, computes: perRequest, fleet: naiveVariant(strategies.NaiveConfig{})},
		{name: "naive, coalesced", bound: bound, computes: perBox, fleet: naiveVariant(strategies.NaiveConfig{Coalesce: true})},
		{name: "naive, coalesced and stale on errors", bound: bound, computes: perBox,
			fleet: naiveVariant(strategies.NaiveConfig{Coalesce: true, LoadFailure: strategies.LoadFailure{StaleIfError: 5 * time.Second}})},
		{name: "naive, failing with the cache", bound: bound, computes: perRequest, fails: true,
			fleet: naiveVariant(strategies.NaiveConfig{CacheFailure: strategies.CacheFailure{OnCacheError: "fail"}})},

		{name: "naive, jittered", bound: bound + bound/4, computes: perRequest, fleet: naiveVariant(strategies.NaiveConfig{Jitter: 0.25})},

		{name: "naive, writing through", bound: bound, computes: perRequest, fleet: naiveVariant(strategies.NaiveConfig{OnWrite: "store"})},
		{name: "naive, deleting on errors", bound: bound, computes: perRequest,
			fleet: naiveVariant(strategies.NaiveConfig{LoadFailure: strategies.LoadFailure{OnLoadError: "delete"}})},
		{name: "naive, stale on errors", bound: bound, computes: perRequest,
			fleet: naiveVariant(strategies.NaiveConfig{LoadFailure: strategies.LoadFailure{StaleIfError: 5 * time.Second, Backoff: time.Second}, OnWrite: "expire"})},
		{name: "naive, pausing after errors", bound: bound, computes: perRequest,
			fleet: naiveVariant(strategies.NaiveConfig{LoadFailure: strategies.LoadFailure{Backoff: 300 * time.Millisecond}})},
		{name: "naive, timed", bound: bound, computes: perRequest,
			fleet: naiveVariant(strategies.NaiveConfig{LoadFailure: strategies.LoadFailure{Timeout: 80 * time.Millisecond}})},

		{name: "mutex", bound: bound, computes: one, fleet: mutexVariant(strategies.MutexConfig{})},
		{name: "mutex, failing with the cache", bound: bound, computes: one, fails: true,
			fleet: mutexVariant(strategies.MutexConfig{CacheFailure: strategies.CacheFailure{OnCacheError: "fail"}})},
		{name: "mutex, losers wait", bound: bound, computes: one, fleet: mutexVariant(strategies.MutexConfig{Losers: "wait"})},
		{name: "mutex, losers wait, fail with the cache", bound: bound, computes: one, fails: true,
			fleet: mutexVariant(strategies.MutexConfig{Losers: "wait", CacheFailure: strategies.CacheFailure{OnCacheError: "fail"}})},
		{name: "mutex, losers wait, then stale", bound: bound, computes: one,
			fleet: mutexVariant(strategies.MutexConfig{Losers: "wait", Then: "stale", Fresh: 5 * time.Second})},
		{name: "mutex, losers wait, then load", bound: bound, computes: one,
			fleet: mutexVariant(strategies.MutexConfig{Losers: "wait", Then: "load", Wait: 300 * time.Millisecond})},
		{name: "mutex, losers queue", bound: bound, computes: one, fleet: mutexVariant(strategies.MutexConfig{Losers: "queue"})},
		{name: "mutex, losers queue, as published", bound: bound, computes: perRequest,
			fleet: mutexAsPublished(strategies.MutexConfig{Losers: "queue"})},
		{name: "mutex, extended", bound: bound, computes: one,
			fleet: mutexVariant(strategies.MutexConfig{Locking: strategies.Locking{Extend: true, Lock: 20 * time.Millisecond}})},
		{name: "mutex, lock too short", bound: bound,
			fleet: mutexVariant(strategies.MutexConfig{Locking: strategies.Locking{Lock: 20 * time.Millisecond}})},
		{name: "mutex, stale on errors", bound: bound, computes: one,
			fleet: mutexVariant(strategies.MutexConfig{LoadFailure: strategies.LoadFailure{StaleIfError: 5 * time.Second, Backoff: time.Second}, Writes: strategies.Writes{OnWrite: "expire"}})},
		{name: "mutex, deleting on errors, timed", bound: bound, computes: one,
			fleet: mutexVariant(strategies.MutexConfig{LoadFailure: strategies.LoadFailure{OnLoadError: "delete", Timeout: 80 * time.Millisecond}})},
		{name: "mutex, as published", bound: bound, fleet: mutexAsPublished(strategies.MutexConfig{})},

		{name: "swr", bound: bound, computes: one, fleet: swrVariant(false, strategies.SWRConfig{})},
		{name: "swr, in the foreground", bound: bound, computes: one, fleet: swrVariant(false, strategies.SWRConfig{Refresh: "foreground"})},
		{name: "swr, losers wait", bound: bound, computes: one, fleet: swrVariant(false, strategies.SWRConfig{Losers: "wait", Locking: strategies.Locking{Extend: true}})},
		{name: "swr, failing with the cache", bound: bound, computes: one, fails: true,
			fleet: swrVariant(false, strategies.SWRConfig{CacheFailure: strategies.CacheFailure{OnCacheError: "fail"}})},
		{name: "swr, coalesced", bound: bound, computes: perBox, fleet: swrVariant(false, strategies.SWRConfig{Cold: "coalesce", MaxRefreshes: 2})},
		{name: "swr, stale on errors", bound: bound, computes: one,
			fleet: swrVariant(false, strategies.SWRConfig{StaleIfError: 3 * time.Second, Writes: strategies.Writes{OnWrite: "expire"}})},
		{name: "swr, stale on errors, coalesced, timed", bound: bound, computes: perBox,
			fleet: swrVariant(false, strategies.SWRConfig{StaleIfError: 3 * time.Second, Cold: "coalesce", Timeout: 80 * time.Millisecond})},
		{name: "swr, without a locker", bound: bound, computes: perBox, fleet: swrVariant(true, strategies.SWRConfig{})},

		{name: "pool", bound: bound, computes: two, fleet: poolVariant(strategies.PoolConfig{})},
		{name: "pool, without waiting", bound: bound, computes: two, fleet: poolVariant(strategies.PoolConfig{Queue: new(0)})},
		{name: "pool of one, extended, failing with the cache", bound: bound, computes: one, fails: true,
			fleet: poolVariant(strategies.PoolConfig{Slots: 1, Locking: strategies.Locking{Extend: true, Lock: 20 * time.Millisecond}, CacheFailure: strategies.CacheFailure{OnCacheError: "fail"}})},
		{name: "pool, stale late", bound: bound, computes: two,
			fleet: poolVariant(strategies.PoolConfig{Stale: "late", Fresh: 5 * time.Second, Queue: new(5), Wait: 300 * time.Millisecond, Writes: strategies.Writes{OnWrite: "expire"}})},
		{name: "pool, stale on errors, timed", bound: bound, computes: two,
			fleet: poolVariant(strategies.PoolConfig{LoadFailure: strategies.LoadFailure{StaleIfError: 5 * time.Second, Backoff: time.Second, Timeout: 2 * time.Second}})},

		{name: "lease", bound: bound, computes: one, fleet: leaseVariant(strategies.LeaseConfig{})},
		{name: "lease, failing with the cache", bound: bound, computes: one, fails: true,
			fleet: leaseVariant(strategies.LeaseConfig{CacheFailure: strategies.CacheFailure{OnCacheError: "fail"}})},
		{name: "lease, waits a little, then loads", bound: bound, fleet: leaseVariant(strategies.LeaseConfig{Wait: 20 * time.Millisecond, Then: "load"})},
		{name: "lease, serves what was deleted", bound: bound, computes: one, fleet: leaseVariant(strategies.LeaseConfig{KeepDeleted: time.Second})},
		{name: "lease, of a short life", bound: bound, fleet: leaseVariant(strategies.LeaseConfig{Lease: 20 * time.Millisecond})},

		{name: "two-level over naive", bound: bound + l1, computes: perBox,
			fleet: over(naiveVariant(strategies.NaiveConfig{}), strategies.TwoLevelConfig{Entries: 10})},
		{name: "two-level over naive, not coalesced", bound: bound + l1, computes: perRequest,
			fleet: over(naiveVariant(strategies.NaiveConfig{}), strategies.TwoLevelConfig{Coalesce: new(false)})},
		{name: "two-level over naive, ended by a tick", bound: bound + 2*l1, computes: perBox,
			fleet: over(naiveVariant(strategies.NaiveConfig{}), strategies.TwoLevelConfig{Tick: 50 * time.Millisecond, Jitter: 0.5})},
		{name: "two-level over naive, keeping failures", bound: bound + l1, computes: perBox,
			fleet: over(naiveVariant(strategies.NaiveConfig{}), strategies.TwoLevelConfig{KeepErrors: l1})},
		{name: "two-level over mutex", bound: bound + l1, computes: one,
			fleet: over(mutexVariant(strategies.MutexConfig{Losers: "wait"}), strategies.TwoLevelConfig{})},
		{name: "two-level over swr", bound: bound + l1, computes: one,
			fleet: over(swrVariant(false, strategies.SWRConfig{}), strategies.TwoLevelConfig{})},

		{name: "smear over naive", bound: bound, computes: perRequest, fleet: smeared(strategies.SmearConfig{Copies: 1}, false)},
		{name: "smear over mutex", bound: bound, computes: one, fleet: smeared(strategies.SmearConfig{Copies: 1}, true)},
		{name: "smear of a few keys", bound: bound, computes: perRequest, fleet: smeared(strategies.SmearConfig{Prefix: "hot"}, false)},

		{name: "publish", computes: perRequest, fleet: publishVariant(false, publish.Config{})},
		{name: "publish, for a time", bound: bound, computes: perRequest, fleet: publishVariant(true, publish.Config{TTL: bound})},
		{name: "publish, as published", computes: perRequest, fleet: publishAsPublished},
		{name: "publish, failing on a miss", computes: one, fails: true, fleet: publishVariant(false, publish.Config{OnMiss: "fail"})},
	}...)
}
