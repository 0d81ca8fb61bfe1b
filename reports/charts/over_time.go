package charts

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// finest is the shortest latency a chart tells from zero, in ms: the resolution
// of the histograms.
const finest = 0.001

// youngest is the age below which charts take a value for new, in ms.
const youngest = 1

// latencyChart is p50 and p99 over time.
func latencyChart(s scene) Chart {
	ofP99 := func(m *metrics.Series) []float64 { return m.P99 }
	p99 := s.strategyCurves(highest, ofP99)
	// The median keeps the median of the windows in one point: a peak of p50 says
	// nothing that p99 does not say.
	p50 := s.strategyCurves(view.Median, func(m *metrics.Series) []float64 { return m.P50 })
	return s.overTime(Chart{
		Name: "latency", Title: latencyTitle("p99 latency", s.peaksOf(p99, ofP99)),
		Subtitle: "response time, by time of arrival, p99 thick and p50 thin, log scale",
		Reading:  "Thick lines are the time that 99 of 100 requests stay below, thin ones the time that half of them stay below; a gap is a window without requests. A request counts when it arrives, however long it takes.",
	}, latencyAxis(finest, valuesOf(p50, p99)), p99, p50)
}

// bystanderChart is the p99 of requests that never touch the cache.
func bystanderChart(s scene) Chart {
	of := func(m *metrics.Series) []float64 { return m.BystanderP99 }
	curves := s.strategyCurves(highest, of)
	return s.overTime(Chart{
		Name: "bystander", Title: latencyTitle("p99 of bystanders", s.peaksOf(curves, of)),
		Subtitle: "response time p99 of " + strings.Join(s.Bystanders, ", ") + ", requests that never touch the cache, by time of arrival, log scale",
		Reading:  "These requests need no cached value and only share the workers: a line that rises shows a strategy that parks workers while they wait.",
	}, latencyAxis(finest, valuesOf(curves)), curves, nil)
}

// latencyTitle sets the highest peak against the lowest.
func latencyTitle(what string, peaks []strategyValue) string {
	return contrast{
		none:  what + ": no requests",
		one:   what + " of {high} peaks at {highest}",
		alike: what + " peaks at about {highest} with every strategy",
		apart: what + ": {high} peaks at {highest}, {low} stays within {lowest}",
	}.title(peaks, humanize.Latency)
}

// ageChart is how old values are when they are served.
func ageChart(s scene) Chart {
	ofOldest := func(m *metrics.Series) []float64 { return m.AgeMax }
	oldest := s.strategyCurves(highest, ofOldest)
	typical := s.strategyCurves(view.Median, func(m *metrics.Series) []float64 { return m.AgeP50 })
	title := contrast{
		none:  "Age at serve: nothing was served",
		one:   "{high} serves values up to {highest} old",
		alike: "Every strategy serves values up to about {highest} old",
		apart: "{high} serves values up to {highest} old, {low} up to {lowest}",
	}
	return s.overTime(Chart{
		Name: "age", Title: title.title(s.peaksOf(oldest, ofOldest), humanize.Duration),
		Subtitle: "age of values at serve, by time of arrival, oldest thick and median thin, log scale",
		Reading:  "How long ago a served value was stored: what a strategy pays in freshness for its speed.",
	}, latencyAxis(youngest, valuesOf(typical, oldest)), oldest, typical)
}

// hitRatioChart is the share of reads served from a cache, over time.
func hitRatioChart(s scene) Chart {
	title := contrast{
		none:  "Hit ratio: no reads",
		one:   "{high} serves {highest} of the reads from a cache",
		alike: "Every strategy serves about {lowest} of the reads from a cache",
		apart: "{high} serves {highest} of the reads from a cache, {low} {lowest}",
		// Half a point is no difference: it is within what the sampling of a run makes.
		near:   func(low, high float64) bool { return high-low < 0.005 },
		praise: figures.Higher,
	}
	return s.overTime(Chart{
		Name: "hit-ratio", Title: title.title(s.medians("hit_ratio"), humanize.Percent),
		Subtitle: "share of reads served from a cache, fresh or stale, by time of arrival",
		Reading:  "A request counts when it arrives, as what it came to in the end: one that waited in a queue for a load of another is a hit too, and a stale hit may have begun one. Where a line falls, requests compute or fail.",
	}, shareAxis(), s.strategyCurves(mean, func(m *metrics.Series) []float64 { return m.HitRatio }), nil)
}

