package compare_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/compare"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/workloads"
)

// withSlow is a result of some seeds with 10,000 requests each, of which all but a few
// take a millisecond or two. Each seed has one that takes longer than those few, so
// that the maximum shows nothing either.
func withSlow(clock string, seeds, first uint64, few int) *metrics.File {
	file := &metrics.File{
		Schema: 1, Scenario: "herd", Clock: clock, DurationMS: 10_000, WindowMS: 1000, Classes: []metrics.ClassInfo{{Name: "page"}},
	}
	for seed := first; seed < first+seeds; seed++ {
		sum := metrics.NewSummary(metrics.Config{Classes: file.Classes, Duration: 10 * time.Second, Window: time.Second})
		rng := rand.New(rand.NewPCG(seed, 1))
		for i := range 10_000 {
			at := time.Duration(i) * time.Millisecond
			took := time.Millisecond + time.Duration(rng.Int64N(int64(time.Millisecond)))
			switch {
			case i == 0:
				took = 3 * time.Second
			case i%2000 == 7 && i/2000 < few:
				took = 2 * time.Second
			}
			sum.Add(&metrics.Record{Request: workloads.Request{At: at}, Sent: at, Done: at + took, Outcome: metrics.FreshHit, Attempts: 1, Age: -1, Staleness: -1})
		}
		run := sum.Close()
		run.Strategy, run.Kind, run.Seed = "mutex", "mutex", seed
		file.Runs = append(file.Runs, run)
	}
	return file
}

// A herd is a few slow requests: five of ten thousand are under every percentile of the
// table, and the gate sees them, of one seed, of several, and on a noisy clock.
func TestAFewSlowRequestsFail(t *testing.T) {
	for _, c := range []struct {
		clock string
		seeds uint64
		first uint64 // of the new ones
	}{{"virtual", 1, 1}, {"virtual", 3, 1}, {"virtual", 8, 1}, {"virtual", 8, 100}, {"wall", 8, 1}} {
		old, slow := withSlow(c.clock, c.seeds, 1, 0), withSlow(c.clock, c.seeds, c.first, 5)
		gate := check(t, []*metrics.File{old}, []*metrics.File{slow}, "slow_requests +2", "p50 +1%", "p99 +1%", "max +1%")
		if len(gate.Breaches) != 1 || gate.Breaches[0].Name != compare.SlowRequests || gate.Breaches[0].Evidence.Estimate != 5 {
			t.Errorf("%s clock, %d seeds: %v", c.clock, c.seeds, gate.Breaches)
		}
		if gate := check(t, []*metrics.File{old}, []*metrics.File{slow}); !gate.Regressed() {
			t.Errorf("%s clock, %d seeds: silent", c.clock, c.seeds)
		}
		if gate := check(t, []*metrics.File{slow}, []*metrics.File{old}); gate.Regressed() {
			t.Errorf("%s clock, %d seeds: fewer are worse: %v", c.clock, c.seeds, gate.Breaches[0])
		}
		if gate := check(t, []*metrics.File{old}, []*metrics.File{withSlow(c.clock, c.seeds, c.first, 0)}); gate.Regressed() {
			t.Errorf("%s clock, %d seeds: none are worse than none: %v", c.clock, c.seeds, gate.Breaches[0])
		}
	}
}
