package view

import (
	"fmt"
	"math"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/stats"
)

// measure is a figure as one place shows it: under a title, of a run, in words.
type measure struct {
	figures.Figure
	title string
	value func(*metrics.Run) float64 // NaN where a run has none
	write func(float64) string
}

// reader reads a figure off a run, of which the second is a part or the whole.
type reader = func(*metrics.Run, *metrics.Figures) (v float64, ok bool)

// newMeasure shows a figure by what of reads, or by its own value if that is nil.
func newMeasure(f figures.Figure, title string, of reader) measure {
	if of == nil {
		of = f.Of
	}
	return measure{Figure: f, title: title, write: writer(f.Unit), value: func(r *metrics.Run) float64 { return orNaN(of(r, &r.Figures)) }}
}

// orNaN is a value, or NaN where there is none: an estimate leaves it out.
func orNaN(v float64, ok bool) float64 {
	if !ok {
		return math.NaN()
	}
	return v
}

// Write writes a value of a unit for people.
func Write(u figures.Unit, v float64) string { return writer(u)(v) }

// WriteFigure writes a value of a figure for people.
func WriteFigure(f figures.Figure, v float64) string { return writer(f.Unit)(v) }

// writer writes values of a unit for people.
func writer(u figures.Unit) func(float64) string {
	switch u {
	case figures.Count, figures.Bytes:
		return humanize.Count
	case figures.Share:
		return humanize.Percent
	case figures.PerSecond:
		return humanize.PerSecond
	case figures.Duration:
		return humanize.Duration
	case figures.Latency:
		return humanize.Latency
	}
	panic(fmt.Sprintf("view: nobody has said how figures of unit %d are written", u))
}

// told is a figure as a sentence about a fix tells it.
type told struct {
	measure
	least float64 // next to nothing of it
}

// toldFigures are those of the table, in the order in which a sentence has them.
func toldFigures(v *View) (list []told) {
	requests := 0.0
	for _, r := range v.Runs {
		requests = max(requests, float64(r.Requests))
	}
	for _, f := range v.Figures.Placed(toldPlace) {
		name := f.ShortTitle()
		if f.Told.Window {
			name += " within " + humanize.Duration(v.WindowMS)
		}
		of := f.Told.Of
		if of == nil { // as an expectation takes it, which may be 0 where there is nothing
			of = func(r *metrics.Run, _ *metrics.Figures) (float64, bool) { return f.Value(r, "", "") }
		}
		t := told{measure: newMeasure(f, name, of), least: f.Told.Least}
		if f.Told.PerRequests {
			t.least = max(1, requests/1000)
		}
		list = append(list, t)
	}
	return list
}

// toldPlace is the place of a figure in a sentence, 0 if it is told in none.
func toldPlace(f figures.Figure) int {
	if f.Told == nil {
		return 0
	}
	return f.Told.Place
}

// weigh weighs a change: 0.7 is that of a figure of weight 1 that doubled, or
// halved. Beyond fifty times, more is not told from more.
func (t told) weigh(from, to float64) float64 {
	if t.Told.Linear {
		return t.Told.Weight * math.Abs(to-from)
	}
	return t.Told.Weight * min(math.Abs(math.Log((to+t.least)/(from+t.least))), math.Log(50))
}

// Estimate is one figure over the seeds of a strategy: the median, and an
// interval around it.
type Estimate struct {
	Median, Low, High float64

	// Seeds is the number of seeds that have the figure; with none of them the
	// other fields are NaN.
	Seeds int

	// Range says that Low and High are the lowest and the highest value, as
	// there are too few seeds for a confidence interval.
	Range bool
}

// NewEstimate estimates the median of values, of which NaN do not count.
func NewEstimate(values []float64) (e Estimate) {
	var list []float64
	for _, v := range values {
		if !math.IsNaN(v) {
			list = append(list, v)
		}
	}
	e.Seeds = len(list)
	e.Median, e.Low, e.High, e.Range = stats.Median(list)
	return e
}

// Median is that of values that are not NaN, and NaN if there are none.
func Median(values []float64) float64 { return NewEstimate(values).Median }
