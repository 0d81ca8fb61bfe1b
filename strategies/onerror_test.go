package strategies_test

import (
	"math"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// While the origin is away, every box asks it once a pause for each key, however
// many want it, and everybody gets the last good value (FusionCache's fail-safe
// with a throttle of 30 s).
func TestStaleOnErrorsAsksOncePerPause(t *testing.T) {
	const boxes, throttle, away = 3, 30 * time.Second, 10 * time.Minute
	makers := map[string]func(testing.TB, *world, int) []strategies.Strategy{
		"naive": naiveVariant(strategies.NaiveConfig{
			LoadFailure: strategies.LoadFailure{StaleIfError: 9 * time.Second, Backoff: throttle, BackoffMax: throttle},
		}),
		"mutex": mutexVariant(strategies.MutexConfig{
			LoadFailure: strategies.LoadFailure{StaleIfError: 9 * time.Second, Backoff: throttle, BackoffMax: throttle},
			Losers:      "wait",
		}),
		"pool": poolVariant(strategies.PoolConfig{
			LoadFailure: strategies.LoadFailure{StaleIfError: 9 * time.Second, Backoff: throttle, BackoffMax: throttle},
		}),
		"swr": swrVariant(false, strategies.SWRConfig{StaleIfError: 7 * time.Second, Backoff: throttle, BackoffMax: throttle}),
	}
	owing(t, "stale_if_error", makers)
	for name, fleet := range makers {
		t.Run(name, func(t *testing.T) {
			onSim(t, func(w *world) {
				w.server.hoards = true
				all := fleet(t, w, boxes)
				fills(t, w, all[0], "k")
				loads := w.origin.count()
				w.origin.act = func(string, int) (time.Duration, error) { return 50 * time.Millisecond, errOrigin }
				failed := 0
				for i := range int(9 * time.Second / (20 * time.Millisecond)) {
					if _, err := all[i%boxes].Get(background, "k"); err != nil {
						failed++
					}
					w.sleep(20 * time.Millisecond)
				}
				if got := w.origin.count() - loads; got == 0 || got > boxes {
					t.Errorf("%d loads by %d boxes within one pause", got, boxes)
				}
				if failed > 0 {
					t.Errorf("%d requests failed, although the last good value may be served", failed)
				}
				w.sleep(away) // past everything that is kept
				if _, err := all[0].Get(background, "k"); err == nil {
					t.Error("a value is served past what is kept")
				}
			})
		})
	}
}

// With a time-out nobody waits longer for a load, and the value of a load that
// takes longer is there for the next.
func TestTimeoutBoundsTheWait(t *testing.T) {
	const limit = 200 * time.Millisecond
	makers := map[string]func(testing.TB, *world, int) []strategies.Strategy{
		"naive":          naiveVariant(strategies.NaiveConfig{LoadFailure: strategies.LoadFailure{Timeout: limit}}),
		"mutex":          mutexVariant(strategies.MutexConfig{LoadFailure: strategies.LoadFailure{Timeout: limit}, Losers: "wait", Wait: time.Minute}),
		"pool":           poolVariant(strategies.PoolConfig{LoadFailure: strategies.LoadFailure{Timeout: limit}}),
		"swr":            swrVariant(false, strategies.SWRConfig{Timeout: limit, Losers: "wait", Wait: time.Minute}),
		"swr, coalesced": swrVariant(false, strategies.SWRConfig{Timeout: limit, Cold: "coalesce", Wait: time.Minute}),
	}
	owing(t, "timeout", makers)
	for name, fleet := range makers {
		t.Run(name, func(t *testing.T) {
			onBothClocks(t, func(t *testing.T, w *world) {
				w.origin.takes = time.Second
				all := fleet(t, w, 2)
				w.together(20, func(i int) {
					begun := w.elapsed()
					r, err := all[i%2].Get(background, "k")
					checkAnswer(t, "k", r, err)
					if took := w.elapsed() - begun; took > limit+20*time.Millisecond {
						t.Errorf("a request waits for %v", took)
					}
				})
				w.sleep(2 * time.Second)
				if r, err := all[0].Get(background, "k"); err != nil || r.Outcome.Failed() {
					t.Errorf("what was computed too late is not there: %v, %v", r.Outcome, err)
				}
			})
		})
	}
}

// Stale-while-revalidate helps if somebody asks while the value is stale. With
// requests at the rate λ and a window of n that is the share 1 - exp(-λn) of the
// times that it comes to be so (RFC 5861, section 3; the others wait).
func TestWindowOfStaleness(t *testing.T) {
	onSim(t, func(w *world) {
		const every = 10 * time.Second // 1/λ
		w.origin.takes = 0
		c := &client{server: w.server, box: "box1"}
		s, err := filedSWR(c, c, w.origin, strategies.SWRConfig{Fresh: 20 * time.Second, TTL: 32 * time.Second, Runtime: w.runtime()})
		if err != nil {
			t.Fatal(err)
		}
		dice := w.rand()
		var stale, cold float64
		for range 40_000 {
			r, err := s.Get(background, "k")
			switch {
			case err != nil:
				t.Fatal(err)
			case r.Outcome == strategies.StaleHit:
				stale++
			case r.Outcome == strategies.Computed:
				cold++
			}
			w.sleep(time.Duration(dice.ExpFloat64() * float64(every)))
		}
		if got, want := stale/(stale+cold), 1-math.Exp(-12.0/10); math.Abs(got-want) > 0.015 {
			t.Errorf("nobody waits in %.3f of the cases, want %.3f", got, want)
		}
	})
}
