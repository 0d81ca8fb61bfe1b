package charts

import (
	"fmt"
	"math"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// finest is the shortest latency a chart tells from zero, in ms: the resolution
// of the histograms.
const finest = 0.001

// latencyChart is p50 and p99 over time.
func latencyChart(s scene) Chart {
	p99 := s.strategyCurves(highest, func(m *metrics.Series) []float64 { return m.P99 })
	p50 := s.strategyCurves(view.Median, func(m *metrics.Series) []float64 { return m.P50 })
	// The median keeps the median of the windows in one point: a peak of p50 says
	// nothing that p99 does not say.
	for i := range p50 {
		p50[i].thin = true
	}
	p := s.overTime(latencyAxis(finest, valuesOf(p50, p99)), p50, p99)
	return Chart{
		Name: "latency", Title: latencyTitle("p99 latency", s.peaksOf(p99)),
		Subtitle: "response time, p99 thick and p50 thin, log scale: " + s.source(),
		Reading:  "Thick lines are the time that 99 of 100 requests stay below, thin ones the time that half of them stay below; a gap is a window without requests.",
		legend:   s.legend(), body: func(c canvas) { drawPanel(c, p) },
	}
}

// bystanderChart is the p99 of requests that never touch the cache.
func bystanderChart(s scene) Chart {
	curves := s.strategyCurves(highest, func(m *metrics.Series) []float64 { return m.BystanderP99 })
	p := s.overTime(latencyAxis(finest, valuesOf(curves)), curves)
	return Chart{
		Name: "bystander", Title: latencyTitle("p99 of bystanders", s.peaksOf(curves)),
		Subtitle: "response time p99 of " + strings.Join(s.Bystanders, ", ") + ", requests that never touch the cache, log scale: " + s.source(),
		Reading:  "These requests need no cached value and only share the workers: a line that rises shows a strategy that parks workers while they wait.",
		legend:   s.legend(), body: func(c canvas) { drawPanel(c, p) },
	}
}

// latencyTitle sets the highest peak against the lowest.
func latencyTitle(what string, peaks []strategyValue) string {
	low, high, n := lowestAndHighest(peaks)
	switch {
	case n == 0:
		return what + ": no requests"
	case n == 1:
		return fmt.Sprintf("%s of %s peaks at %s", what, high.name, humanize.Latency(high.value))
	case nearlyEqual(low.value, high.value):
		return fmt.Sprintf("%s peaks at about %s with every strategy", what, humanize.Latency(high.value))
	}
	return fmt.Sprintf("%s: %s peaks at %s, %s stays within %s", what, high.name, humanize.Latency(high.value), low.name, humanize.Latency(low.value))
}

// distributionChart is latency by percentile.
func distributionChart(s scene) Chart {
	curves := make([]curve, len(s.Groups))
	end := 1.0
	for i, g := range s.Groups {
		curves[i] = percentileCurve(g)
		curves[i].color = ink(g.Color)
		for _, x := range curves[i].x {
			end = max(end, x)
		}
	}
	p := panel{x: ninesAxis(end), y: latencyAxis(finest, valuesOf(curves)), label: "share of requests that took at most so long", plotters: []plotter{lines(curves)}}
	return Chart{
		Name: "distribution", Title: distributionTitle(s.medians("p99")),
		Subtitle: "response time by percentile, log scale: " + s.source(),
		Reading:  "Every step to the right leaves a tenth of the requests before it: the lower a line stays, the fewer requests wait long. A line ends at its slowest request.",
		legend:   s.legend(), body: func(c canvas) { drawPanel(c, p) },
	}
}

// distributionTitle sets the longest p99 against the shortest, as what it means.
func distributionTitle(p99 []strategyValue) string {
	low, high, n := lowestAndHighest(p99)
	const lead = "1 request in 100 takes "
	switch {
	case n == 0:
		return "No requests"
	case n == 1:
		return fmt.Sprintf(lead+"%s or more with %s", humanize.Latency(high.value), high.name)
	case nearlyEqual(low.value, high.value):
		return fmt.Sprintf(lead+"about %s or more with every strategy", humanize.Latency(high.value))
	}
	return fmt.Sprintf(lead+"%s or more with %s, and %s with %s", humanize.Latency(high.value), high.name, humanize.Latency(low.value), low.name)
}

// percentileCurve is the distribution of a strategy: at every share the median over
// the seeds that have it, and the band from the lowest to the highest. The
// slowest request stands where only one of all would be slower.
func percentileCurve(g view.Group) (c curve) {
	longest := &metrics.Run{}
	for _, run := range g.Runs {
		if len(run.Percentiles) > len(longest.Percentiles) {
			longest = run
		}
	}
	for i, point := range longest.Percentiles {
		last := point.Share >= 1
		x := point.Share
		if last {
			x = 1 - 1/float64(max(longest.Requests, 2))
			if i > 0 {
				x = max(x, longest.Percentiles[i-1].Share)
			}
		}
		var values []float64
		for _, run := range g.Runs {
			if v, ok := valueAtShare(run.Percentiles, point.Share); ok {
				values = append(values, v)
			}
		}
		c.add(nines(x), values)
	}
	return c
}

// valueAtShare looks a percentile up. Shares are computed alike for every seed, and
// differ in their last digits at most.
func valueAtShare(points []metrics.Percentile, share float64) (float64, bool) {
	for _, p := range points {
		if math.Abs(p.Share-share) < 1e-9 {
			return p.MS, true
		}
	}
	return 0, false
}
