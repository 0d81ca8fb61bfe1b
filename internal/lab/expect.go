package lab

import (
	"slices"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/scenarios"
)

// check evaluates the scenario's expectations; over several seeds a figure is
// its median.
func check(sc *scenarios.Scenario, runs []*metrics.Run) []metrics.Expectation {
	results := []metrics.Expectation{}
	for _, x := range sc.Expect {
		holds, reason := x.Check(func(phase, strategy, class, metric string) (float64, bool) {
			return Figure(runs, phase, strategy, class, metric)
		})
		results = append(results, metrics.Expectation{Text: x.Text, Line: x.Line, Set: x.Set, Holds: holds, Reason: reason, Because: oneLine(x.Because), World: x.World})
	}
	return results
}

// Figure is the median of one figure over the seeds of a strategy, by the names
// that an expectation uses; phase and class are "" for the whole. It has no
// value where one seed has none.
func Figure(runs []*metrics.Run, phase, strategy, class, metric string) (float64, bool) {
	f, ok := figures.Find(metric)
	if !ok {
		return 0, false
	}
	var values []float64
	for _, run := range runs {
		if run.Strategy != strategy {
			continue
		}
		v, ok := f.Value(run, phase, class)
		if !ok {
			return 0, false
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		return 0, false
	}
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2, true
}
