package metricstest

import (
	"math"

	"github.com/herdlab/herdlab/internal/metrics"
)

// Tiny is a file small enough to be read, with something of everything.
func Tiny() *metrics.File {
	until, ratio, none, wait := 2500.0, 0.75, 0.0, 120.0
	nan := math.NaN()
	swr := &metrics.Run{
		Strategy: "swr", Kind: "stale-while-revalidate", Seed: 7, Loads: metrics.Loads{Computes: 2, HerdPeak: 1, OriginInFlightPeak: 1}, Attempts: 1000, Cache: new(metrics.CacheStats),
		Figures: metrics.Figures{
			Requests: 1000, HitRatio: &ratio, Outcomes: metrics.Outcomes{metrics.FreshHit: 700, metrics.StaleHit: 298, metrics.Computed: 2},
			LatencyMS: &metrics.Latency{Mean: 1.25, P50: 1, P90: 2, P99: 4.5, P999: 12, Max: 1500}, AgeMS: &metrics.Quantiles{P50: 1000, P99: 4000, Max: 4500.5}, StaleServed: 298,
		},
		Queue:    &metrics.QueueStats{Jobs: 3, AgeMaxMS: &wait},
		Warnings: []string{}, Classes: map[string]metrics.Figures{"bystander": {LatencyMS: &metrics.Latency{P99: 3}}},
		Series: metrics.Series{
			Requests: []int64{400, 0, 600}, P50: metrics.Floats{1, nan, 1}, P90: metrics.Floats{2, nan, 2}, P99: metrics.Floats{4.5, nan, 4}, Max: metrics.Floats{1500, nan, 6},
			HitRatio: metrics.Floats{0.5, nan, 0.9}, Failures: map[string][]int64{}, Herd: []int64{1, 0, 1}, InFlight: []int64{1, 0, 1}, Computes: []int64{1, 0, 1},
			AgeP50: metrics.Floats{0, nan, 900}, AgeMax: metrics.Floats{0, nan, 4500.5}, BystanderP99: metrics.Floats{3, nan, 2.5},
		},
		Percentiles: []metrics.Percentile{{Share: 0, MS: 1}, {Share: 0.5, MS: 1}, {Share: 0.9, MS: 2}, {Share: 0.99, MS: 4.5}, {Share: 1, MS: 1500}},
	}
	naive := &metrics.Run{
		Strategy: "naive", Kind: "naive", Seed: 7, Loads: metrics.Loads{Computes: 950, DuplicateComputes: 949, HerdPeak: 50, OriginInFlightPeak: 50}, Attempts: 1100, Cache: new(metrics.CacheStats),
		Figures: metrics.Figures{
			Requests: 1000, HitRatio: &none, Failures: 50, Outcomes: metrics.Outcomes{metrics.Computed: 950, metrics.Timeout: 45, metrics.Rejected: 5},
			LatencyMS: &metrics.Latency{Mean: 5000, P50: 5000, P90: 5000, P99: 30000, P999: 30000, Max: 30000},
		},
		Warnings: []string{"box 0: the queue was full"}, Classes: map[string]metrics.Figures{"bystander": {LatencyMS: &metrics.Latency{P99: 4900}}},
		Series: metrics.Series{
			Requests: []int64{400, 0, 600}, P50: metrics.Floats{5000, nan, 5000}, P90: metrics.Floats{5000, nan, 5000}, P99: metrics.Floats{30000, nan, 5000}, Max: metrics.Floats{30000, nan, 5000},
			HitRatio: metrics.Floats{0, nan, 0}, Failures: map[string][]int64{"timeout": {45, 0, 0}, "rejected": {5, 0, 0}}, Herd: []int64{50, 50, 50}, InFlight: []int64{50, 50, 50}, Computes: []int64{350, 0, 600},
			AgeP50: metrics.Floats{nan, nan, nan}, AgeMax: metrics.Floats{nan, nan, nan}, BystanderP99: metrics.Floats{4900, nan, 2},
		},
		Percentiles: []metrics.Percentile{{Share: 0, MS: 5000}, {Share: 0.5, MS: 5000}, {Share: 0.9, MS: 5000}, {Share: 0.99, MS: 30000}, {Share: 1, MS: 30000}},
	}
	return &metrics.File{
		Schema: 1, Scenario: "page-burst", About: "1,000 requests meet one cold page.", Source: "made up for tests", File: "made-up/page-burst.yaml", Clock: "virtual",
		Command: "simulate run made-up/page-burst.yaml --seed 7", DurationMS: 2800, WindowMS: 1000,
		Classes: []metrics.ClassInfo{{Name: "page"}, {Name: "bystander", Bystander: true}},
		Faults:  []metrics.FaultMark{{Label: "slow-origin x10", AtMS: 1000, UntilMS: &until}}, Phases: []metrics.PhaseMark{},
		Runs: []*metrics.Run{naive, swr},
		Expectations: []metrics.Expectation{
			{Text: "swr.computes == 2", Line: 21, Holds: true},
			{Text: "naive.failures == 0 || naive.p99 < 1s", Line: 22, Reason: "naive.failures is 50, naive.p99 is 30s"},
			{Text: "naive.computes < 10", Set: "--set expect.2", Reason: "naive.computes is 950"},
		},
	}
}

// Seven is tiny with seven seeds of naive, whose figures spread, and two
// classes left.
func Seven() *metrics.File {
	f := Tiny()
	naive := f.Runs[0]
	f.Runs = nil
	for seed := range 7 {
		run := *naive
		latency := *naive.LatencyMS
		run.Seed = uint64(seed)
		run.Failures += int64(3 * seed)
		latency.P99 += float64(1000 * seed)
		run.LatencyMS = &latency
		f.Runs = append(f.Runs, &run)
	}
	f.Interrupted = true
	return f
}

// Incident is tiny as a story: naive before, its twin as the tempting fix that
// helps nobody, and swr after.
func Incident() *metrics.File {
	f := Tiny()
	f.Incident = metrics.Incident{
		Theme: "burst", Story: "One page expired.\nA thousand wanted it.\n\nNobody got it in time.", Topology: "client -> box -> database",
		Trigger: "the page expires at 1 s", Look: "the computes", Unreproduced: []string{"the 33 MB: there is no disk"},
	}
	wrong := *f.Runs[0]
	wrong.Strategy, wrong.Computes = "more-workers", 990
	f.Runs[0].Part = metrics.Part{Role: metrics.Before, Why: "nobody knew"}
	wrong.Part = metrics.Part{Role: metrics.Wrong, Why: "more hands | more work"}
	f.Runs[1].Part = metrics.Part{Role: metrics.After, Why: "one computes"}
	f.Runs = []*metrics.Run{f.Runs[0], &wrong, f.Runs[1]}
	f.Expectations[0].Because = "stated: one | two"
	return f
}
