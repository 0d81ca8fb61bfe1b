package view

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Column is a figure of the summary table.
type Column struct {
	Title string
	Doc   string // what the figure means, in one line
	Told  bool   // by a change of the story, and in no table without one

	Failed bool // it counts failures

	measure measure
}

// Cell is a figure of one strategy, ready to be printed.
type Cell struct {
	Text      string
	Value     float64 // the median over the seeds; NaN without one
	Low, High string  // ends of the interval; the same where all seeds agree
	Note      string  // the leading cause of failures
	Bad       bool
	Best      bool // of the strategies that keep the budget, where they differ
}

// Row is one strategy of the summary table.
type Row struct {
	Name  string
	Place string // among the strategies; empty where nothing was judged
	Why   string // it has that place, in a few words
	Part  string // its role in the story and why; empty without one
	Color Color
	Cells []Cell
}

// mostTold is how many columns a story adds.
const mostTold = 3

// columns are those of every summary table, and behind them what else the changes
// of a story tell, that of its first ones first.
func columns(v *View) (list []Column) {
	// A figure that is a column already is not added under the name that a sentence has
	// for it.
	has := make(map[string]bool)
	for _, f := range v.Figures.Placed(func(f figures.Figure) int { return f.Column }) {
		if f.IfAny && !v.Any(func(r *metrics.Run) bool { _, ok := f.Of(r, &r.Figures); return ok }) {
			continue
		}
		list = append(list, Column{Title: f.Title, Doc: f.Doc, measure: newMeasure(f, f.Title, nil)})
		has[f.Name] = true
	}
	more := 0
	for _, c := range v.Changes {
		for _, name := range c.Told {
			if has[name] || more == mostTold {
				continue
			}
			has[name] = true
			more++
			i := slices.IndexFunc(v.told, func(t told) bool { return t.Name == name })
			m := v.told[i].measure
			m.Bad = nil // it is there to be compared
			list = append(list, Column{Title: m.title, Doc: m.Doc, Told: true, measure: m})
		}
	}
	return list
}

// rows fills the summary table: the best strategy first, or those of a story in its
// order. What stands out does so beside the best of those that keep the budget: of a
// strategy that refuses, nothing is a measure of the others.
func rows(v *View) []Row {
	list := slices.Clone(v.Groups)
	place := func(g Group) int {
		return slices.IndexFunc(v.Standings, func(s Standing) bool { return s.Name == g.Name })
	}
	if !v.TellsStory() {
		slices.SortStableFunc(list, func(a, b Group) int { return cmp.Compare(place(a), place(b)) })
	}
	// Where none keeps the budget none is the best of anything.
	praised := func(g Group) bool { at := place(g); return at < 0 || v.Standings[at].Ranked }
	table := make([]Row, len(list))
	for i, g := range list {
		table[i] = Row{Name: g.Name, Part: g.Part(), Color: g.Color, Cells: make([]Cell, len(v.Columns))}
		if at := place(g); at >= 0 {
			table[i].Place, table[i].Why = v.Standings[at].Place, v.Standings[at].Reason
			if beside := v.Standings[at].Beside; beside != "" {
				table[i].Why += "; " + beside
			}
		}
	}
	for c, col := range v.Columns {
		lowest, highest := math.Inf(1), math.Inf(-1)
		estimates := make([]Estimate, len(list))
		for i, g := range list {
			estimates[i] = g.Estimate(col.measure.value)
			if !math.IsNaN(estimates[i].Median) && !v.Disgraced(g) {
				lowest, highest = min(lowest, estimates[i].Median), max(highest, estimates[i].Median)
			}
		}
		for i, e := range estimates {
			write := col.measure.write
			cell := Cell{Text: write(e.Median), Value: e.Median, Low: write(e.Low), High: write(e.High)}
			cell.Bad = col.measure.Bad != nil && col.measure.Bad(e.Median, lowest)
			if !col.Told && lowest < highest && praised(list[i]) {
				cell.Best = col.measure.Better == figures.Lower && e.Median == lowest || col.measure.Better == figures.Higher && e.Median == highest
			}
			if col.measure.Name == "failures" {
				cell.Note = list[i].LeadingCause("")
			}
			table[i].Cells[c] = cell
		}
	}
	return table
}

// First reports whether no strategy has a better place.
func (r Row) First() bool { return strings.TrimSuffix(r.Place, "=") == "1" }

// Sortable is the value as a script reads it; empty without one.
func (c Cell) Sortable() string {
	if math.IsNaN(c.Value) {
		return ""
	}
	return strconv.FormatFloat(c.Value, 'g', -1, 64)
}

// Interval is "low to high", and empty where all seeds agree.
func (c Cell) Interval() string {
	if c.Low == c.High {
		return ""
	}
	return c.Low + " to " + c.High
}

// Detail is one line of the table of details: a figure for every strategy.
type Detail struct {
	Title  string
	Doc    string // what the figure means, in one line
	Values []string
}

// details are the figures that neither the summary nor a breakdown has, without those
// that are zero or missing everywhere.
func details(v *View) (lines []Detail) {
	for _, f := range v.Figures {
		if f.Title == "" || f.Column > 0 || isOutcome(f) {
			continue
		}
		of := f.Of
		if f.Shown != nil {
			of, f.Unit = f.Shown.Of, f.Shown.Unit
		}
		lines = append(lines, detail(v.Groups, newMeasure(f, f.Title, of))...)
	}
	return lines
}

// detail is the line of a figure, or none where it is zero or missing everywhere.
func detail(groups []Group, m measure) []Detail {
	d := Detail{Title: m.title, Doc: m.Doc}
	happened := false
	for _, g := range groups {
		median := g.Estimate(m.value).Median
		happened = happened || median > 0
		d.Values = append(d.Values, m.write(median))
	}
	if !happened {
		return nil
	}
	return []Detail{d}
}

// Foretold is one figure of a program beside that of the strategy it was compared with.
type Foretold struct {
	Figure, Measured, Simulated, Tolerance string
	Within                                 bool
}

// foretold are the rows of a comparison, and the strategy that was simulated; none without
// one.
func foretold(f *metrics.File) (list []Foretold, against string) {
	text := func(v *float64) string {
		if v == nil {
			return "n/a"
		}
		return humanize.FourDigits(*v)
	}
	for _, r := range f.Foretold {
		simulated := text(r.Simulated)
		if low, high := text(r.Low), text(r.High); low != high {
			simulated += " (" + low + " to " + high + ")"
		}
		list = append(list, Foretold{r.Figure, text(r.Measured), simulated, r.Tolerance, r.Within})
		against = r.Strategy
	}
	return list, against
}
