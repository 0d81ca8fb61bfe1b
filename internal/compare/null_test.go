//go:build !race

package compare_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/herdlab/herdlab/internal/compare"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/scenarios"
)

const small = `
duration: 3s
seeds: 8
fleet: {boxes: 2, workers: 4, queue: 20, origin: {latency: {median: 30ms, p99: 200ms}, concurrency: 6}}
workload:
  - {class: page, rate: 150/s, keys: {count: 40, zipf: 0.9}}
  - {class: bystander, rate: 20/s, cost: 2ms}
strategies:
  naive: {ttl: 1s}
  mutex: {ttl: 1s, lock: 1s}
  swr: {fresh: 500ms, ttl: 2s}
`

// simulated runs the small scenario with the seeds from one on, changed by set.
func simulated(t *testing.T, seed uint64, set ...string) *metrics.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "small.yaml")
	if err := os.WriteFile(name, []byte(small), 0o644); err != nil {
		t.Fatal(err)
	}
	sc, err := scenarios.Open(name, set)
	if err != nil {
		t.Fatal(err)
	}
	sc.Seed = seed
	file, err := lab.Execute(sc, lab.Options{Clock: func() lab.Clock { return sim.New() }, ClockName: "virtual"})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// silent reports whether nothing is worse; it logs what is.
func silent(t *testing.T, old, new *metrics.File) bool {
	c := check(t, []*metrics.File{old}, []*metrics.File{new})
	for _, b := range c.Breaches {
		t.Logf("%s, of %s", b, b.Evidence)
	}
	return !c.Regressed()
}

// Twenty results of one scenario on the virtual clock, each of eight other seeds, and
// one of the same seeds: nothing is worse in any of them.
func TestOtherSeedsAreSilent(t *testing.T) {
	old := simulated(t, 1)
	if !silent(t, old, simulated(t, 1)) {
		t.Error("the same seeds differ")
	}
	for i := range uint64(20) {
		if !silent(t, old, simulated(t, 100*(i+1))) {
			t.Errorf("seeds %d to %d are worse than 1 to 8", 100*(i+1), 100*(i+1)+7)
		}
	}
}

// A slower origin is seen over other seeds, and over the same ones, where a smaller
// step is enough.
func TestASlowerOriginIsSeen(t *testing.T) {
	old := simulated(t, 1)
	if silent(t, old, simulated(t, 101, "fleet.origin.latency.median=60ms")) {
		t.Error("twice as slow, and nothing is worse over other seeds")
	}
	if silent(t, old, simulated(t, 1, "fleet.origin.latency.median=32ms")) {
		t.Error("2 ms slower, and nothing is worse over the same seeds")
	}
}

// measured is what a wall clock makes of a result: every run has its own time, the
// counts that are decided by it vary by their roots, and the whole machine is faster on
// some days than on others, by a few percent.
func measured(t *testing.T, of *metrics.File, seed uint64, slower float64) *metrics.File {
	t.Helper()
	text, err := json.Marshal(of)
	if err != nil {
		t.Fatal(err)
	}
	file := new(metrics.File)
	if err := json.Unmarshal(text, file); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	day := math.Exp(0.03 * rng.NormFloat64())
	file.Clock, file.Runs = "wall", file.Runs[:0]
	for _, r := range of.Runs {
		if r.Seed > 1 { // eight runs of one seed, which on the wall clock differ all the same
			continue
		}
		for n := range uint64(8) {
			run := *r
			run.Seed = n + 1
			latency := *r.LatencyMS
			for _, v := range []*float64{&latency.Mean, &latency.P50, &latency.P90, &latency.P99, &latency.P999, &latency.Max} {
				*v = *v*slower*day*math.Exp(0.1*rng.NormFloat64()) + rng.ExpFloat64()
			}
			run.LatencyMS = &latency
			run.Histogram = ""
			for _, v := range []*int64{&run.Computes, &run.DuplicateComputes, &run.HerdPeak, &run.OriginInFlightPeak} {
				*v = max(0, *v+int64(math.Sqrt(float64(*v))*rng.NormFloat64()))
			}
			file.Runs = append(file.Runs, &run)
		}
	}
	return file
}

// Twenty results of a wall clock that differ by noise alone are silent, one that is half
// as slow again is not, and three runs of each are too few to say so.
func TestNoiseOfAWallClockIsSilent(t *testing.T) {
	base := simulated(t, 1, "fleet.origin.latency.p99=2s", "fleet.origin.latency.median=300ms")
	old := measured(t, base, 1, 1)
	for i := range uint64(20) {
		if !silent(t, old, measured(t, base, i+2, 1)) {
			t.Errorf("the result %d is worse", i)
		}
	}
	slow := measured(t, base, 30, 1.5)
	if silent(t, old, slow) {
		t.Error("half as slow again, and nothing is worse")
	}
	few := func(f *metrics.File) *metrics.File {
		g := *f
		g.Runs = nil
		for _, r := range f.Runs {
			if r.Seed <= 3 {
				g.Runs = append(g.Runs, r)
			}
		}
		return &g
	}
	c := compare.New([]*metrics.File{few(old)}, []*metrics.File{few(slow)}, figures.All())
	if n := c.Scenarios[0].Strategies[0].Count(compare.NotEnough); n == 0 {
		t.Error("three runs are enough")
	}
	if c := check(t, []*metrics.File{few(old)}, []*metrics.File{few(slow)}, "p99 +10%"); !c.Regressed() {
		t.Error("a rule that three runs cannot show to be kept is kept")
	}
	if c := check(t, []*metrics.File{few(old)}, []*metrics.File{few(slow)}); c.Regressed() {
		t.Error("what three runs cannot tell fails although nobody asked about it")
	}
}
