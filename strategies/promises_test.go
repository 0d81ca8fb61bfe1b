package strategies_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/publish"
)

// made is what a constructor returned, which must not have failed.
func made[S strategies.Strategy](t testing.TB, s S, err error) strategies.Strategy {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// eachDefault runs the test for every strategy that a Go program gets from its settings
// left out, but for ages and what sharing says.
func eachDefault(t *testing.T, sharing strategies.Sharing, test func(t *testing.T, w *world, c *client, s strategies.Strategy)) {
	t.Helper()
	for name, build := range map[string]func(t *testing.T, w *world, c *client) strategies.Strategy{
		"mutex": func(t *testing.T, w *world, c *client) strategies.Strategy {
			s, err := strategies.NewMutex(c, c, w.origin, strategies.MutexConfig{Sharing: sharing, Runtime: w.runtime()})
			return made(t, s, err)
		},
		"swr": func(t *testing.T, w *world, c *client) strategies.Strategy {
			s, err := strategies.NewSWR(c, c, w.origin, strategies.SWRConfig{Sharing: sharing, Runtime: w.runtime()})
			return made(t, s, err)
		},
		"swr without a locker": func(t *testing.T, w *world, c *client) strategies.Strategy {
			s, err := strategies.NewSWR(c, nil, w.origin, strategies.SWRConfig{Sharing: sharing, Runtime: w.runtime()})
			return made(t, s, err)
		},
		"pool": func(t *testing.T, w *world, c *client) strategies.Strategy {
			s, err := strategies.NewPool(c, c, w.origin, strategies.PoolConfig{Sharing: sharing, Runtime: w.runtime()})
			return made(t, s, err)
		},
		"lease": func(t *testing.T, w *world, c *client) strategies.Strategy {
			s, err := strategies.NewLeased(c, w.origin, strategies.LeaseConfig{Sharing: sharing, Runtime: w.runtime()})
			return made(t, s, err)
		},
		"naive": func(t *testing.T, w *world, c *client) strategies.Strategy {
			s, err := strategies.NewNaive(c, w.origin, strategies.NaiveConfig{Coalesce: true, Flights: sharing.Flights, Runtime: w.runtime()})
			return made(t, s, err)
		},
		"publish": func(t *testing.T, w *world, c *client) strategies.Strategy {
			p, err := publish.NewPublisher(c, w.origin, publish.Config{Sharing: sharing, Runtime: w.runtime()})
			if err != nil {
				t.Fatal(err)
			}
			s, err := p.Reader(c, w.origin)
			return made(t, s, err)
		},
		"two-level over mutex": func(t *testing.T, w *world, c *client) strategies.Strategy {
			m, err := strategies.NewMutex(c, c, w.origin, strategies.MutexConfig{Sharing: sharing, Runtime: w.runtime()})
			s, err2 := strategies.NewTwoLevel(made(t, m, err), strategies.TwoLevelConfig{Flights: sharing.Flights, Runtime: w.runtime()})
			return made(t, s, err2)
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBothClocks(t, func(t *testing.T, w *world) {
				c := newClient(w, "box")
				test(t, w, c, build(t, w, c))
			})
		})
	}
}

// A key costs one load a box and serves everybody who wants it, with the cache as it
// should be, dead, or failing in one operation.
func TestOneLoadWhateverFails(t *testing.T) {
	for _, failing := range []string{"", "get", "set", "lock", "unlock", "lease", "everything"} {
		eachDefault(t, strategies.Sharing{}, func(t *testing.T, w *world, _ *client, s strategies.Strategy) {
			w.server.fault = func(op string) error {
				if op == failing || failing == "everything" {
					return errCache
				}
				return nil
			}
			w.together(200, func(int) {
				if r, err := s.Get(background, "k"); err != nil {
					t.Errorf("%s fails: %v %v", failing, r.Outcome, err)
				}
			})
			if n := w.origin.count(); n != 1 {
				t.Errorf("%s fails: %d loads", failing, n)
			}
		})
	}
}

