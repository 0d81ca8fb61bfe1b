package strategies_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// eachVariant runs a clause of the contract for every variant on both clocks.
func eachVariant(t *testing.T, clause func(t *testing.T, w *world, v variant)) {
	for _, v := range variants() {
		t.Run(v.name, func(t *testing.T) {
			onBothClocks(t, func(t *testing.T, w *world) { clause(t, w, v) })
		})
	}
}

// get is a request whose panics end here, as in a web server.
func get(ctx context.Context, s strategies.Strategy, key string) (r strategies.Result, panicked any, err error) {
	defer func() { panicked = recover() }()
	r, err = s.Get(ctx, key)
	return r, nil, err
}

// checkAnswer holds one answer against the contract: the right key, the right
// kind of error for its outcome.
func checkAnswer(t testing.TB, key string, r strategies.Result, err error) {
	t.Helper()
	if (err != nil) != r.Outcome.Failed() {
		t.Errorf("outcome %v with error %v", r.Outcome, err)
	}
	var load *strategies.LoadError
	var store *strategies.StoreError
	ok := true
	switch r.Outcome {
	case strategies.ColdFailure:
		ok = err == strategies.ErrColdCache
	case strategies.OriginFailure:
		ok = errors.As(err, &load) && load.Key == key
	case strategies.CacheError:
		ok = errors.As(err, &store) && store.Key == key
	case strategies.Timeout:
		ok = errors.Is(err, context.Canceled)
	default:
		if ok = bytes.HasPrefix(r.Data, []byte(key+" v")); !ok {
			t.Errorf("the value of %q is %q", key, r.Data)
		}
	}
	if !ok {
		t.Errorf("outcome %v has the error %v", r.Outcome, err)
	}
}

// fills asks until there is a value: a strategy may refuse, but not for ever.
func fills(t testing.TB, w *world, s strategies.Strategy, key string) {
	t.Helper()
	for range 100 {
		if _, err := s.Get(background, key); err == nil {
			return
		}
		w.sleep(time.Second)
	}
	t.Errorf("no value of %q in 100 s", key)
}

func TestLoadThatEndsBadlyReleasesEverybody(t *testing.T) {
	for _, how := range []error{errOrigin, errPanic} {
		t.Run(how.Error(), func(t *testing.T) {
			eachVariant(t, func(t *testing.T, w *world, v variant) {
				w.origin.act = func(string, int) (time.Duration, error) { return 50 * time.Millisecond, how }
				fleet := v.fleet(t, w, 2)
				w.together(20, func(i int) {
					r, panicked, err := get(background, fleet[i%2], "k")
					if panicked != nil && panicked != errPanic {
						t.Errorf("panic: %v", panicked)
					}
					if panicked == nil {
						checkAnswer(t, "k", r, err)
					}
				})
				if took := w.elapsed(); took > 20*time.Second {
					t.Errorf("the last was released after %v", took)
				}
				w.sleep(10 * time.Second) // for what goes on in the background
				if n := w.server.locked(); n > 0 {
					t.Errorf("%d locks are held", n)
				}
				w.origin.act = nil
				begun := w.elapsed()
				fills(t, w, fleet[0], "k")
				if took := w.elapsed() - begun; took > 5*time.Second {
					t.Errorf("the key is filled only after %v", took)
				}
			})
		})
	}
}

func TestNoValueIsServedPastItsBound(t *testing.T) {
	eachVariant(t, func(t *testing.T, w *world, v variant) {
		w.server.hoards = true
		failing := false
		w.origin.act = func(string, int) (time.Duration, error) {
			if failing {
				return 50 * time.Millisecond, errOrigin
			}
			return 50 * time.Millisecond, nil
		}
		fleet := v.fleet(t, w, 2)
		dice := rand.New(rand.NewPCG(7, 7))
		served := 0
		for range 1000 {
			w.origin.mu.Lock()
			failing = w.elapsed()%(40*time.Second) > 20*time.Second
			w.origin.mu.Unlock()
			r, _, err := get(background, fleet[dice.IntN(2)], "k")
			checkAnswer(t, "k", r, err)
			if err == nil {
				served++
				age := r.Stored.Age(w.Now())
				if age < 0 || v.bound > 0 && age >= v.bound {
					t.Fatalf("a value of age %v is served", age)
				}
			}
			w.sleep(time.Duration(dice.IntN(400)) * time.Millisecond)
		}
		if served < 100 {
			t.Errorf("only %d answers of 1000 have a value", served)
		}
	})
}

