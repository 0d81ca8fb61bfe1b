package strategies_test

import (
	"cmp"
	"errors"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/published"
	"github.com/herdlab/herdlab/strategies"
)

// newMutex makes the Mutex of a box, with values that live for a minute.
func newMutex(t *testing.T, w *world, c *client, cfg strategies.MutexConfig) *strategies.Mutex {
	t.Helper()
	cfg.TTL, cfg.Runtime = cmp.Or(cfg.TTL, time.Minute), w.runtime()
	m, err := filedMutex(c, c, w.origin, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func newClient(w *world, box string) *client { return &client{server: w.server, box: box} }

func outcomeIs(t *testing.T, s strategies.Strategy, key string, want strategies.Outcome) strategies.Result {
	t.Helper()
	r, err := s.Get(background, key)
	if r.Outcome != want {
		t.Errorf("outcome %v (%v), want %v", r.Outcome, err, want)
	}
	return r
}

// A crashed owner blocks its key until the lock has expired, and no longer.
func TestMutexOwnerCrash(t *testing.T) {
	onSim(t, func(w *world) {
		w.origin.takes = 5 * time.Second
		victim := newClient(w, "box1")
		crashing := newMutex(t, w, victim, strategies.MutexConfig{Locking: strategies.Locking{Lock: 10 * time.Second, Extend: true}})
		alive := newMutex(t, w, newClient(w, "box2"), strategies.MutexConfig{Locking: strategies.Locking{Lock: 10 * time.Second}})
		w.Go("owner", func() { _, _ = crashing.Get(background, "k") })
		w.sleep(time.Second)
		victim.dead = true
		for w.elapsed() < 9*time.Second {
			outcomeIs(t, alive, "k", strategies.ColdFailure)
			w.sleep(time.Second)
		}
		w.sleep(2 * time.Second)
		outcomeIs(t, alive, "k", strategies.Computed)
	})
}

// A load that outlives its lock: the value is stored all the same; with the
// original's mistakes it never is.
func TestMutexLockLost(t *testing.T) {
	onSim(t, func(w *world) {
		w.origin.takes = 3 * time.Second
		m := newMutex(t, w, newClient(w, "box"), strategies.MutexConfig{Locking: strategies.Locking{Lock: time.Second}})
		outcomeIs(t, m, "k", strategies.Computed)
		outcomeIs(t, m, "k", strategies.FreshHit)
		if s := m.Stats(); s.LocksLost != 1 || s.Discarded != 0 {
			t.Errorf("%+v", s)
		}
		cfg := published.MutexConfig{MutexConfig: asInFiles(strategies.MutexConfig{Locking: strategies.Locking{Lock: time.Second}, Runtime: w.runtime()}), AsPublished: true}
		c := newClient(w, "box")
		old, err := published.NewMutex(c, c, w.origin, cfg)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			outcomeIs(t, old, "other", strategies.ColdFailure)
		}
		if s := old.(strategies.StatsReporter).Stats(); s.LocksLost != 3 || s.Discarded != 3 || s.Loads != 3 {
			t.Errorf("%+v", s)
		}
	})
}

// With extend the lock lives as long as its owner, though the cache loses one
// of the renewals.
func TestMutexExtend(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		w.origin.takes = 10 * time.Second
		lost := false
		w.server.fault = func(op string) error {
			if op == "extend" && w.elapsed() > 3*time.Second && !lost {
				lost = true
				return errCache
			}
			return nil
		}
		m := newMutex(t, w, newClient(w, "box1"), strategies.MutexConfig{Locking: strategies.Locking{Lock: time.Second, Extend: true}})
		other := newMutex(t, w, newClient(w, "box2"), strategies.MutexConfig{Locking: strategies.Locking{Lock: time.Second}})
		w.Go("owner", func() { outcomeIs(t, m, "k", strategies.Computed) })
		for range 19 {
			w.sleep(500 * time.Millisecond)
			outcomeIs(t, other, "k", strategies.ColdFailure)
		}
		w.sleep(time.Second)
		outcomeIs(t, other, "k", strategies.FreshHit)
		if s := m.Stats(); s.LocksLost != 0 || s.StoreErrors != 1 || !lost {
			t.Errorf("%+v", s)
		}
		if w.origin.count() != 1 {
			t.Errorf("%d loads", w.origin.count())
		}
	})
}

func TestMutexExtendNeedsAnExtender(t *testing.T) {
	store := &still{}
	_, err := filedMutex(store, store, strategies.LoaderFunc(nil), strategies.MutexConfig{Locking: strategies.Locking{Extend: true}})
	var bad *strategies.ConfigError
	if !errors.As(err, &bad) || bad.Field != "extend" {
		t.Errorf("error %v", err)
	}
}

