package reports

import (
	"fmt"
	"math"
	"slices"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// column is a figure of the summary table.
type column struct {
	name  string
	value func(*metrics.Run) float64
	write func(float64) string

	// bad is the test that makes a value stand out, given the best of all
	// strategies; nil where no value is bad in itself.
	bad func(v, best float64) bool

	told bool // in a change of the story, and in no table without it
}

// cell is a figure of one strategy, ready to be printed.
type cell struct {
	text      string
	low, high string // ends of the interval; the same where all seeds agree
	note      string // the leading cause of failures
	bad       bool
}

// row is one strategy of the summary table.
type row struct {
	name  string
	part  string // its role in the story and why; empty without one
	cells []cell
}

// slowerThan10 makes a latency stand out that is more than ten times the best
// strategy's, unless it is below 10 ms all the same.
func slowerThan10(v, best float64) bool { return v > 10*best && v > 10 }

func some(v, _ float64) bool { return v > 0 }

// mostTold is how many columns a story adds.
const mostTold = 3

func newColumn(name string, value func(*metrics.Run) float64, write func(float64) string, bad func(v, best float64) bool) column {
	return column{name: name, value: value, write: write, bad: bad}
}

// columns are those of every summary table. The bystander's is there only if
// the scenario has one, and behind it stand what else the changes of a story tell.
func columns(f *metrics.File) []column {
	cols := []column{
		newColumn("requests", func(r *metrics.Run) float64 { return float64(r.Requests) }, humanize.Count, nil),
		newColumn("computes", loads(func(r *metrics.Run) int64 { return r.Computes }), humanize.Count, nil),
		newColumn("duplicates", loads(func(r *metrics.Run) int64 { return r.DuplicateComputes }), humanize.Count, some),
		newColumn("herd peak", loads(func(r *metrics.Run) int64 { return r.HerdPeak }), humanize.Count, func(v, _ float64) bool { return v > 1 }),
		newColumn("hit ratio", hitRatio, humanize.Percent, nil),
		newColumn("failures", func(r *metrics.Run) float64 { return float64(r.Failures) }, humanize.Count, some),
		newColumn("p50", latencyOf(func(l *metrics.Latency) float64 { return l.P50 }), humanize.Latency, slowerThan10),
		newColumn("p99", latencyOf(func(l *metrics.Latency) float64 { return l.P99 }), humanize.Latency, slowerThan10),
		newColumn("max", latencyOf(func(l *metrics.Latency) float64 { return l.Max }), humanize.Latency, slowerThan10),
	}
	if names := bystanders(f); len(names) > 0 {
		cols = append(cols, newColumn("bystander p99", bystanderP99(names), humanize.Latency, slowerThan10))
	}
	return append(cols, toldColumns(f, cols)...)
}

// toldColumns are the figures by which the changes of a story are told, those of its
// first ones first, that the table does not have.
func toldColumns(f *metrics.File, cols []column) (more []column) {
	has := map[string]bool{"herd": true} // as herd peak
	for _, c := range cols {
		has[c.name] = true
	}
	figures := append(effects(f), ageEffect())
	for _, c := range Changes(f) {
		for _, name := range c.told {
			i := slices.IndexFunc(figures, func(e effect) bool { return e.name == name })
			if has[name] || len(more) == mostTold {
				continue
			}
			has[name] = true
			more = append(more, column{name: name, value: figures[i].value, write: figures[i].write, told: true})
		}
	}
	return more
}

// loads is a count of loads, which may be unknown.
func loads(of func(*metrics.Run) int64) func(*metrics.Run) float64 {
	return func(r *metrics.Run) float64 {
		if r.LoadsUnknown {
			return math.NaN()
		}
		return float64(of(r))
	}
}

// rows fills the summary table.
func rows(f *metrics.File, cols []column) []row {
	list := groups(f)
	table := make([]row, len(list))
	for i, g := range list {
		table[i] = row{name: g.name, part: g.part(), cells: make([]cell, len(cols))}
	}
	for c, col := range cols {
		best := math.Inf(1)
		estimates := make([]Estimate, len(list))
		for i, g := range list {
			estimates[i] = g.of(col.value)
			if !math.IsNaN(estimates[i].Median) {
				best = min(best, estimates[i].Median)
			}
		}
		for i, e := range estimates {
			cell := cell{text: col.write(e.Median), low: col.write(e.Low), high: col.write(e.High)}
			cell.bad = col.bad != nil && col.bad(e.Median, best)
			if col.name == "failures" {
				cell.note = leadingCause(list[i])
			}
			table[i].cells[c] = cell
		}
	}
	return table
}

// leadingCause names the most frequent cause of failures, empty without any.
func leadingCause(g group) string {
	outcomes, _ := g.causes()
	if len(outcomes) == 0 {
		return ""
	}
	return humanize.Words(outcomes[0].String())
}

// interval is "low to high", and empty where all seeds agree.
func (c cell) interval() string {
	if c.low == c.high {
		return ""
	}
	return c.low + " to " + c.high
}

// seedsNote says what the figures and their intervals are; empty for one seed.
func seedsNote(list []group) string {
	switch n := seeds(list); {
	case n < 2:
		return ""
	case n < 6:
		return fmt.Sprintf("Median of %d seeds; below it the range over the seeds, as an interval of 95 %% needs 6.", n)
	default:
		return fmt.Sprintf("Median of %d seeds; below it the 95 %% confidence interval of the median.", n)
	}
}
