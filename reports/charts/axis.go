package charts

import (
	"math"

	"gonum.org/v1/plot"

	"github.com/herdlab/herdlab/internal/humanize"
)

// axis is one axis of a panel: its range, where its ticks are, how a value maps
// onto it.
type axis struct {
	min, max float64
	ticks    []plot.Tick
	scale    plot.Normalizer
}

// Ticks are those of the axis, whatever range is asked for.
func (a axis) Ticks(float64, float64) []plot.Tick { return a.ticks }

// logScale is logarithmic. What is below the axis lies on it: a log axis has no
// place for zero, and plot.LogScale panics on it.
type logScale struct{}

// Normalize places x on the axis: 0 is its lower end and 1 its upper one.
func (logScale) Normalize(low, high, x float64) float64 {
	return math.Log(max(x, low)/low) / math.Log(high/low)
}

// countScale grows like log(1 + x): 0 and 1 can be told apart beside thousands.
type countScale struct{}

// Normalize places x on the axis.
func (countScale) Normalize(low, high, x float64) float64 {
	return (math.Log1p(x) - math.Log1p(low)) / (math.Log1p(high) - math.Log1p(low))
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

var (
	_ plot.Normalizer = logScale{}
	_ plot.Normalizer = countScale{}
	_ plot.Ticker     = axis{}
)

// longestRun is the longest that can be drawn, in ms: a hundred years.
const longestRun = 100 * 365.25 * 86_400_000

// steps of a time axis, in ms.
var timeSteps = []float64{
	1, 2, 5, 10, 20, 50, 100, 200, 500,
	1000, 2000, 5000, 10_000, 15_000, 30_000,
	60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000,
	3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000,
	86_400_000, 2 * 86_400_000, 5 * 86_400_000, 10 * 86_400_000, 20 * 86_400_000, 50 * 86_400_000, 100 * 86_400_000, 200 * 86_400_000, 500 * 86_400_000, 1000 * 86_400_000,
}

// timeAxis runs from 0 to a duration in ms with at most so many steps. All
// labels are in one unit, so that they can be compared at a glance.
func timeAxis(duration float64, most int) axis {
	duration = min(max(duration, 1), longestRun)
	step := timeSteps[len(timeSteps)-1]
	for _, s := range timeSteps {
		if duration/s <= float64(most) {
			step = s
			break
		}
	}
	// The largest unit in which the steps are whole, or tenths of a second, or quarters
	// of an hour in a run of hours.
	unit, name := 1.0, "ms"
	for _, u := range humanize.TimeUnits[:5] {
		tenths := u.Name == "s" && step >= u.MS/10
		halves := u.Name == "h" && step >= u.MS/4
		if step >= u.MS || (duration >= u.MS && tenths) || (duration >= 4*u.MS && halves) {
			unit, name = u.MS, u.Name
			break
		}
	}
	a := axis{max: duration, scale: plot.LinearScale{}}
	for i := 0; float64(i)*step <= duration*(1+1e-9); i++ { // a sum of steps would drift
		at := float64(i) * step
		a.ticks = append(a.ticks, plot.Tick{Value: at, Label: humanize.ThreeDigits(at/unit) + " " + name})
	}
	return a
}

// countAxis holds numbers of things from 0 up. Above 20 it grows like a
// logarithm.
func countAxis(highest float64) axis {
	if highest <= 20 {
		return linearAxis(max(highest, 1), min(4, int(math.Ceil(max(highest, 1)))), humanize.Count) // whole steps
	}
	// One and three of every decade, up to the first that holds the highest value; of
	// many decades only the ones are labelled.
	a := axis{scale: countScale{}, ticks: []plot.Tick{{Value: 0, Label: "0"}}}
	list := []float64{}
	for decade := 1.0; ; decade *= 10 {
		list = append(list, decade, 3*decade)
		if 3*decade >= highest {
			break
		}
	}
	for i, v := range list {
		if v > highest*1.1 && a.max >= highest {
			break
		}
		a.max = v
		if decades := len(list) / 2; decades <= 3 || i%2 == 0 {
			a.ticks = append(a.ticks, plot.Tick{Value: v, Label: humanize.Count(v)})
		}
	}
	a.max = max(a.max, highest)
	a.addTopTick(humanize.Count)
	return a
}

// addTopTick puts a tick at the end of the axis, so that its highest value can be read.
func (a *axis) addTopTick(label func(float64) string) {
	if n := len(a.ticks); n > 0 && a.ticks[n-1].Value < a.max*(1-1e-9) {
		a.ticks = append(a.ticks, plot.Tick{Value: a.max, Label: label(a.max)})
	}
}

// withFewerTicks is the axis for a low panel: ticks whose labels would touch are left out,
// the ends not.
func (a axis) withFewerTicks() axis {
	const least = 0.15 // of the panel
	at := func(t plot.Tick) float64 { return a.scale.Normalize(a.min, a.max, t.Value) }
	var kept []plot.Tick
	for i, t := range a.ticks {
		last := i == len(a.ticks)-1
		for last && len(kept) > 1 && at(t)-at(kept[len(kept)-1]) < least {
			kept = kept[:len(kept)-1]
		}
		if last || len(kept) == 0 || at(t)-at(kept[len(kept)-1]) >= least {
			kept = append(kept, t)
		}
	}
	a.ticks = kept
	return a
}

// linearAxis runs from 0 to a round number at or above highest.
func linearAxis(highest float64, most int, label func(float64) string) axis {
	if !(highest > 0) || math.IsInf(highest, 0) {
		highest = 1
	}
	// The least of 1, 2, 5 and 10 times a power of ten that needs no more steps than
	// there may be.
	step := math.Pow(10, math.Floor(math.Log10(highest/float64(most))))
	for _, factor := range []float64{1, 2, 5, 10} {
		if highest/(step*factor) <= float64(most)+1e-9 {
			step *= factor
			break
		}
	}
	a := axis{scale: plot.LinearScale{}}
	for i := 0; ; i++ {
		a.max = float64(i) * step
		a.ticks = append(a.ticks, plot.Tick{Value: a.max, Label: label(a.max)})
		if a.max >= highest*(1-1e-9) {
			return a
		}
	}
}

// shareAxis is 0 to 100 %.
func shareAxis() axis {
	a := axis{max: 1, scale: plot.LinearScale{}}
	for i := range 5 {
		a.ticks = append(a.ticks, plot.Tick{Value: float64(i) / 4, Label: humanize.Percent(float64(i) / 4)})
	}
	return a
}

// ninesAxis has shares of requests by the number of their nines: 90 % is 1,
// 99 % is 2. A value on it is nines(share).
func ninesAxis(highest float64) axis {
	a := axis{max: max(highest, 1), scale: plot.LinearScale{}}
	for _, share := range []float64{0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999, 0.9999999} {
		if at := nines(share); at <= a.max*(1+1e-9) {
			a.ticks = append(a.ticks, plot.Tick{Value: at, Label: humanize.ExactPercent(share)})
		}
	}
	return a
}

// nines counts the nines of a share, of which 0 has none. A share of 1 has no end of
// them and must not be asked for.
func nines(share float64) float64 { return -math.Log10(1 - share) }

// latencySteps are the places of ticks on a logarithmic axis of time, by decade,
// then by 1 and 3, then finer, in ms and in units people use.
var latencySteps = [3][]float64{latencyTicks(1), latencyTicks(1, 3), latencyTicks(1, 2, 3, 5, 7)}

// latencyTicks are the places of the given digits in every decade of milliseconds up
// to a minute, and from there on by what clocks and calendars count in: 60 s and
// 24 h are round, 100 s is not.
func latencyTicks(digits ...float64) (list []float64) {
	for _, decade := range []float64{1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000, 10_000} {
		for _, d := range digits {
			if decade*d < 60_000 { // from there on in minutes
				list = append(list, decade*d)
			}
		}
	}
	for _, u := range []struct{ unit, end float64 }{{60_000, 60}, {3_600_000, 24}, {86_400_000, 10_000}} {
		for decade := u.unit; decade < u.unit*u.end; decade *= 10 {
			for _, d := range digits {
				if decade*d < u.unit*u.end && decade*d > list[len(list)-1] {
					list = append(list, decade*d)
				}
			}
		}
	}
	return list
}

// latencyAxis is a logarithmic axis of durations in ms that holds all values
// with a tick at or beyond both ends. What is less than floor, or a billionth of
// the highest, lies on its lower end, whose label then says so.
func latencyAxis(floor float64, values []float64) axis {
	low, high, clamped := math.Inf(1), 0.0, false
	for _, v := range values {
		if v >= floor {
			low = min(low, v)
		} else {
			clamped = true
		}
		high = max(high, v)
	}
	if high <= floor {
		low, high = floor, floor*1000
	}
	if low < high/1e9 { // one value next to nothing would press all others together
		low, clamped = high/1e9, true
	}
	if clamped { // leave room between zero and the smallest value
		low /= 2
	}
	a := axis{scale: logScale{}}
	medium := latencySteps[1]
	a.min, a.max = medium[0], medium[len(medium)-1]
	for _, s := range medium {
		if s <= low {
			a.min = s
		}
		if s >= high && s > a.min {
			a.max = s
			break
		}
	}
	a.addTicks(clamped)
	return a
}

// addTicks ticks the axis as finely as seven labels allow.
func (a *axis) addTicks(clamped bool) {
	// From the coarsest list to the finest: the last one that does not crowd.
	for _, list := range latencySteps {
		var ticks []plot.Tick
		for _, s := range list {
			if s >= a.min*(1-1e-9) && s <= a.max*(1+1e-9) {
				ticks = append(ticks, plot.Tick{Value: s, Label: humanize.RoundTime(s)})
			}
		}
		if len(a.ticks) == 0 || len(ticks) <= 7 {
			a.ticks = ticks
		}
	}
	for every := 2; len(a.ticks) > 7; every++ { // even the decades are too many
		var fewer []plot.Tick
		for i := 0; i < len(a.ticks); i += every {
			fewer = append(fewer, a.ticks[i])
		}
		a.ticks = fewer
	}
	a.addTopTick(humanize.RoundTime)
	if !clamped {
		return
	}
	if len(a.ticks) == 0 || a.ticks[0].Value > a.min*(1+1e-9) {
		a.ticks = append([]plot.Tick{{Value: a.min}}, a.ticks...)
	}
	a.ticks[0].Label = "≤ " + humanize.RoundTime(a.min)
}