// A load that fails fails for all who waited for it, at once: they do not try in turn.
func TestFailedLoadIsShared(t *testing.T) {
	eachDefault(t, strategies.Sharing{}, func(t *testing.T, w *world, _ *client, s strategies.Strategy) {
		w.origin.act = func(string, int) (time.Duration, error) { return 500 * time.Millisecond, errOrigin }
		w.together(50, func(int) {
			r, err := s.Get(background, "k")
			var failed *strategies.LoadError
			if !errors.As(err, &failed) || !errors.Is(err, errOrigin) || r.Outcome != strategies.OriginFailure {
				t.Errorf("%v %v", r.Outcome, err)
			}
		})
		if n := w.origin.count(); n != 1 || w.elapsed() > 600*time.Millisecond {
			t.Errorf("%d loads, the last answer after %v", n, w.elapsed())
		}
	})
}

// Everybody waits under a deadline of its own, the one that began the load too. The load
// goes on for the others.
func TestCallersLeaveAtTheirDeadlines(t *testing.T) {
	eachDefault(t, strategies.Sharing{}, func(t *testing.T, w *world, _ *client, s strategies.Strategy) {
		w.origin.takes = time.Second
		ctx, cancel := w.cancellable(background)
		w.Go("impatience", func() { w.sleep(50 * time.Millisecond); cancel() })
		w.together(20, func(i int) {
			if i > 0 {
				w.sleep(10 * time.Millisecond)
				if r, err := s.Get(background, "k"); err != nil {
					t.Errorf("one that waited: %v %v", r.Outcome, err)
				}
				return
			}
			r, err := s.Get(ctx, "k")
			if took := w.elapsed(); r.Outcome != strategies.Timeout || !errors.Is(err, context.Canceled) || took > 60*time.Millisecond {
				t.Errorf("the first got %v %v after %v", r.Outcome, err, took)
			}
		})
		if n := w.origin.count(); n != 1 {
			t.Errorf("%d loads", n)
		}
	})
}

// A load that hangs, and does not hear that it is to stop, blocks its key for load_timeout.
func TestHungLoadIsGivenUp(t *testing.T) {
	short := strategies.Sharing{Flights: strategies.Flights{LoadTimeout: new(time.Second)}}
	eachDefault(t, short, func(t *testing.T, w *world, c *client, s strategies.Strategy) {
		if _, locks := s.(*strategies.TwoLevel); locks {
			return // it and the strategy beneath give up at once: which is first is chance
		}
		w.origin.act = func(_ string, n int) (time.Duration, error) {
			if n == 1 {
				return time.Hour, nil
			}
			return time.Millisecond, nil
		}
		began := w.Now()
		w.together(20, func(int) {
			if r, err := s.Get(background, "k"); !errors.Is(err, strategies.ErrLoadTimeout) || r.Outcome != strategies.OriginFailure {
				t.Errorf("%v %v", r.Outcome, err)
			}
		})
		if took := w.Now().Sub(began); took > 1100*time.Millisecond {
			t.Errorf("given up after %v", took)
		}
		w.sleep(time.Second)
		if r, err := s.Get(background, "k"); err != nil {
			t.Errorf("afterwards: %v %v", r.Outcome, err)
		}
	})
}

// With cancel_abandoned a load that nobody waits for any more is cancelled, and not before.
func TestAbandonedLoadIsCancelled(t *testing.T) {
	sharing := strategies.Sharing{Flights: strategies.Flights{CancelAbandoned: true}}
	eachDefault(t, sharing, func(t *testing.T, w *world, _ *client, s strategies.Strategy) {
		w.origin.takes = time.Hour
		ctx, cancel := w.cancellable(background)
		w.Go("impatience", func() { w.sleep(100 * time.Millisecond); cancel() })
		w.together(3, func(int) { _, _ = s.Get(ctx, "k") })
		w.sleep(time.Second)
		w.origin.mu.Lock()
		defer w.origin.mu.Unlock()
		if n := w.origin.under["k"]; n != 0 {
			t.Errorf("%d loads go on", n)
		}
	})
}

