package view

import (
	"slices"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Breakdown is the run taken apart in one way: by outcome, by class of requests or by
// phase.
type Breakdown struct {
	Title   string
	Columns []Column
	Parts   []Part
	Shares  bool // of the requests, which a reader compares by eye
}

// Part is one class or phase; of outcomes there is one part, without a name.
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
	for _, b := range []Breakdown{classes, phases} {
		if len(b.Parts) > 1 {
			list = append(list, b)
		}
	}
	return list
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
