package charts

import (
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// overviewChart is the scenario at a glance: four tiles with one legend.
func overviewChart(s scene) Chart {
	s.points = mostPoints / 2 // a tile is half as wide
	p99 := s.curves(highest, func(m *metrics.Series) []float64 { return m.P99 })
	failures := s.curves(highest, s.failuresPerSecond)
	herd := s.curves(highest, func(m *metrics.Series) []float64 { return floats(m.Herd) })
	hits := s.curves(mean, func(m *metrics.Series) []float64 { return m.HitRatio })
	unit := humanize.RateUnit(peak(failures))
	for _, c := range failures {
		c.scale(unit.Seconds)
	}
	failed := countAxis(peak(failures))
	for i := range failed.ticks {
		failed.ticks[i].Label = unit.Write(failed.ticks[i].Value)
	}
	tile := func(title string, y axis, curves []curve) *panel {
		return &panel{title: title, note: growth(y), x: s.timeAxis(5), y: y, small: true, marks: s.marks(), plotters: []plotter{lines(curves)}}
	}
	latency := tile("p99 latency", latencyAxis(finest, all(p99)), p99)
	if window, ok := s.burst(); ok {
		v := s.answeredPanel(window)
		latency = tile(v.title, v.y, v.curves)
	}
	panels := [][]*panel{
		{latency, tile("failed requests", failed, failures)},
		{tile("herd: loads of one key at once", countAxis(peak(herd)), herd), tile("hit ratio", shareAxis(), hits)},
	}
	title := s.Scenario
	if s.About != "" {
		title += ": " + s.About
	}
	return Chart{
		Name: overviewName, Title: title,
		Subtitle: "over " + s.timeLabel() + ", " + s.sampling() + s.faultList(),
		Reading:  "The same strategies in the same colours in every tile; latency, failures and herd are better low, the hit ratio is better high.",
		legend:   s.legend(), body: func(c canvas) { drawPanels(c, panels, 22, 8) },
	}
}

// failuresPerSecond sums the causes of every window.
func (s scene) failuresPerSecond(m *metrics.Series) []float64 {
	list := make([]float64, len(m.Requests))
	for i := range list {
		for _, counts := range m.Failures {
			if i < len(counts) {
				list[i] += float64(counts[i]) // whole numbers: any order gives the same sum
			}
		}
		list[i] /= s.seconds(i, i+1)
	}
	return list
}
