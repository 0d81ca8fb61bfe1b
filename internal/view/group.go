package view

import (
	"github.com/herdlab/herdlab/internal/humanize"
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
	paintGroups(list)
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

// LeadingCause names the most frequent cause of failures over all runs, of equal
// ones the first in the order of the outcomes. It is empty without any.
func (g Group) LeadingCause() string {
	var counts metrics.Outcomes
	for _, run := range g.Runs {
		for o, n := range run.Outcomes {
			counts[o] += n
		}
	}
	leading, most := "", int64(0)
	for _, o := range FailedOutcomes() {
		if counts[o] > most {
			leading, most = humanize.Words(o.String()), counts[o]
		}
	}
	return leading
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

// FailedOutcomes are the outcomes that count as failures, in their order.
func FailedOutcomes() (list []metrics.Outcome) {
	for o := range metrics.NumOutcomes {
		if metrics.Outcome(o).Failed() {
			list = append(list, metrics.Outcome(o))
		}
	}
	return list
}
