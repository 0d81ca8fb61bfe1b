package charts

import (
	"fmt"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// herdChart is the herd: loads of one key at once, and loads in all below.
func herdChart(s scene) Chart {
	one := s.strategyCurves(highest, func(m *metrics.Series) []float64 { return floats(m.Herd) })
	every := s.strategyCurves(highest, func(m *metrics.Series) []float64 { return floats(m.InFlight) })
	// Two axes: what the origin bears in all is often a hundred herds of one.
	tile := func(title, label string, curves []curve) *panel {
		y := countAxis(highestOf(curves))
		return &panel{title: title, note: scaleNote(y), x: s.timeAxis(10), y: y, label: label, marks: s.marks(), plotters: []plotter{lines(curves)}}
	}
	upper, lower := tile("loads of one key at once", "", one), tile("loads in all", s.timeLabel(), every)
	return Chart{
		Name: "herd", Title: herdTitle(s),
		Subtitle: "concurrent loads at the origin, highest of each window: " + s.source() + s.faultList(),
		Reading:  "The upper tile is the herd: above 1, the origin computes the same value several times at once. The lower one is what the origin bears in all.",
		legend:   s.legend(), body: func(c canvas) { drawPanels(c, [][]*panel{{upper}, {lower}}, 0, 6) },
	}
}

// herdTitle sets the largest herd against the smallest.
func herdTitle(s scene) string {
	if s.Any(func(r *metrics.Run) bool { return r.LoadsUnknown }) {
		return "The loads of the origin were not counted"
	}
	low, high, n := lowestAndHighest(s.medians("herd_peak"))
	switch {
	case n == 0 || high.value == 0:
		return "No strategy loads anything from the origin"
	case high.value <= 1:
		return "No herd: every key is loaded once at a time"
	case n == 1:
		return fmt.Sprintf("%s loads one key up to %s times at once", high.name, humanize.Count(high.value))
	case nearlyEqual(low.value, high.value):
		return fmt.Sprintf("Every strategy loads one key up to about %s times at once", humanize.Count(high.value))
	}
	if low.value == 0 {
		return fmt.Sprintf("%s loads one key up to %s times at once, %s never loads", high.name, humanize.Count(high.value), low.name)
	}
	return fmt.Sprintf("%s loads one key up to %s times at once, %s at most %s", high.name, humanize.Count(high.value), low.name, writeTimes(low.value))
}

// writeTimes writes how often something happened, as one would say it.
func writeTimes(n float64) string {
	switch n {
	case 0:
		return "never"
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return humanize.Count(n) + " times"
}

// scaleNote names the scale of an axis that is not linear.
func scaleNote(a axis) string {
	switch a.scale.(type) {
	case countScale:
		return ", log scale from 0"
	case logScale:
		return ", log scale"
	}
	return ""
}

// highestOf is the highest value of all curves, 0 without any.
func highestOf(curves []curve) float64 {
	top := 0.0
	for _, v := range valuesOf(curves) {
		top = max(top, v)
	}
	return top
}
