package workloads

import (
	"cmp"
	"math"
	"time"
)

// Ramp is a rate that changes evenly from the beginning of the class's active
// time to its end.
type Ramp struct {
	From float64 `yaml:"from" required:"true" unit:"/s" min:"0" max:"1000000000/s" doc:"rate at the beginning"`
	To   float64 `yaml:"to" required:"true" unit:"/s" min:"0" max:"1000000000/s" doc:"rate at the end"`
}

func (r *Ramp) check(Class) error {
	return cmp.Or(
		checkRate("ramp.from", r.From),
		refuse(r.From == 0 && r.To == 0, "ramp.to", "a ramp from 0/s to 0/s has no requests"),
		checkRate("ramp.to", r.To),
	)
}

func (r *Ramp) pacers(_ Class, length time.Duration) []pacer {
	return []pacer{polyline{}.then(length, r.From, r.To)}
}

// polyline is a rate that consists of straight lines: constant, ramp, flash.
//
//	rate        ____
//	           /    \
//	    ______/      \______
//	    0     1  2   3 4        the lines of a flash
//
// On a line with the rate a at its beginning and the slope s, L grows by
// n = a t + s t^2/2, so that t = 2n / (a + sqrt(a^2 + 2sn)). This form of the
// root, unlike the usual one, keeps its digits when s is small, and with s = 0
// it is n/a, correctly rounded.
type polyline struct{ lines []line }

// line is one of them. The last goes on for ever.
type line struct {
	at, length time.Duration
	rate       float64 // at its beginning, per second
	slope      float64 // per second, each second
	expected   float64 // L(at)
}

// steady is the same rate for ever.
func steady(rate float64) polyline { return polyline{}.then(0, rate, rate) }

// then is the polyline with one more line at its end: a rate that goes evenly
// from one value to another in a time.
func (p polyline) then(length time.Duration, from, to float64) polyline {
	next := line{length: length, rate: from}
	if length > 0 {
		next.slope = (to - from) / length.Seconds()
	}
	if n := len(p.lines); n > 0 {
		before := &p.lines[n-1]
		next.at = before.at + before.length
		next.expected = before.grown(before.length)
	}
	return polyline{append(p.lines, next)}
}

// grown is L at an instant counted from the beginning of the line.
func (l *line) grown(t time.Duration) float64 {
	s := t.Seconds()
	return l.expected + float64(s*(l.rate+float64(s*l.slope)/2))
}

// reach looks from the end, since most requests lie on the last line of a class: of a
// plain rate, that is all of them.
func (p polyline) reach(hits float64, _ time.Duration) (time.Duration, bool) {
	i := len(p.lines) - 1
	for i > 0 && p.lines[i].expected > hits {
		i--
	}
	l := &p.lines[i]
	n := hits - l.expected
	if n <= 0 && (l.rate > 0 || l.slope > 0) {
		return l.at, true
	}
	root := math.Sqrt(max(0, float64(l.rate*l.rate)+float64(2*n*l.slope)))
	// At a rate of zero this is +Inf or NaN; on a falling line that ends
	// before n there is no root, and then the end is as near as it comes.
	ns := 2e9 * n / (l.rate + root)
	if i < len(p.lines)-1 {
		return l.at + time.Duration(min(ns, float64(l.length))), true
	}
	if !(ns < math.MaxInt64/4) {
		return 0, false
	}
	return l.at + time.Duration(ns), true
}

func (p polyline) expected(at time.Duration) float64 {
	i := len(p.lines) - 1
	for i > 0 && p.lines[i].at > at {
		i-- // where two lines meet, the later one holds
	}
	l := &p.lines[i]
	return l.grown(at - l.at)
}