// A read of a slow cache, or a wait for another box, does not keep a caller past its
// deadline behind a first level.
func TestTwoLevelWaiterLeaves(t *testing.T) {
	for _, losers := range []strategies.LoserMode{strategies.LosersWait, strategies.LosersQueue} {
		onBothClocks(t, func(t *testing.T, w *world) {
			c := newClient(w, "box")
			_, _ = newClient(w, "another box").TryLock(background, "k", "token", 10*time.Second)
			m, err := strategies.NewMutex(c, c, w.origin, strategies.MutexConfig{Losers: losers, Runtime: w.runtime()})
			s, err2 := strategies.NewTwoLevel(made(t, m, err), strategies.TwoLevelConfig{Runtime: w.runtime()})
			two := made(t, s, err2)
			ctx, cancel := w.cancellable(background)
			began := w.Now()
			w.Go("impatience", func() { w.sleep(50 * time.Millisecond); cancel() })
			r, err := two.Get(ctx, "k")
			if took := w.Now().Sub(began); took > 60*time.Millisecond || r.Outcome != strategies.Timeout {
				t.Errorf("losers %s: %v %v after %v", losers, r.Outcome, err, took)
			}
		})
	}
}

// What was read before a write is not stored after it, whichever box wrote: by the versions
// where the cache knows them, and else within a box.
func TestNoWriteIsOvertaken(t *testing.T) {
	for name, build := range map[string]func(w *world, store strategies.Store, c *client) (strategies.Strategy, error){
		"mutex": func(w *world, store strategies.Store, c *client) (strategies.Strategy, error) {
			return strategies.NewMutex(store, c, w.origin, strategies.MutexConfig{Runtime: w.runtime()})
		},
		"swr": func(w *world, store strategies.Store, c *client) (strategies.Strategy, error) {
			return strategies.NewSWR(store, c, w.origin, strategies.SWRConfig{Runtime: w.runtime()})
		},
		"pool": func(w *world, store strategies.Store, c *client) (strategies.Strategy, error) {
			return strategies.NewPool(store, c, w.origin, strategies.PoolConfig{Runtime: w.runtime()})
		},
		"naive": func(w *world, store strategies.Store, _ *client) (strategies.Strategy, error) {
			return strategies.NewNaive(store, w.origin, strategies.NaiveConfig{Runtime: w.runtime()})
		},
		"naive, writing through": func(w *world, store strategies.Store, _ *client) (strategies.Strategy, error) {
			return strategies.NewNaive(store, w.origin, strategies.NaiveConfig{OnWrite: "store", Runtime: w.runtime()})
		},
	} {
		for _, versions := range []bool{true, false} {
			onSim(t, func(w *world) {
				var fleet []strategies.Strategy
				for range 2 {
					c := newClient(w, "box")
					store := strategies.Store(c)
					if !versions {
						store = plainStore{c}
					}
					s, err := build(w, store, c)
					fleet = append(fleet, made(t, s, err))
				}
				writer := fleet[0]
				if versions {
					writer = fleet[1]
				}
				w.together(2, func(i int) {
					if i == 0 {
						_, _ = fleet[0].Get(background, "k")
						return
					}
					w.sleep(20 * time.Millisecond) // the load takes 50
					version := w.origin.write("k")
					if err := strategies.Wrote(background, writer, "k", written("k", version)); err != nil {
						t.Error(err)
					}
				})
				w.sleep(time.Second)
				if r, err := fleet[0].Get(background, "k"); err != nil || r.Version != 2 {
					t.Errorf("%s, versions %v: after the write of version 2 readers get %d: %v %v", name, versions, r.Version, r.Outcome, err)
				}
			})
		}
	}
}
