package reports

import (
	"math"

	"github.com/herdlab/herdlab/internal/metrics"
)

// group is one strategy with its runs, a run per seed.
type group struct {
	name string
	role string // in the story; empty without one
	why  string
	ink  uint32 // its colour in every chart
	runs []*metrics.Run
}

// groups are the strategies of the file in the order of their first run.
func groups(f *metrics.File) []group {
	var list []group
	at := make(map[string]int)
	for _, run := range f.Runs {
		i, seen := at[run.Strategy]
		if !seen {
			i = len(list)
			at[run.Strategy] = i
			list = append(list, group{name: run.Strategy, role: run.Role, why: run.Why})
		}
		list[i].runs = append(list[i].runs, run)
	}
	paint(list)
	return list
}

// seeds is the largest number of runs of one strategy.
func seeds(list []group) int {
	n := 0
	for _, g := range list {
		n = max(n, len(g.runs))
	}
	return n
}

// of estimates a figure over the runs.
func (g group) of(figure func(*metrics.Run) float64) Estimate {
	values := make([]float64, len(g.runs))
	for i, run := range g.runs {
		values[i] = figure(run)
	}
	return Of(values)
}

// causes are the outcomes that failed, most frequent first in the order of
// their values when equal, with their counts over all runs.
func (g group) causes() (outcomes []metrics.Outcome, counts metrics.Outcomes) {
	for _, run := range g.runs {
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

func latencyOf(pick func(*metrics.Latency) float64) func(*metrics.Run) float64 {
	return func(r *metrics.Run) float64 {
		if r.LatencyMS == nil {
			return math.NaN()
		}
		return pick(r.LatencyMS)
	}
}

// bystanderP99 is the highest p99 of the named classes.
func bystanderP99(names []string) func(*metrics.Run) float64 {
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

func hitRatio(r *metrics.Run) float64 {
	if r.HitRatio == nil {
		return math.NaN()
	}
	return *r.HitRatio
}
