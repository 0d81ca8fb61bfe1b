package charts

import "github.com/herdlab/herdlab/internal/metrics"

// overviewChart is the scenario at a glance: four tiles with one legend.
func overviewChart(s scene) Chart {
	s.points = mostPoints / 2 // a tile is half as wide
	p99 := s.strategyCurves(highest, func(m *metrics.Series) []float64 { return m.P99 })
	herd := s.strategyCurves(highest, func(m *metrics.Series) []float64 { return floats(m.Herd) })
	hits := s.strategyCurves(mean, func(m *metrics.Series) []float64 { return m.HitRatio })
	latency := topic{title: "p99 latency", y: latencyAxis(finest, valuesOf(p99)), curves: p99}
	if window, ok := burstWindow(s); ok {
		latency = answeredTopic(s, window)
	}
	tile := func(t topic) *panel {
		return &panel{title: t.title, note: scaleNote(t.y), x: s.timeAxis(5), y: t.y, small: true, marks: s.marks(), plotters: []plotter{lines(t.curves)}}
	}
	panels := [][]*panel{
		{tile(latency), tile(ratedTopic(s, "failed requests", 0, highest, s.failuresPerSecond))},
		{
			tile(topic{title: "herd: loads of one key at once", y: countAxis(highestOf(herd)), curves: herd}),
			tile(topic{title: "hit ratio", y: shareAxis(), curves: hits}),
		},
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
