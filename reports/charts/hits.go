package charts

import (
	"fmt"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// hitRatioChart is the share of reads served from a cache, over time.
func hitRatioChart(s scene) Chart {
	curves := s.strategyCurves(mean, func(m *metrics.Series) []float64 { return m.HitRatio })
	p := s.overTime(shareAxis(), curves)
	return Chart{
		Name: "hit-ratio", Title: hitRatioTitle(s),
		Subtitle: "share of reads served from a cache, fresh or stale: " + s.source(),
		Reading:  "At 100 % the origin is idle; where a line falls, requests compute, wait or fail.",
		legend:   s.legend(), body: func(c canvas) { drawPanel(c, p) },
	}
}

// hitRatioTitle sets the highest ratio against the lowest. Half a point is no
// difference: it is within what the sampling of a run makes.
func hitRatioTitle(s scene) string {
	low, high, n := lowestAndHighest(s.medians("hit_ratio"))
	switch {
	case n == 0:
		return "Hit ratio: no reads"
	case n == 1:
		return fmt.Sprintf("%s serves %s of the reads from a cache", high.name, humanize.Percent(high.value))
	case high.value-low.value < 0.005:
		return fmt.Sprintf("Every strategy serves about %s of the reads from a cache", humanize.Percent(low.value))
	}
	return fmt.Sprintf("%s serves %s of the reads from a cache, %s %s", high.name, humanize.Percent(high.value), low.name, humanize.Percent(low.value))
}

// youngest is the age below which charts take a value for new, in ms.
const youngest = 1

// ageChart is how old values are when they are served.
func ageChart(s scene) Chart {
	oldest := s.strategyCurves(highest, func(m *metrics.Series) []float64 { return m.AgeMax })
	typical := s.strategyCurves(view.Median, func(m *metrics.Series) []float64 { return m.AgeP50 })
	for i := range typical {
		typical[i].thin = true
	}
	p := s.overTime(latencyAxis(youngest, valuesOf(typical, oldest)), typical, oldest)
	return Chart{
		Name: "age", Title: ageTitle(s.peaksOf(oldest)),
		Subtitle: "age of values at serve, oldest thick and median thin, log scale: " + s.source(),
		Reading:  "How long ago a served value was stored: what a strategy pays in freshness for its speed.",
		legend:   s.legend(), body: func(c canvas) { drawPanel(c, p) },
	}
}

// ageTitle sets the oldest value that was served against the youngest such.
func ageTitle(peaks []strategyValue) string {
	low, high, n := lowestAndHighest(peaks)
	switch {
	case n == 0:
		return "Age at serve: nothing was served"
	case n == 1:
		return fmt.Sprintf("%s serves values up to %s old", high.name, humanize.Duration(high.value))
	case nearlyEqual(low.value, high.value):
		return fmt.Sprintf("Every strategy serves values up to about %s old", humanize.Duration(high.value))
	}
	return fmt.Sprintf("%s serves values up to %s old, %s up to %s", high.name, humanize.Duration(high.value), low.name, humanize.Duration(low.value))
}