func TestRightValueUnderFaults(t *testing.T) {
	eachVariant(t, func(t *testing.T, w *world, v variant) {
		var mu sync.Mutex
		dice := rand.New(rand.NewPCG(1, 2))
		one := func(in int) bool {
			mu.Lock()
			defer mu.Unlock()
			return dice.IntN(in) == 0
		}
		w.server.fault = func(string) error {
			if one(50) {
				return errCache
			}
			return nil
		}
		w.origin.act = func(string, int) (time.Duration, error) {
			switch {
			case one(30):
				return 20 * time.Millisecond, errOrigin
			case one(30):
				return 5 * time.Millisecond, errPanic
			}
			return 10 * time.Millisecond, nil
		}
		fleet := v.fleet(t, w, 4)
		gets := 200
		if strings.HasSuffix(t.Name(), "/wall") {
			gets = 20 // goroutines are slower than virtual processes, above all under -race
		}
		var values int
		w.together(50, func(i int) {
			dice := rand.New(rand.NewPCG(uint64(i), 3))
			for range gets {
				key := fmt.Sprintf("key%d", dice.IntN(20))
				if dice.IntN(100) == 0 {
					version := w.origin.write(key)
					_ = strategies.Wrote(background, fleet[i%4], key, written(key, version))
				}
				r, panicked, err := get(background, fleet[i%4], key)
				if panicked == nil {
					checkAnswer(t, key, r, err)
				}
				if panicked == nil && err == nil {
					mu.Lock()
					values++
					mu.Unlock()
				}
				w.sleep(time.Duration(dice.IntN(200)) * time.Millisecond)
			}
		})
		if values < 50*gets/2 {
			t.Errorf("only %d of %d answers have a value", values, 50*gets)
		}
	})
}

func TestCancelledCallersLeaveNothingLocked(t *testing.T) {
	for _, after := range []time.Duration{0, 500 * time.Microsecond, 1500 * time.Microsecond, 30 * time.Millisecond} {
		t.Run(after.String(), func(t *testing.T) {
			eachVariant(t, func(t *testing.T, w *world, v variant) {
				fleet := v.fleet(t, w, 2)
				ctx, cancel := w.cancellable(background)
				w.Go("impatience", func() { w.sleep(after); cancel() })
				w.together(10, func(i int) {
					r, _, err := get(ctx, fleet[i%2], "k")
					checkAnswer(t, "k", r, err)
				})
				if took := w.elapsed(); took > 100*time.Millisecond {
					t.Errorf("the last caller left after %v", took)
				}
				w.sleep(time.Second)
				if n := w.server.locked(); n > 0 {
					t.Errorf("%d locks are held", n)
				}
				begun := w.elapsed()
				fills(t, w, fleet[1], "k")
				if took := w.elapsed() - begun; took > 2*time.Second {
					t.Errorf("the key is filled only after %v", took)
				}
			})
		})
	}
}

func TestWaitersLeaveWhenTheyGiveUp(t *testing.T) {
	eachVariant(t, func(t *testing.T, w *world, v variant) {
		w.origin.takes = time.Second
		fleet := v.fleet(t, w, 1)
		ctx, cancel := w.cancellable(background)
		w.Go("the owner", func() { _, _, _ = get(background, fleet[0], "k") })
		w.Go("impatience", func() { w.sleep(200 * time.Millisecond); cancel() })
		w.sleep(100 * time.Millisecond)
		r, _, err := get(ctx, fleet[0], "k")
		checkAnswer(t, "k", r, err)
		if took := w.elapsed(); took > 210*time.Millisecond && r.Outcome != strategies.Computed {
			t.Errorf("outcome %v after %v", r.Outcome, took)
		}
	})
}

func TestDeadCacheHasANamedOutcome(t *testing.T) {
	eachVariant(t, func(t *testing.T, w *world, v variant) {
		w.server.fault = func(string) error { return errCache }
		fleet := v.fleet(t, w, 1)
		for range 3 {
			r, err := fleet[0].Get(background, "k")
			checkAnswer(t, "k", r, err)
			switch {
			case v.fails && !errors.Is(err, errCache):
				t.Errorf("outcome %v, error %v, want that of the cache", r.Outcome, err)
			case !v.fails && err != nil:
				t.Errorf("the strategy does not go past the cache: %v", err)
			}
			w.sleep(2 * l1)
		}
		if n := fleet[0].(strategies.StatsReporter).Stats().StoreErrors; n < 3 && !v.uncached {
			t.Errorf("%d errors of the cache are counted, want one per request at least", n)
		}
	})
}

func TestColdBurst(t *testing.T) {
	const requests, size = 60, 3
	eachVariant(t, func(t *testing.T, w *world, v variant) {
		if v.computes == nil {
			return
		}
		fleet := v.fleet(t, w, size)
		w.together(requests, func(i int) {
			r, err := fleet[i%size].Get(background, "k")
			checkAnswer(t, "k", r, err)
		})
		w.sleep(time.Second)
		if got, want := w.origin.count(), v.computes(requests, size); got != want {
			t.Errorf("%d computes, want %d", got, want)
		}
	})
}

// A steady stream of requests after a warm-up: every strategy serves from the
// cache while the value is fresh, where there is a cache.
func TestFreshValuesCostNoLoad(t *testing.T) {
	eachVariant(t, func(t *testing.T, w *world, v variant) {
		fleet := v.fleet(t, w, 2)
		fills(t, w, fleet[0], "k")
		loads := w.origin.count()
		for i := range 100 {
			r, err := fleet[i%2].Get(background, "k")
			checkAnswer(t, "k", r, err)
			if want := v.answer(); r.Outcome != want {
				t.Fatalf("outcome %v, want %v", r.Outcome, want)
			}
			w.sleep(time.Millisecond)
		}
		if got, want := w.origin.count()-loads, v.loads(100); got != want {
			t.Errorf("%d loads of a fresh value, want %d", got, want)
		}
	})
}
