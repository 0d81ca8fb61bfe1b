package reports

import "math"

// rate is a unit for numbers of requests over time.
type rate struct {
	name    string
	letter  string
	seconds float64
}

// rateFor is the unit in which the highest of some numbers per second is 1 or
// more, and seconds if none is.
func rateFor(perSecond float64) rate {
	list := []rate{{"second", "s", 1}, {"minute", "min", 60}, {"hour", "h", 3600}, {"day", "d", 86400}}
	for _, r := range list {
		if perSecond*r.seconds >= 1 {
			return r
		}
	}
	return list[0]
}

// write writes a number in the unit.
func (r rate) write(v float64) string {
	if v == 0 {
		return "0"
	}
	if v >= 1000 {
		return count(math.Round(v)) + "/" + r.letter
	}
	return digits3(v) + "/" + r.letter
}
