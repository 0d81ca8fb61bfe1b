package view

import (
	"math"
	"slices"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Column is a figure of the summary table.
type Column struct {
	Name  string
	value func(*metrics.Run) float64
	write func(float64) string

	// bad is the test that makes a value stand out, given the best of all
	// strategies; nil where no value is bad in itself.
	bad func(v, best float64) bool

	Told bool // in a change of the story, and in no table without it
}

// Cell is a figure of one strategy, ready to be printed.
type Cell struct {
	Text      string
	Low, High string // ends of the interval; the same where all seeds agree
	Note      string // the leading cause of failures
	Bad       bool
}

// Row is one strategy of the summary table.
type Row struct {
	Name  string
	Part  string // its role in the story and why; empty without one
	Color Color
	Cells []Cell
}

// slowerThan10 makes a latency stand out that is more than ten times the best
// strategy's, unless it is below 10 ms all the same.
func slowerThan10(v, best float64) bool { return v > 10*best && v > 10 }

func some(v, _ float64) bool { return v > 0 }

// mostTold is how many columns a story adds.
const mostTold = 3

func newColumn(name string, value func(*metrics.Run) float64, write func(float64) string, bad func(v, best float64) bool) Column {
	return Column{Name: name, value: value, write: write, bad: bad}
}

// columns are those of every summary table. The bystander's is there only if
// the scenario has one, and behind it stand what else the changes of a story tell.
func columns(v *View) []Column {
	cols := []Column{
		newColumn("requests", func(r *metrics.Run) float64 { return float64(r.Requests) }, humanize.Count, nil),
		newColumn("computes", loads(func(r *metrics.Run) int64 { return r.Computes }), humanize.Count, nil),
		newColumn("duplicates", loads(func(r *metrics.Run) int64 { return r.DuplicateComputes }), humanize.Count, some),
		newColumn("herd peak", loads(func(r *metrics.Run) int64 { return r.HerdPeak }), humanize.Count, func(v, _ float64) bool { return v > 1 }),
		newColumn("hit ratio", HitRatio, humanize.Percent, nil),
		newColumn("failures", func(r *metrics.Run) float64 { return float64(r.Failures) }, humanize.Count, some),
		newColumn("p50", LatencyOf(func(l *metrics.Latency) float64 { return l.P50 }), humanize.Latency, slowerThan10),
		newColumn("p99", LatencyOf(func(l *metrics.Latency) float64 { return l.P99 }), humanize.Latency, slowerThan10),
		newColumn("max", LatencyOf(func(l *metrics.Latency) float64 { return l.Max }), humanize.Latency, slowerThan10),
	}
	if len(v.Bystanders) > 0 {
		cols = append(cols, newColumn("bystander p99", BystanderP99(v.Bystanders), humanize.Latency, slowerThan10))
	}
	return append(cols, toldColumns(v, cols)...)
}

// toldColumns are the figures by which the changes of a story are told, those of its
// first ones first, that the table does not have.
func toldColumns(v *View, cols []Column) (more []Column) {
	has := map[string]bool{"herd": true} // as herd peak
	for _, c := range cols {
		has[c.Name] = true
	}
	figures := append(slices.Clone(v.effects), AgeEffect())
	for _, c := range v.Changes {
		for _, name := range c.Told {
			i := slices.IndexFunc(figures, func(e effect) bool { return e.Name == name })
			if has[name] || len(more) == mostTold {
				continue
			}
			has[name] = true
			more = append(more, Column{Name: name, value: figures[i].Value, write: figures[i].write, Told: true})
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
func rows(v *View) []Row {
	list := v.Groups
	table := make([]Row, len(list))
	for i, g := range list {
		table[i] = Row{Name: g.Name, Part: g.Part(), Color: g.Color, Cells: make([]Cell, len(v.Columns))}
	}
	for c, col := range v.Columns {
		best := math.Inf(1)
		estimates := make([]Estimate, len(list))
		for i, g := range list {
			estimates[i] = g.Estimate(col.value)
			if !math.IsNaN(estimates[i].Median) {
				best = min(best, estimates[i].Median)
			}
		}
		for i, e := range estimates {
			cell := Cell{Text: col.write(e.Median), Low: col.write(e.Low), High: col.write(e.High)}
			cell.Bad = col.bad != nil && col.bad(e.Median, best)
			if col.Name == "failures" {
				cell.Note = LeadingCause(list[i])
			}
			table[i].Cells[c] = cell
		}
	}
	return table
}

// LeadingCause names the most frequent cause of failures, empty without any.
func LeadingCause(g Group) string {
	outcomes, _ := g.Causes()
	if len(outcomes) == 0 {
		return ""
	}
	return humanize.Words(outcomes[0].String())
}

// Interval is "low to high", and empty where all seeds agree.
func (c Cell) Interval() string {
	if c.Low == c.High {
		return ""
	}
	return c.Low + " to " + c.High
}
