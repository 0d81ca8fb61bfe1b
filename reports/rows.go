package reports

import (
	"fmt"
	"math"

	"herdlab/internal/metrics"
)

// column is a figure of the summary table.
type column struct {
	name  string
	value func(*metrics.Run) float64
	write func(float64) string

	// bad is the test that makes a value stand out, given the best of all
	// strategies; nil where no value is bad in itself.
	bad func(v, best float64) bool
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

// columns are those of every summary table. The bystander's is there only if
// the scenario has one.
func columns(f *metrics.File) []column {
	cols := []column{
		{"requests", func(r *metrics.Run) float64 { return float64(r.Requests) }, count, nil},
		{"computes", loads(func(r *metrics.Run) int64 { return r.Computes }), count, nil},
		{"duplicates", loads(func(r *metrics.Run) int64 { return r.DuplicateComputes }), count, some},
		{"herd peak", loads(func(r *metrics.Run) int64 { return r.HerdPeak }), count, func(v, _ float64) bool { return v > 1 }},
		{"hit ratio", hitRatio, percent, nil},
		{"failures", func(r *metrics.Run) float64 { return float64(r.Failures) }, count, some},
		{"p50", latencyOf(func(l *metrics.Latency) float64 { return l.P50 }), duration, slowerThan10},
		{"p99", latencyOf(func(l *metrics.Latency) float64 { return l.P99 }), duration, slowerThan10},
		{"max", latencyOf(func(l *metrics.Latency) float64 { return l.Max }), duration, slowerThan10},
	}
	if names := bystanders(f); len(names) > 0 {
		cols = append(cols, column{"bystander p99", bystanderP99(names), duration, slowerThan10})
	}
	return cols
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
	return words(outcomes[0].String())
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
