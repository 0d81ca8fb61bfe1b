package charts

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// mostPoints is how many points a line over time has; more windows than that
// are folded into fewer.
const mostPoints = 300

// curve is a line over time: the median over the seeds, and the lowest and
// highest of them. NaN is a gap.
type curve struct {
	color          color.NRGBA
	thin           bool
	x              []float64
	mid, low, high []float64
	spread         bool // low and high differ from mid somewhere
}

// fold makes one value of those of neighbouring windows that are not NaN.
type fold func([]float64) float64

// highest keeps peaks: of a few windows in one point a mean would hide them.
func highest(values []float64) float64 { return slices.Max(values) }

// mean is for shares and rates, whose windows weigh alike.
func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// strategyCurves draws one series of every strategy.
func (s scene) strategyCurves(f fold, series func(*metrics.Series) []float64) []curve {
	list := make([]curve, len(s.Groups))
	for i, g := range s.Groups {
		list[i] = s.strategyCurve(g, f, series)
		list[i].color = ink(g.Color)
	}
	return list
}

// strategyCurve is one series of one strategy: windows are folded into points first,
// seed by seed, and then the seeds are set beside each other, so that the median of
// a point is that of what each seed shows there.
func (s scene) strategyCurve(g view.Group, f fold, series func(*metrics.Series) []float64) curve {
	all := make([][]float64, len(g.Runs))
	windows := 0
	for i, run := range g.Runs {
		all[i] = series(&run.Series)
		windows = max(windows, len(all[i]))
	}
	width := s.windowsPerPoint(windows)
	var c curve
	for from := 0; from < windows; from += width {
		to := min(from+width, windows)
		values := make([]float64, 0, len(all))
		for _, run := range all {
			if v := foldWindows(run, from, to, f); !math.IsNaN(v) {
				values = append(values, v)
			}
		}
		end := min(float64(to)*s.WindowMS, s.DurationMS) // the last window may be cut off
		c.add((float64(from)*s.WindowMS+end)/2, values)
	}
	return c
}

// add goes on to x with what the seeds have there; with nothing, it is a gap.
func (c *curve) add(x float64, values []float64) {
	mid := view.NewEstimate(values).Median
	low, high := mid, mid
	if len(values) > 0 {
		low, high = slices.Min(values), slices.Max(values)
	}
	c.spread = c.spread || low < high
	c.x = append(c.x, x)
	c.mid, c.low, c.high = append(c.mid, mid), append(c.low, low), append(c.high, high)
}

// scale multiplies every value.
func (c curve) scale(factor float64) {
	for _, list := range [][]float64{c.mid, c.low, c.high} {
		floats.Scale(factor, list)
	}
}

// points are the places in the curve that have a value.
func (c curve) points() (places []int) {
	for i, v := range c.mid {
		if !math.IsNaN(v) {
			places = append(places, i)
		}
	}
	return places
}

// windowsPerPoint is how many windows make one point of a line.
func (s scene) windowsPerPoint(windows int) int { return max(1, (windows+s.points-1)/s.points) }

// foldWindows folds the windows [from, to) of one seed. Those without a value do not
// count; without any, the point is a gap.
func foldWindows(run []float64, from, to int, f fold) float64 {
	var values []float64
	for i := from; i < to && i < len(run); i++ {
		if !math.IsNaN(run[i]) && !math.IsInf(run[i], 0) {
			values = append(values, run[i])
		}
	}
	if len(values) == 0 {
		return math.NaN()
	}
	return f(values)
}

// valuesOf are the values of curves, bands included, gaps left out.
func valuesOf(lists ...[]curve) (values []float64) {
	for _, list := range lists {
		for _, c := range list {
			for _, i := range c.points() {
				values = append(values, c.low[i], c.mid[i], c.high[i])
			}
		}
	}
	return values
}

// highestOf is the highest value of all curves, 0 without any.
func highestOf(curves []curve) float64 { return slices.Max(append(valuesOf(curves), 0)) }

// numbers makes a series of counts one of numbers.
func numbers(counts []int64) []float64 {
	list := make([]float64, len(counts))
	for i, n := range counts {
		list[i] = float64(n)
	}
	return list
}

// denseCurves draws curves of a series that has a value where a request came. Where
// requests are rare it takes wider steps, until hardly any is without one.
func (s scene) denseCurves(f fold, series func(*metrics.Series) []float64) []curve {
	for {
		list := s.strategyCurves(f, series)
		if s.points <= 40 || shareOfHoles(list) < 0.1 {
			return list
		}
		s.points /= 2
	}
}

// shareOfHoles is the share of the points between its first value and its last that
// have none, of the curve that has most of them.
func shareOfHoles(list []curve) (most float64) {
	for _, c := range list {
		if with := c.points(); len(with) > 0 {
			most = max(most, 1-float64(len(with))/float64(with[len(with)-1]-with[0]+1))
		}
	}
	return most
}
