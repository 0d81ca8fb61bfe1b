package view

import (
	"math"

	"github.com/herdlab/herdlab/internal/metrics"
)

// Group is one strategy with its runs, a run per seed.
type Group struct {
	Name  string
	Role  string // in the story; empty without one
	why   string
	Color Color // in every chart
	Runs  []*metrics.Run
}

// groups are the strategies of the file in the order of their first run.
func groups(f *metrics.File) []Group {
	var list []Group
	at := make(map[string]int)
	for _, run := range f.Runs {
		i, seen := at[run.Strategy]
		if !seen {
			i = len(list)
			at[run.Strategy] = i
			list = append(list, Group{Name: run.Strategy, Role: run.Role, why: run.Why})
		}
		list[i].Runs = append(list[i].Runs, run)
	}
	paint(list)
	return list
}

// Estimate estimates a figure over the runs.
func (g Group) Estimate(figure func(*metrics.Run) float64) Estimate {
	values := make([]float64, len(g.Runs))
	for i, run := range g.Runs {
		values[i] = figure(run)
	}
	return NewEstimate(values)
}

// Causes are the outcomes that failed, most frequent first in the order of
// their values when equal, with their counts over all runs.
func (g Group) Causes() (outcomes []metrics.Outcome, counts metrics.Outcomes) {
	for _, run := range g.Runs {
		for o, n := range run.Outcomes {
			counts[o] += n
		}
	}
	for o, n := range counts {
		if n == 0 || !metrics.Outcome(o).Failed() {
			continue
		}
		i := len(outcomes)
		for i > 0 && counts[outcomes[i-1]] < n {
			i--
		}
		outcomes = append(outcomes[:i], append([]metrics.Outcome{metrics.Outcome(o)}, outcomes[i:]...)...)
	}
	return outcomes, counts
}

// bystanders names the classes that never touch the cache.
func bystanders(f *metrics.File) (names []string) {
	for _, c := range f.Classes {
		if c.Bystander {
			names = append(names, c.Name)
		}
	}
	return names
}

// LatencyOf reads a latency, which a run without requests has not.
func LatencyOf(pick func(*metrics.Latency) float64) func(*metrics.Run) float64 {
	return func(r *metrics.Run) float64 {
		if r.LatencyMS == nil {
			return math.NaN()
		}
		return pick(r.LatencyMS)
	}
}

// BystanderP99 is the highest p99 of the named classes.
func BystanderP99(names []string) func(*metrics.Run) float64 {
	return func(r *metrics.Run) float64 {
		worst := math.NaN()
		for _, name := range names {
			if l := r.Classes[name].LatencyMS; l != nil && !(worst >= l.P99) {
				worst = l.P99
			}
		}
		return worst
	}
}

// HitRatio is that of a run, or NaN where nothing was read.
func HitRatio(r *metrics.Run) float64 {
	if r.HitRatio == nil {
		return math.NaN()
	}
	return *r.HitRatio
}

// FailedOutcomes are the outcomes that count as failures, in their order.
func FailedOutcomes() (list []metrics.Outcome) {
	for o := range metrics.NumOutcomes {
		if metrics.Outcome(o).Failed() {
			list = append(list, metrics.Outcome(o))
		}
	}
	return list
}
