package reports

import (
	"math"

	"gonum.org/v1/plot"

	"github.com/herdlab/herdlab/internal/humanize"
)

// latencySteps are the places of ticks on a logarithmic axis of time, by decade,
// then by 1 and 3, then finer, in ms and in units people use.
var latencySteps = [3][]float64{latencyTicks(1), latencyTicks(1, 3), latencyTicks(1, 2, 3, 5, 7)}

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
	if low < high/1e9 {
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
	a.label(clamped)
	return a
}

// label ticks the axis as finely as seven labels allow.
func (a *axis) label(clamped bool) {
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
	for every := 2; len(a.ticks) > 7; every++ {
		var fewer []plot.Tick
		for i := 0; i < len(a.ticks); i += every {
			fewer = append(fewer, a.ticks[i])
		}
		a.ticks = fewer
	}
	a.top(humanize.RoundTime)
	if !clamped {
		return
	}
	if len(a.ticks) == 0 || a.ticks[0].Value > a.min*(1+1e-9) {
		a.ticks = append([]plot.Tick{{Value: a.min}}, a.ticks...)
	}
	a.ticks[0].Label = "≤ " + humanize.RoundTime(a.min)
}