// herdChart is the herd: loads of one key at once, and loads in all below.
func herdChart(s scene) Chart {
	one := s.strategyCurves(highest, func(m *metrics.Series) []float64 { return numbers(m.Herd) })
	every := s.strategyCurves(highest, func(m *metrics.Series) []float64 { return numbers(m.InFlight) })
	// Two axes: what the origin bears in all is often a hundred herds of one.
	upper := s.tile("loads of one key at once", countAxis(highestOf(one)), one, 10)
	lower := s.tile("loads in all", countAxis(highestOf(every)), every, 10)
	lower.label = s.timeLabel()
	return Chart{
		Name: "herd", Title: herdTitle(s),
		Subtitle: "concurrent loads at the origin, as they run, highest of each window: " + s.source() + s.faultList(),
		Reading:  "The upper tile is the herd: above 1, the origin computes the same value several times at once. The lower one is what the origin bears in all. A load is drawn while it runs, and the requests that wait for it, in other charts, when they arrived.",
		legend:   s.legend(), body: func(c canvas) { drawPanels(c, [][]*panel{{upper}, {lower}}, 0, 6) },
	}
}

// herdTitle sets the largest herd against the smallest.
func herdTitle(s scene) string {
	if s.Any(func(r *metrics.Run) bool { return r.LoadsUnknown }) {
		return "The loads of the origin were not counted"
	}
	peaks := s.medians("herd_peak")
	low, high, n := lowestAndHighest(peaks, figures.Lower)
	rest := "{low} at most " + writeTimes(low.value)
	switch {
	case n == 0 || high.value == 0:
		return "No strategy loads anything from the origin"
	case high.value <= 1:
		return "No herd: every key is loaded once at a time"
	case low.value == 0:
		rest = "{low} never loads"
	}
	return contrast{
		one:   "{high} loads one key up to {highest} times at once",
		alike: "Every strategy loads one key up to about {highest} times at once",
		apart: "{high} loads one key up to {highest} times at once, " + rest,
	}.title(peaks, humanize.Count)
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
	title := contrast{
		none:  "No requests",
		one:   "1 request in 100 takes {highest} or more with {high}",
		alike: "1 request in 100 takes about {highest} or more with every strategy",
		apart: "1 request in 100 takes {highest} or more with {high}, and {lowest} with {low}",
	}
	return s.wide(Chart{
		Name: "distribution", Title: title.title(s.medians("p99"), humanize.Latency),
		Subtitle: "response time by percentile, log scale",
		Reading:  "Every step to the right leaves a tenth of the requests before it: the lower a line stays, the fewer requests wait long. A line ends at its slowest request.",
	}, panel{x: ninesAxis(end), y: latencyAxis(finest, valuesOf(curves)), label: "share of requests that took at most so long", plotters: []picture{lines(curves)}})
}

// percentileCurve is the distribution of a strategy: at every share the median over
// the seeds that have it, and the band from the lowest to the highest. The
// slowest request stands where only one of all would be slower.
func percentileCurve(g view.Group) (c curve) {
	longest := slices.MaxFunc(g.Runs, func(a, b *metrics.Run) int { return cmp.Compare(len(a.Percentiles), len(b.Percentiles)) })
	for i, point := range longest.Percentiles {
		x := point.Share
		if x >= 1 {
			x = 1 - 1/float64(max(longest.Requests, 2))
			if i > 0 {
				x = max(x, longest.Percentiles[i-1].Share)
			}
		}
		var values []float64
		for _, run := range g.Runs {
			// Shares are computed alike for every seed, and differ in their last digits at most.
			at := slices.IndexFunc(run.Percentiles, func(p metrics.Percentile) bool { return math.Abs(p.Share-point.Share) < 1e-9 })
			if at >= 0 {
				values = append(values, run.Percentiles[at].MS)
			}
		}
		c.add(nines(x), values)
	}
	return c
}
