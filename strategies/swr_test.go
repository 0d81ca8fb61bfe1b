package strategies_test

import (
	"context"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// newSWR makes the SWR of a box: fresh for 10 s, served for 60 s.
func newSWR(t *testing.T, w *world, c *client, cfg strategies.SWRConfig) *strategies.SWR {
	t.Helper()
	cfg.Fresh, cfg.TTL, cfg.Runtime = 10*time.Second, time.Minute, w.runtime()
	s, err := filedSWR(c, c, w.origin, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A stale value is refreshed once in the whole fleet, and meanwhile everybody
// is served: at once in the background, all but one in the foreground.
func TestSWRRefreshesOnce(t *testing.T) {
	for _, c := range []struct {
		how              strategies.RefreshMode
		computed, stales int
	}{{"background", 0, 40}, {"foreground", 1, 39}} {
		t.Run(string(c.how), func(t *testing.T) {
			onBothClocks(t, func(t *testing.T, w *world) {
				cfg := strategies.SWRConfig{Refresh: c.how}
				fleet := []*strategies.SWR{newSWR(t, w, newClient(w, "box1"), cfg), newSWR(t, w, newClient(w, "box2"), cfg)}
				outcomeIs(t, fleet[0], "k", strategies.Computed)
				w.sleep(10 * time.Second)
				w.origin.takes = 5 * time.Second
				count := map[strategies.Outcome]int{}
				w.together(40, func(i int) {
					begun := w.elapsed()
					r, _ := fleet[i%2].Get(background, "k")
					if took := w.elapsed() - begun; r.Outcome == strategies.StaleHit && took > 10*time.Millisecond {
						t.Errorf("a stale hit took %v", took)
					}
					w.server.mu.Lock()
					defer w.server.mu.Unlock()
					count[r.Outcome]++
				})
				if count[strategies.Computed] != c.computed || count[strategies.StaleHit] != c.stales {
					t.Errorf("%v", count)
				}
				w.sleep(6 * time.Second)
				outcomeIs(t, fleet[1], "k", strategies.FreshHit)
				if got := w.origin.count(); got != 2 {
					t.Errorf("%d loads", got)
				}
			})
		})
	}
}

// An origin that is away for a while: the old value is served, attempts become
// rarer, and a value past its ttl is not served any more.
func TestSWROriginAway(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		s := newSWR(t, w, newClient(w, "box"), strategies.SWRConfig{Backoff: time.Second, BackoffMax: 8 * time.Second})
		outcomeIs(t, s, "k", strategies.Computed)
		stored := w.Now().Add(-time.Millisecond) // the set took a round trip
		var attempts []time.Duration
		w.origin.act = func(string, int) (time.Duration, error) {
			attempts = append(attempts, w.Now().Sub(stored).Truncate(500*time.Millisecond))
			return time.Millisecond, errOrigin
		}
		for w.Now().Sub(stored) < 59*time.Second {
			want := strategies.FreshHit
			if w.Now().Sub(stored) >= 10*time.Second-time.Millisecond {
				want = strategies.StaleHit
			}
			outcomeIs(t, s, "k", want)
			w.sleep(500 * time.Millisecond)
		}
		// Rests of 1, 2, 4, 8, 8 ... s; a request comes every 0.5 s.
		if len(attempts) < 8 || len(attempts) > 10 {
			t.Errorf("attempts at %v", attempts)
		}
		for i := 5; i < len(attempts); i++ {
			if pause := attempts[i] - attempts[i-1]; pause < 8*time.Second || pause > 9*time.Second {
				t.Errorf("attempts at %v", attempts)
			}
		}
		stats := s.Stats()
		if stats.RefreshErrors != int64(len(attempts)) || stats.Refreshes != stats.RefreshErrors {
			t.Errorf("%+v", stats)
		}
		w.sleep(2 * time.Second)
		outcomeIs(t, s, "k", strategies.OriginFailure)
		w.origin.act = nil
		outcomeIs(t, s, "k", strategies.Computed)
	})
}

func TestSWRBoundsItsRefreshes(t *testing.T) {
	onSim(t, func(w *world) {
		s := newSWR(t, w, newClient(w, "box"), strategies.SWRConfig{MaxRefreshes: 3})
		keys := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
		for _, key := range keys {
			outcomeIs(t, s, key, strategies.Computed)
		}
		w.sleep(20 * time.Second)
		loads := w.origin.count()
		for _, key := range keys {
			outcomeIs(t, s, key, strategies.StaleHit)
		}
		if got := w.origin.count() - loads; got != 3 {
			t.Errorf("%d refreshes at once", got)
		}
	})
}

// The box that refreshes crashes: others serve the old value, and try again
// when its lock has expired.
func TestSWROwnerCrash(t *testing.T) {
	onSim(t, func(w *world) {
		cfg := strategies.SWRConfig{Locking: strategies.Locking{Lock: 10 * time.Second}}
		victim := newClient(w, "box1")
		crashing, alive := newSWR(t, w, victim, cfg), newSWR(t, w, newClient(w, "box2"), cfg)
		outcomeIs(t, alive, "k", strategies.Computed)
		w.sleep(10 * time.Second)
		w.origin.takes = 2 * time.Second
		outcomeIs(t, crashing, "k", strategies.StaleHit)
		w.sleep(time.Second)
		victim.dead = true
		for range 9 {
			outcomeIs(t, alive, "k", strategies.StaleHit)
			w.sleep(time.Second)
		}
		if got := w.origin.count(); got != 2 {
			t.Errorf("%d loads while the lock was held", got)
		}
		outcomeIs(t, alive, "k", strategies.StaleHit)
		w.sleep(3 * time.Second)
		outcomeIs(t, alive, "k", strategies.FreshHit)
	})
}

// A loader that panics in the background ends nothing: it is a failed refresh.
func TestSWRPanicInTheBackground(t *testing.T) {
	onBothClocks(t, func(t *testing.T, w *world) {
		s := newSWR(t, w, newClient(w, "box"), strategies.SWRConfig{})
		outcomeIs(t, s, "k", strategies.Computed)
		w.sleep(10 * time.Second)
		w.origin.act = func(string, int) (time.Duration, error) { return time.Millisecond, errPanic }
		outcomeIs(t, s, "k", strategies.StaleHit)
		w.sleep(2 * time.Second)
		if got := s.Stats(); got.RefreshErrors != 1 || w.server.locked() != 0 {
			t.Errorf("%+v, %d locks", got, w.server.locked())
		}
		w.origin.act = nil
		outcomeIs(t, s, "k", strategies.StaleHit)
		w.sleep(time.Second)
		outcomeIs(t, s, "k", strategies.FreshHit)
	})
}

// While another box holds the lock, a box asks for it about once a poll and
// not once a request.
func TestSWRAsksForATakenLockSeldom(t *testing.T) {
	onSim(t, func(w *world) {
		s := newSWR(t, w, newClient(w, "box"), strategies.SWRConfig{Poll: 100 * time.Millisecond})
		outcomeIs(t, s, "k", strategies.Computed)
		w.sleep(10 * time.Second)
		if got, _ := newClient(w, "other").TryLock(background, "k", "other", time.Hour); !got {
			t.Fatal("the lock is taken")
		}
		asked := 0
		w.server.seen = func(op, _ string) {
			if op == "lock" {
				asked++
			}
		}
		for range 1000 {
			outcomeIs(t, s, "k", strategies.StaleHit) // 1 ms each
		}
		if asked < 9 || asked > 11 {
			t.Errorf("asked %d times in a second", asked)
		}
	})
}

// Coalesced cold values: the waiters' limit, and what they do at its end.
func TestSWRCoalescedWaiters(t *testing.T) {
	for then, want := range map[strategies.GiveUpMode]strategies.Outcome{"fail": strategies.ColdFailure, "load": strategies.Computed} {
		t.Run(string(then), func(t *testing.T) {
			onBothClocks(t, func(t *testing.T, w *world) {
				w.origin.takes = 5 * time.Second
				s := newSWR(t, w, newClient(w, "box"), strategies.SWRConfig{Cold: "coalesce", Then: then})
				w.Go("leader", func() { outcomeIs(t, s, "k", strategies.Computed) })
				w.sleep(10 * time.Millisecond)
				outcomeIs(t, s, "k", want)
			})
		})
	}
}

// lateStore delivers its second answer late.
type lateStore struct {
	*client
	gets int
}

func (s *lateStore) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	s.gets++
	late := s.gets == 2
	e, ok, err := s.client.Get(ctx, key)
	if late {
		s.server.world.sleep(time.Second)
	}
	return e, ok, err
}

// One who hears late that there is nothing begins a flight when the first has
// landed, and finds its value.
func TestSWRCoalescedSecondLook(t *testing.T) {
	onSim(t, func(w *world) {
		store := &lateStore{client: newClient(w, "box")}
		s, err := filedSWR(store, nil, w.origin, strategies.SWRConfig{Runtime: w.runtime()})
		if err != nil {
			t.Fatal(err)
		}
		w.Go("late", func() {
			w.sleep(500 * time.Microsecond)
			outcomeIs(t, s, "k", strategies.FreshHit)
		})
		w.Go("first", func() { w.sleep(600 * time.Microsecond); outcomeIs(t, s, "k", strategies.Computed) })
		_, _, _ = store.Get(background, "other") // the first answer
		w.sleep(2 * time.Second)
		if got := w.origin.count(); got != 1 {
			t.Errorf("%d loads", got)
		}
	})
}