// What a loser does: at once, during its wait, and when it has waited enough.
func TestMutexLosers(t *testing.T) {
	for _, c := range []struct {
		name  string
		cfg   strategies.MutexConfig
		stale bool // there is a value that is fresh no more
		takes time.Duration
		want  strategies.Outcome
		after time.Duration // at least; at most 300 ms later
	}{
		{name: "fail", takes: 5 * time.Second, want: strategies.ColdFailure},
		{name: "the value comes", cfg: strategies.MutexConfig{Losers: "wait"}, takes: time.Second, want: strategies.Coalesced, after: 900 * time.Millisecond},
		{name: "then fail", cfg: strategies.MutexConfig{Losers: "wait"}, takes: 5 * time.Second, want: strategies.ColdFailure, after: 2 * time.Second},
		{name: "then load", cfg: strategies.MutexConfig{Losers: "wait", Then: "load"}, takes: 5 * time.Second, want: strategies.Computed, after: 7 * time.Second},
		{name: "then stale", cfg: strategies.MutexConfig{Losers: "wait", Then: "stale", Fresh: time.Minute, TTL: time.Minute + time.Hour}, stale: true,
			takes: 5 * time.Second, want: strategies.StaleHit, after: 2 * time.Second},
		{name: "then stale, but there is none", cfg: strategies.MutexConfig{Losers: "wait", Then: "stale", Fresh: time.Minute, TTL: time.Minute + time.Hour},
			takes: 5 * time.Second, want: strategies.ColdFailure, after: 2 * time.Second},
		{name: "then stale, but it is too old", cfg: strategies.MutexConfig{Losers: "wait", Then: "stale", Fresh: time.Minute, TTL: time.Minute + time.Second}, stale: true,
			takes: 5 * time.Second, want: strategies.ColdFailure, after: 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBothClocks(t, func(t *testing.T, w *world) {
				m := newMutex(t, w, newClient(w, "box"), c.cfg)
				if c.stale {
					outcomeIs(t, m, "k", strategies.Computed)
					w.sleep(time.Minute)
				}
				w.origin.takes = c.takes
				w.Go("owner", func() { _, _ = m.Get(background, "k") })
				w.sleep(10 * time.Millisecond)
				begun := w.elapsed()
				outcomeIs(t, m, "k", c.want)
				if took := w.elapsed() - begun; took < c.after || took > c.after+300*time.Millisecond {
					t.Errorf("after %v, want %v", took, c.after)
				}
			})
		})
	}
}

// The owner fails: one of those who wait takes over.
func TestMutexWaiterTakesOver(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		w.origin.act = func(_ string, n int) (time.Duration, error) {
			if n == 1 {
				return time.Second, errOrigin
			}
			return 500 * time.Millisecond, nil
		}
		m := newMutex(t, w, newClient(w, "box"), strategies.MutexConfig{Losers: "wait", Wait: 10 * time.Second})
		count := map[strategies.Outcome]int{}
		w.together(10, func(int) {
			r, _ := m.Get(background, "k")
			w.server.mu.Lock()
			count[r.Outcome]++
			w.server.mu.Unlock()
		})
		if count[strategies.OriginFailure] != 1 || count[strategies.Computed] != 1 || count[strategies.Coalesced] != 8 {
			t.Errorf("%v", count)
		}
	})
}

// An owner that is slower than its lock does not overwrite the newer value of
// its successor.
func TestMutexLateOwnerLeavesTheNewerValue(t *testing.T) {
	onSim(t, func(w *world) {
		w.origin.act = func(_ string, n int) (time.Duration, error) { return 4 * time.Second / time.Duration(n*n*n), nil }
		m := newMutex(t, w, newClient(w, "box"), strategies.MutexConfig{Locking: strategies.Locking{Lock: time.Second}})
		w.Go("slow owner", func() { outcomeIs(t, m, "k", strategies.Computed) })
		w.sleep(1500 * time.Millisecond)
		w.origin.write("k")
		if r := outcomeIs(t, m, "k", strategies.Computed); string(r.Data) != "k v2" {
			t.Errorf("%s", r.Data)
		}
		w.sleep(3 * time.Second)
		if r := outcomeIs(t, m, "k", strategies.FreshHit); string(r.Data) != "k v2" {
			t.Errorf("the newer value was overwritten by %s", r.Data)
		}
		if s := m.Stats(); s.LocksLost != 1 || s.Discarded != 1 {
			t.Errorf("%+v", s)
		}
	})
}

// One who gives up while he asks for the lock neither keeps it nor computes.
func TestMutexTakerGivesUp(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		m := newMutex(t, w, newClient(w, "box"), strategies.MutexConfig{})
		ctx, cancel := w.cancellable(background)
		w.Go("impatience", func() { w.sleep(1700 * time.Microsecond); cancel() })
		if r, _ := m.Get(ctx, "k"); r.Outcome != strategies.Timeout {
			t.Errorf("outcome %v", r.Outcome)
		}
		if w.server.locked() != 0 || w.origin.count() != 0 {
			t.Errorf("%d locks, %d loads", w.server.locked(), w.origin.count())
		}
	})
}

// A lock that fails while reads do not: go past it, or fail.
func TestMutexWithoutLocks(t *testing.T) {
	for on, want := range map[string]strategies.Outcome{"load": strategies.Computed, "fail": strategies.CacheError} {
		onSim(t, func(w *world) {
			w.server.fault = func(op string) error {
				if op == "lock" {
					return errCache
				}
				return nil
			}
			m := newMutex(t, w, newClient(w, "box"), strategies.MutexConfig{CacheFailure: strategies.CacheFailure{OnCacheError: strategies.CacheErrorMode(on)}})
			outcomeIs(t, m, "k", want)
		})
	}
}

// When renewals have failed for as long as the lock lives, it is lost, and is
// not asked for any more.
func TestMutexStopsExtendingALostLock(t *testing.T) {
	onSim(t, func(w *world) {
		w.origin.takes = 10 * time.Second
		asked := 0
		w.server.fault = func(op string) error {
			if op == "extend" {
				asked++
				return errCache
			}
			return nil
		}
		m := newMutex(t, w, newClient(w, "box"), strategies.MutexConfig{Locking: strategies.Locking{Lock: time.Second, Extend: true}})
		outcomeIs(t, m, "k", strategies.Computed)
		if got := m.Stats().LocksLost; asked != 3 || got != 1 {
			t.Errorf("asked %d times, %d locks lost", asked, got)
		}
	})
}
