package lab_test

import (
	"math"
	"testing"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/metrics"
)

const warming = `
duration: 60s
fleet:
  cache: {rtt: 0s}
  origin: {latency: 1s}
  warmers: [{class: page, keys: 6, every: 20s, from: 1s}]
workload:
  - {class: page, rate: 10/s, from: 7s, keys: {count: 6}}
strategies:
  naive: {ttl: 1h}
`

func runWarming(t *testing.T, set ...string) *metrics.Run {
	t.Helper()
	sc := load(t, warming, set...)
	run, err := lab.Run(sc, sc.Strategies[0], 1, lab.Setup{Clock: virtual()})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// When runs begin, and how long they take: six keys, each computed in a second.
func TestWarmerSchedules(t *testing.T) {
	stop := "faults=[{at: 23500ms, for: 20s, kind: warmer-stop}]"
	for _, c := range []struct {
		name                            string
		set                             []string
		runs, skipped, atOnce, computes int64
		longest                         float64 // s
	}{
		{"at 1, 21 and 41 s", nil, 3, 0, 1, 18, 6},
		{"three at once", []string{"fleet.warmers.0.at_once=3"}, 3, 0, 1, 18, 2},
		{"more hands than keys", []string{"fleet.warmers.0.at_once=99"}, 3, 0, 1, 18, 1},
		{"one every two seconds", []string{"fleet.warmers.0.rate=0.5/s"}, 3, 0, 1, 18, 11},
		{"more often than a run takes", []string{"fleet.warmers.0.every=4s"}, 15, 0, 2, 87, 6},
		{"and with a lock", []string{"fleet.warmers.0.every=4s", "fleet.warmers.0.schedule=lock"}, 8, 7, 1, 45, 6},
		{"four seconds after each run", []string{"fleet.warmers.0.every=4s", "fleet.warmers.0.schedule=loop"}, 6, 0, 1, 36, 6},
		{"stopped from 23.5 to 43.5 s: by the clock the next is at 61 s", []string{stop}, 2, 0, 1, 9, 6},
		{"the same at every 10 s", []string{stop, "fleet.warmers.0.every=10s"}, 4, 0, 1, 21, 6},
		{"a loop goes on at once", []string{stop, "fleet.warmers.0.every=10s", "fleet.warmers.0.schedule=loop"}, 4, 0, 1, 19, 6},
		{"stopped for good", []string{"faults=[{at: 23500ms, kind: warmer-stop}]"}, 2, 0, 1, 9, 6},
		{"stopped twice", []string{"faults=[{at: 2500ms, for: 20s, kind: warmer-stop}, {at: 20s, for: 20s, kind: warmer-stop}]"}, 2, 0, 1, 8, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := runWarming(t, c.set...)
			w := run.Warmers
			if w.Runs != c.runs || w.Skipped != c.skipped || w.AtOnce != c.atOnce || w.Computes != c.computes || w.Failed != 0 {
				t.Errorf("%+v, want %d runs, %d left out, %d at once, %d computes", *w, c.runs, c.skipped, c.atOnce, c.computes)
			}
			if math.Abs(*w.RunMaxMS-1000*c.longest) > 1 {
				t.Errorf("the longest run took %v ms, want %v s", *w.RunMaxMS, c.longest)
			}
		})
	}
}

// What a warmer stores its readers find, and what it loads are computes.
func TestWarmedKeysAreHits(t *testing.T) {
	run := runWarming(t)
	if run.Computes != 18 || run.Outcomes[metrics.FreshHit] != run.Requests {
		t.Errorf("%d computes, %d hits of %d requests", run.Computes, run.Outcomes[metrics.FreshHit], run.Requests)
	}
	run = runWarming(t, "strategies.naive.ttl=30s", "faults=[{at: 15s, kind: warmer-stop}]")
	if run.Computes < 12 || run.Warmers.Computes != 6 || run.Computes-run.Warmers.Computes != run.Outcomes[metrics.Computed] {
		t.Errorf("%d computes, %d of them the warmer's", run.Computes, run.Warmers.Computes)
	}
	if none := runWarming(t, "fleet.warmers=[]"); none.Warmers != nil {
		t.Errorf("%+v without a warmer", none.Warmers)
	}
}

// What a warmer computes while it is stopped is lost.
func TestStoppedWarmerStoresNothing(t *testing.T) {
	run := runWarming(t, "faults=[{at: 1500ms, kind: warmer-stop}]")
	if w := run.Warmers; w.Computes != 1 || w.Failed != 0 || run.Outcomes[metrics.Computed] < 6 {
		t.Errorf("%+v, and %d requests computed", *w, run.Outcomes[metrics.Computed])
	}
}

// A load that fails is counted, and the run goes on.
func TestWarmerSurvivesFailures(t *testing.T) {
	run := runWarming(t, "faults=[{at: 2500ms, for: 2s, kind: origin-down}]")
	if w := run.Warmers; w.Computes != 18 || w.Failed == 0 || w.Failed == w.Computes || w.Runs != 3 {
		t.Errorf("%+v", *w)
	}
}

// The warm-up before the traffic, and the most loads in a second.
func TestWarmUpTakesItsTime(t *testing.T) {
	run := runWarming(t, "warm=6", "fleet.warmers=[]", "fleet.origin.concurrency=2")
	if run.WarmComputes != 6 || run.WarmMS != 3000 || run.Computes != 0 || run.ComputeRateMax != 0 {
		t.Errorf("%d loads in %v ms before the traffic, %d after", run.WarmComputes, run.WarmMS, run.Computes)
	}
	run = runWarming(t, "window=10s", "fleet.warmers.0.every=100ms")
	if got := run.ComputeRateMax; got < 55 || got > 61 {
		t.Errorf("%v loads a second at the most, want 60: one of each of 60 runs", got)
	}
	if n := run.Warmers.AtOnce; n < 60 || n > 61 {
		t.Errorf("%d runs at once", n)
	}
}
