package failsafe_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/stores/failsafe"
	"github.com/herdlab/herdlab/strategies/stores/memory"
	"github.com/herdlab/herdlab/strategies/stores/storetest"
)

var background = context.Background()

func TestStore(t *testing.T) {
	t.Parallel()
	for _, copies := range []int64{0, 64 << 20} {
		storetest.Run(t, storetest.Wall(func(*testing.T) storetest.Subject {
			return storetest.Subject{Store: failsafe.New(memory.New(memory.Config{}), failsafe.Config{Copies: copies}), Model: true}
		}))
	}
}

// hanging is a cache that hangs, or fails, when it is told to.
type hanging struct {
	*memory.Store
	hangs atomic.Bool
	fails atomic.Pointer[error]
	asked atomic.Int64 // operations that came to it
}

func newHanging() *hanging { return &hanging{Store: memory.New(memory.Config{})} }

func (h *hanging) reach(ctx context.Context) error {
	h.asked.Add(1)
	if h.hangs.Load() {
		<-ctx.Done()
		return context.Cause(ctx)
	}
	if err := h.fails.Load(); err != nil {
		return *err
	}
	return nil
}

func (h *hanging) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	if err := h.reach(ctx); err != nil {
		return strategies.Entry{}, false, err
	}
	return h.Store.Get(ctx, key)
}

func (h *hanging) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	if err := h.reach(ctx); err != nil {
		return false, err
	}
	return h.Store.SetNewer(ctx, key, e, ttl)
}

func (h *hanging) TryLock(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	if err := h.reach(ctx); err != nil {
		return false, err
	}
	return h.Store.TryLock(ctx, key, token, ttl)
}

func (h *hanging) Unlock(ctx context.Context, key, token string) (bool, error) {
	if err := h.reach(ctx); err != nil {
		return false, err
	}
	return h.Store.Unlock(ctx, key, token)
}

// A cache that hangs costs its first callers one time-out each, and the others nothing.
func TestGoneAfterFailuresInARow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cache := newHanging()
		cache.hangs.Store(true)
		s := failsafe.New(cache, failsafe.Config{})
		for i := range 8 {
			began := time.Now()
			_, _, err := s.Get(background, "k")
			want, named := 250*time.Millisecond, stores.ErrNoAnswer
			if i >= 5 {
				want, named = 0, failsafe.ErrGone
			}
			if took := time.Since(began); took != want || !errors.Is(err, named) {
				t.Errorf("operation %d: %v after %v", i+1, err, took)
			}
		}
		if !s.Gone() || cache.asked.Load() != 5 {
			t.Errorf("gone: %v, %d operations came to the cache", s.Gone(), cache.asked.Load())
		}
	})
}

// While the cache is gone, one operation a pause asks whether it is back, however many want to.
func TestOneProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cache := newHanging()
		cache.fails.Store(new(fmt.Errorf("down: %w", stores.ErrRefused)))
		s := failsafe.New(cache, failsafe.Config{})
		for range 5 {
			_, _, _ = s.Get(background, "k")
		}
		for range 3 { // pauses
			time.Sleep(time.Second)
			before := cache.asked.Load()
			var all sync.WaitGroup
			for range 100 {
				all.Go(func() { _, _, _ = s.Get(background, "k") })
			}
			all.Wait()
			if n := cache.asked.Load() - before; n != 1 {
				t.Errorf("%d probes", n)
			}
		}
		cache.fails.Store(nil)
		time.Sleep(time.Second)
		if _, _, err := s.Get(background, "k"); err != nil || s.Gone() {
			t.Errorf("the cache is back: %v, gone: %v", err, s.Gone())
		}
	})
}

// A cache that says no is there, and one whose callers leave may be.
func TestAnswersAreNoFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cache := newHanging()
		s := failsafe.New(cache, failsafe.Config{})
		for _, answer := range []error{stores.ErrFull, stores.ErrTooLarge, stores.ErrGarbled, strategies.ErrForeign} {
			cache.fails.Store(&answer)
			for range 10 {
				if _, _, err := s.Get(background, "k"); !errors.Is(err, answer) {
					t.Error(err)
				}
			}
		}
		cache.hangs.Store(true)
		for range 10 {
			ctx, cancel := context.WithTimeout(background, 10*time.Millisecond)
			_, _, _ = s.Get(ctx, "k")
			cancel()
		}
		if s.Gone() {
			t.Error("the cache is taken for gone")
		}
	})
}

