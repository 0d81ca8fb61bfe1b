package workloads

import (
	"cmp"
	"math"
	"time"
)

// Sine is the rate mean + amplitude sin(2 pi (t + phase) / period), t being
// counted from the beginning of the class's active time.
type Sine struct {
	Mean      float64       `yaml:"mean" required:"true" unit:"/s" min:"0" max:"1000000000/s" doc:"the mean rate"`
	Amplitude float64       `yaml:"amplitude" required:"true" unit:"/s" min:"0" max:"1000000000/s" doc:"how far it swings up and down; at most the mean"`
	Period    time.Duration `yaml:"period" required:"true" min:"1ms" doc:"time from one peak to the next"`
	Phase     time.Duration `yaml:"phase" default:"0s" min:"0s" doc:"how far into a period it starts: at 0 with the mean, rising; a quarter of a period later at the peak"`
}

func (s *Sine) check(Class) error {
	return cmp.Or(
		refuse(!(s.Mean > 0 && s.Mean <= maxRate), "sine.mean", "%v/s is no mean rate: write one above 0/s", s.Mean),
		refuse(!(s.Amplitude >= 0 && s.Amplitude <= s.Mean), "sine.amplitude",
			"%v/s about a mean of %v/s: the amplitude is from 0/s to the mean, as a rate cannot be negative", s.Amplitude, s.Mean),
		refuse(s.Period <= 0, "sine.period", "%v is no period: write one above 0s", s.Period),
		refuse(s.Phase < 0, "sine.phase", "%v is negative: add periods to it", s.Phase),
	)
}

func (s *Sine) pacers(Class, time.Duration) []pacer { return []pacer{newWave(s)} }

// wave is a rate that swings: m + a sin(2 pi x), x = t/p + phase in periods.
//
//	rate   .-.         .-.
//	     .'   '.     .'   '.
//	m - ' - - - '. -' - - - '-
//	              '-'            L(t) = m t + c (cos(2 pi phase) - cos(2 pi x)),
//	    0 t --->                 c = a p / (2 pi)
//
// The inverse of L has no closed form: with a = m it is Kepler's equation. It is
// found by Newton's method, which is safe as L does not fall and stays within
// 2c of the line m t: where a step leaves the interval that is known to hold the
// root, as it does when the rate is near zero, the interval is halved instead.
// After a step d the error is at most d^2 bend / rate, as long as the rate cannot
// have halved in d; that saves looking once more.
type wave struct {
	mean, amplitude float64 // per second
	period          float64 // seconds
	phase           float64 // periods
	swing           float64 // c
	bend            float64 // steepest slope of the rate, per second, each second
	start           float64 // cos(2 pi phase)
}

// newWave is the wave of a sine, with its constants computed once.
func newWave(s *Sine) wave {
	w := wave{mean: s.Mean, amplitude: s.Amplitude, period: s.Period.Seconds()}
	w.phase = (s.Phase % s.Period).Seconds() / w.period
	w.swing = w.amplitude * w.period / (2 * math.Pi)
	w.bend = w.amplitude * (2 * math.Pi) / w.period
	_, w.start = sincos(w.phase)
	return w
}

// at is L and the rate after so many seconds.
func (w wave) at(t float64) (expected, rate float64) {
	sin, cos := sincos(t/w.period + w.phase)
	return float64(w.mean*t) + float64(w.swing*(w.start-cos)), w.mean + float64(w.amplitude*sin)
}

// reach begins its search at the arrival before, which is one gap away.
func (w wave) reach(hits float64, earlier time.Duration) (time.Duration, bool) {
	const enough = 1e-10 // seconds
	t := earlier.Seconds()
	low := max(t, (hits-2*w.swing)/w.mean)
	high := max(low, (hits+2*w.swing)/w.mean)
	if t < low {
		t = hits / w.mean
	}
	for range 64 {
		expected, rate := w.at(t)
		if expected > hits {
			high = t
		} else {
			low = t
		}
		next := t - (expected-hits)/rate
		if !(next >= low && next <= high) {
			next = low + (high-low)/2
		}
		step := math.Abs(next - t)
		t = next
		near := 2*step*w.bend < rate && step*step*w.bend < enough*rate
		if near || step < enough || high-low < enough {
			break
		}
	}
	ns := t * 1e9
	if !(ns < math.MaxInt64/4) {
		return 0, false
	}
	return time.Duration(ns), true
}

func (w wave) expected(at time.Duration) float64 {
	expected, _ := w.at(at.Seconds())
	return expected
}
