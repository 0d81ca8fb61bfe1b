package lab_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/scenarios"
)

// foreign is a world that is somebody else's: it answers every read at once,
// with a hit.
type foreign struct {
	parts  world.Environment
	warmed []string
	report func(*metrics.Run)
}

var (
	_ lab.World  = (*foreign)(nil)
	_ lab.Warmer = (*foreign)(nil)
)

func (f *foreign) Warm(keys []string) error { f.warmed = append(f.warmed, keys...); return nil }

func (f *foreign) Drive(next func(*world.Request) bool, _ func(time.Time)) error {
	for r := (world.Request{}); next(&r); {
		f.end(&r)
	}
	return nil
}

func (f *foreign) end(r *world.Request) {
	f.parts.Record(&metrics.Record{
		Request: r.Request, Sent: r.At, Done: r.At + time.Millisecond, Attempts: 1, Outcome: metrics.FreshHit, Age: -1, Staleness: -1,
	})
}

func (f *foreign) Report(run *metrics.Run) {
	if f.report != nil {
		f.report(run)
	}
}

func (f *foreign) Close() {}

// A world with a strategy of its own is given none: it is warmed and driven, and
// counts the loads by itself, or nobody does.
func TestForeignWorld(t *testing.T) {
	const text = `
duration: 1s
warm: 3
fleet: {origin: {latency: 5ms}}
workload: [{class: page, rate: 100/s, keys: {count: 5}}]
strategies: {naive: {}}
expect: [naive.hit_ratio == 1, naive.computes == 7, naive.evictions == 0]
`
	for _, c := range []struct {
		name     string
		report   func(*metrics.Run)
		computes int64
		holds    bool
		reason   string
	}{
		{"counted", func(r *metrics.Run) {
			r.CountedElsewhere(&metrics.Loads{Computes: 7, DuplicateComputes: 3, HerdPeak: 2, OriginInFlightPeak: 4})
			r.Cache = new(metrics.CacheStats)
		}, 7, true, "naive.computes = 7"},
		{"unknown", func(r *metrics.Run) { r.CountedElsewhere(nil) }, 0, false, "naive.computes has no value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sc := load(t, text)
			sc.Strategies = []scenarios.Entry{{Name: "naive", Kind: "target"}}
			elsewhere := &foreign{report: c.report}
			file, err := lab.Execute(sc, lab.Options{
				Clock: func() lab.Clock { return sim.New() }, ClockName: "virtual", Parallel: 1,
				World: func(_ world.Config, p world.Environment) (lab.World, error) {
					elsewhere.parts = p
					return elsewhere, nil
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			r := file.Runs[0]
			if r.Kind != "target" || r.Computes != c.computes || r.LoadsUnknown == c.holds || *r.HitRatio != 1 {
				t.Errorf("kind %s, %d computes, unknown %v, hit ratio %v", r.Kind, r.Computes, r.LoadsUnknown, *r.HitRatio)
			}
			if (r.Cache != nil) != c.holds || file.Expectations[2].Holds != (r.Cache != nil) {
				t.Errorf("cache %+v; %+v", r.Cache, file.Expectations[2])
			}
			if x := file.Expectations; !x[0].Holds || x[1].Holds != c.holds || !strings.Contains(x[1].Reason, c.reason) {
				t.Errorf("expectations %+v, want the second to be %v: %s", x, c.holds, c.reason)
			}
			if c.holds && (r.DuplicateComputes != 3 || r.HerdPeak != 2 || r.OriginInFlightPeak != 4) {
				t.Errorf("duplicates %d, herd %d, in flight %d", r.DuplicateComputes, r.HerdPeak, r.OriginInFlightPeak)
			}
			slices.Sort(elsewhere.warmed)
			if len(elsewhere.warmed) != 3 || len(slices.Compact(elsewhere.warmed)) != 3 {
				t.Errorf("warmed %q, want three keys", elsewhere.warmed)
			}
		})
	}
}
