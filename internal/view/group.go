// Package view is a results file prepared for its readers: its strategies with
// their runs, each figure estimated over the seeds, what a fix changed in one
// sentence, the rows of the tables, the verdict and the warnings. Every format of
// a report, and every chart, reads these; none looks into the runs for itself.
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
	Color uint32 // its colour in every chart
	Runs  []*metrics.Run
}

// Groups are the strategies of the file in the order of their first run.
func Groups(f *metrics.File) []Group {
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

// Seeds is the largest number of runs of one strategy.
func Seeds(list []Group) int {
	n := 0
	for _, g := range list {
		n = max(n, len(g.Runs))
	}
	return n
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

// Bystanders names the classes that never touch the cache.
func Bystanders(f *metrics.File) (names []string) {
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

// RoleColors colours the variants of a story, the same in every report: red for
// what was before, amber for a tempting fix, blue, green and what lies beside them
// for what helps. Those of a role differ among themselves, in lightness where not in
// hue. The fixes, and the first of each role, can be told apart by colour-blind people
// too (after Okabe and Ito, Color Universal Design, 2008).
var RoleColors = map[string][]uint32{
	metrics.Before: {0xC5341B, 0x7A1F3D, 0xE8846A},
	metrics.Wrong:  {0xE69A00, 0x8A5A00, 0xD9BE3C, 0x4F3A0A, 0xB98A3D},
	metrics.After:  {0x0072B2, 0x009E73, 0x55288A, 0x5CB3E8, 0x17494D},
}

// paint gives every group its colour: by its role, or by its place in the file
// where the file tells no story.
func paint(list []Group) {
	seen := make(map[string]int)
	for i := range list {
		palette, ok := RoleColors[list[i].Role]
		if !ok {
			list[i].Color = StrategyColors[i%len(StrategyColors)]
			continue
		}
		n := seen[list[i].Role]
		seen[list[i].Role]++
		list[i].Color = palette[n%len(palette)]
	}
}

// FirstOf is the first group of a role, or nil.
func FirstOf(list []Group, role string) *Group {
	for i := range list {
		if list[i].Role == role {
			return &list[i]
		}
	}
	return nil
}

// TellsStory reports whether the file tells a story: something before, and a fix.
func TellsStory(list []Group) bool {
	return FirstOf(list, metrics.Before) != nil && (FirstOf(list, metrics.After) != nil || FirstOf(list, metrics.Wrong) != nil)
}

// StrategyColors colours the strategies in the order of the file, the same in
// every chart: ten that differ in hue or in lightness, after which they repeat.
var StrategyColors = [...]uint32{
	0xC73E1D, 0x2E6FB7, 0x1B8A5A, 0x8E4EC6, 0xC78A00, 0x12A5B8, 0xDB4C97, 0x7A4B2B, 0x8A9A1B, 0x4A5568,
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
