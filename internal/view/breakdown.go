package view

import (
	"math"
	"slices"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Breakdown is the run taken apart in one way: by outcome, by class of requests, by how
// popular the keys are or by phase.
type Breakdown struct {
	Title   string
	Columns []Column
	Parts   []Part
	Shares  bool // of the requests, which a reader compares by eye
}

// Part is one class, phase or group of keys; of outcomes there is one part, without a name.
type Part struct {
	Name string
	Rows []Row // a strategy each, in the order of the file
}

// breakdowns are those of a view. One that would have a single part, or nothing in it, is
// left out: it says what the summary says.
func breakdowns(v *View) (list []Breakdown) {
	outcomes := Breakdown{Title: "By outcome", Shares: true}
	for _, f := range v.Figures {
		if isOutcome(f) && happened(v, f) {
			f.Unit = f.Shown.Unit
			outcomes.Columns = append(outcomes.Columns, Column{Title: f.Title, Doc: f.Doc, Failed: f.Better == figures.Lower, measure: newMeasure(f, f.Title, f.Shown.Of)})
		}
	}
	if len(outcomes.Columns) > 0 {
		outcomes.Parts = []Part{partOf(v, "", outcomes.Columns)}
		list = append(list, outcomes)
	}
	classes := Breakdown{Title: "By class of requests", Columns: columnsOf(v, func(f figures.Figure) bool { return f.Scope == figures.Class })}
	for _, c := range v.Classes {
		name := c.Name
		if c.Bystander {
			name += ", which never touches the cache"
		}
		classes.Parts = append(classes.Parts, partOf(v, name, valuesIn(classes.Columns, "", c.Name)))
	}
	phases := Breakdown{Title: "By phase", Columns: columnsOf(v, func(f figures.Figure) bool { return f.PerPhase })}
	for _, p := range v.Phases {
		if !p.WarmUp {
			phases.Parts = append(phases.Parts, partOf(v, p.Name, valuesIn(phases.Columns, p.Name, "")))
		}
	}
	for _, b := range []Breakdown{classes, byPopularity(v), phases} {
		if len(b.Parts) > 1 {
			list = append(list, b)
		}
	}
	return list
}

// rankedKeys are the groups of [metrics.Popularity] as a reader calls them.
var rankedKeys = []struct{ keys, name string }{
	{"1", "the most popular key"}, {"2-10", "the next 9"}, {"11-100", "the next 90"}, {"101-", "all others"},
	{"unranked", "keys that are all alike, of a trace, or asked for once"},
}

// byPopularity takes the run apart by how popular the keys are.
func byPopularity(v *View) Breakdown {
	b := Breakdown{Title: "By popularity of the key"}
	p99 := func(l *metrics.Latency) (float64, bool) {
		if l == nil {
			return 0, false
		}
		return l.P99, true
	}
	var values []func(*metrics.Popularity) (float64, bool)
	for _, c := range []struct {
		figure string
		value  func(*metrics.Popularity) (float64, bool)
	}{
		{"requests", func(p *metrics.Popularity) (float64, bool) { return float64(p.Requests), true }},
		{"failures", func(p *metrics.Popularity) (float64, bool) { return float64(p.Failures), true }},
		{"effective_p99", func(p *metrics.Popularity) (float64, bool) { return p99(p.EffectiveMS) }},
		{"p99", func(p *metrics.Popularity) (float64, bool) { return p99(p.LatencyMS) }},
		{"hit_ratio", func(p *metrics.Popularity) (float64, bool) { return pointed(p.HitRatio) }},
		{"computes", func(p *metrics.Popularity) (float64, bool) { return pointed(p.Computes) }},
	} {
		if f, ok := v.Figures.Find(c.figure); ok {
			b.Columns, values = append(b.Columns, Column{Title: f.Title, Doc: f.Doc, measure: newMeasure(f, f.Title, nil)}), append(values, c.value)
		}
	}
	for _, group := range rankedKeys {
		find := func(r *metrics.Run) int {
			return slices.IndexFunc(r.Popularity, func(p metrics.Popularity) bool { return p.Keys == group.keys })
		}
		if !v.Any(func(r *metrics.Run) bool { return find(r) >= 0 }) {
			continue
		}
		columns := slices.Clone(b.Columns)
		for i := range columns {
			columns[i].measure.value = func(r *metrics.Run) float64 {
				if at := find(r); at >= 0 {
					return orNaN(values[i](&r.Popularity[at]))
				}
				return math.NaN()
			}
		}
		b.Parts = append(b.Parts, partOf(v, group.name, columns))
	}
	return b
}

// pointed is a number, if there is one.
func pointed[N int64 | float64](n *N) (v float64, ok bool) {
	if n == nil {
		return 0, false
	}
	return float64(*n), true
}

// isOutcome reports whether a figure is what became of some of the requests, of which its
// share says more than its count.
func isOutcome(f figures.Figure) bool { return f.Shown != nil && f.Shown.Unit == figures.Share }

// happened reports whether a figure is above 0 with some strategy.
func happened(v *View, f figures.Figure) bool {
	return slices.ContainsFunc(v.Runs, func(r *metrics.Run) bool { n, ok := f.Of(r, &r.Figures); return ok && n > 0 })
}

// columnsOf are columns of some of the figures that have one in the summary, in its order.
func columnsOf(v *View, some func(figures.Figure) bool) (list []Column) {
	for _, f := range v.Figures.Placed(func(f figures.Figure) int { return f.Column }) {
		if some(f) {
			list = append(list, Column{Title: f.Title, Doc: f.Doc, measure: newMeasure(f, f.Title, nil)})
		}
	}
	return list
}

// valuesIn has columns read their figures of a phase or a class.
func valuesIn(columns []Column, phase, class string) []Column {
	list := slices.Clone(columns)
	for i := range list {
		f := list[i].measure.Figure
		list[i].measure.value = func(r *metrics.Run) float64 { return orNaN(f.Value(r, phase, class)) }
	}
	return list
}

// partOf fills the rows of a part.
func partOf(v *View, name string, columns []Column) Part {
	p := Part{Name: name}
	for _, g := range v.Groups {
		row := Row{Name: g.Name, Color: g.Color}
		for _, c := range columns {
			e := g.Estimate(c.measure.value)
			row.Cells = append(row.Cells, Cell{Text: c.measure.write(e.Median), Value: e.Median, Low: c.measure.write(e.Low), High: c.measure.write(e.High)})
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// Percentage is the value of a share as a length of a bar.
func (c Cell) Percentage() float64 { return 100 * min(max(c.Value, 0), 1) }