// A copy is gone with what it is a copy of, and never in the way of it.
func TestCopiesAreGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, change := range map[string]func(cache *hanging, s *failsafe.Store) error{
			"a write here":      func(_ *hanging, s *failsafe.Store) error { return s.Delete(background, "k") },
			"a write elsewhere": func(c *hanging, s *failsafe.Store) error { return c.Delete(background, "k") },
		} {
			cache := newHanging()
			s := failsafe.New(cache, failsafe.Config{Copies: 1 << 20})
			e := strategies.Entry{Stored: strategies.At(time.Now())}
			_ = s.Set(background, "k", e, time.Hour)
			if err := change(cache, s); err != nil {
				t.Fatal(err)
			}
			_, _, _ = s.Get(background, "k")
			cache.hangs.Store(true)
			if _, ok, err := s.Get(background, "k"); ok || err == nil {
				t.Errorf("after %s there is a copy: %v %v", name, ok, err)
			}
		}
	})
}

// counted is an origin that counts the loads of each key.
type counted struct {
	takes time.Duration
	mu    sync.Mutex
	loads map[string]int
}

func (c *counted) Load(_ context.Context, key string) (strategies.Value, error) {
	c.mu.Lock()
	c.loads[key]++
	c.mu.Unlock()
	time.Sleep(c.takes)
	return strategies.Value{Data: []byte(key)}, nil
}

// reset forgets the loads so far.
func (c *counted) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.loads = make(map[string]int)
}

// storm has 1,000 callers ask for keys that are warm, in the 3 s after the cache was hung,
// and returns how long the slowest was under way.
func storm(t *testing.T, s strategies.Strategy, origin *counted, hang func()) (slowest time.Duration) {
	const keys, callers = 50, 1000
	for range 2 { // the second finds what the first stored
		for k := range keys {
			if _, err := s.Get(background, fmt.Sprint(k)); err != nil {
				t.Fatal(err)
			}
		}
	}
	origin.reset()
	hang()
	var longest atomic.Int64
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			time.Sleep(time.Duration(i) * 3 * time.Millisecond)
			began, key := time.Now(), fmt.Sprint(i%keys)
			if r, err := s.Get(background, key); err != nil || string(r.Data) != key {
				t.Errorf("%q: %v %v", r.Data, r.Outcome, err)
			}
			for took := int64(time.Since(began)); ; {
				if was := longest.Load(); took <= was || longest.CompareAndSwap(was, took) {
					return
				}
			}
		})
	}
	all.Wait()
	origin.mu.Lock()
	defer origin.mu.Unlock()
	for key, n := range origin.loads {
		if n > 1 {
			t.Errorf("key %s was loaded %d times", key, n)
		}
	}
	return time.Duration(longest.Load())
}

// Warm keys are served while the cache hangs, at one load each or, where a stale value may
// be served, at none.
func TestHungCache(t *testing.T) {
	for name, build := range map[string]func(s *failsafe.Store, o *counted) (strategies.Strategy, error){
		"mutex": func(s *failsafe.Store, o *counted) (strategies.Strategy, error) {
			return strategies.NewMutex(s, s, o, strategies.MutexConfig{})
		},
		"pool": func(s *failsafe.Store, o *counted) (strategies.Strategy, error) {
			return strategies.NewPool(s, s, o, strategies.PoolConfig{})
		},
		"swr": func(s *failsafe.Store, o *counted) (strategies.Strategy, error) {
			return strategies.NewSWR(s, s, o, strategies.SWRConfig{})
		},
		"swr without a locker": func(s *failsafe.Store, o *counted) (strategies.Strategy, error) {
			return strategies.NewSWR(s, nil, o, strategies.SWRConfig{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cache, origin := newHanging(), &counted{takes: 50*time.Millisecond + time.Microsecond, loads: make(map[string]int)}
				s, err := build(failsafe.New(cache, failsafe.Config{Copies: 1 << 20}), origin)
				if err != nil {
					t.Fatal(err)
				}
				if took := storm(t, s, origin, func() { cache.hangs.Store(true) }); took > 800*time.Millisecond {
					t.Errorf("the slowest took %v: more than two time-outs, and those of the flight it joined", took)
				}
				if name == "swr" && len(origin.loads) > 0 {
					t.Errorf("%d keys were loaded", len(origin.loads))
				}
				cache.hangs.Store(false)
				time.Sleep(time.Minute) // what goes on behind the answers ends
			})
		})
	}
}
