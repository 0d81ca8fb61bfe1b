package reports

import (
	"math"
	"strconv"
	"strings"
)

const notAvailable = "n/a"

// units of time in ms; a value is written in the largest unit of which it has
// at least the given number.
var units = []struct {
	name      string
	ms, least float64
}{
	{"d", 86_400_000, 2}, {"h", 3_600_000, 2}, {"min", 60_000, 2}, {"s", 1000, 1}, {"ms", 1, 1}, {"µs", 0.001, 0},
}

// duration writes a time in ms to three digits: 500 µs, 5 ms, 1.2 s, 4 min.
func duration(ms float64) string {
	if math.IsNaN(ms) {
		return notAvailable
	}
	if ms == 0 {
		return "0 ms"
	}
	for _, u := range units {
		if v := round3(ms / u.ms); math.Abs(v) >= u.least {
			return digits3(v) + " " + u.name
		}
	}
	return notAvailable
}

// took writes a latency in ms. None is 0, but a microsecond is the finest that a
// histogram tells.
func took(ms float64) string {
	if ms == 0 {
		return "<1 µs"
	}
	return duration(ms)
}

// tickTime writes a round time on an axis, in the largest unit that holds it
// at least once: 1 min and not 60 s.
func tickTime(ms float64) string {
	for _, u := range units {
		if ms >= u.ms*(1-1e-9) {
			return digits3(ms/u.ms) + " " + u.name
		}
	}
	return duration(ms)
}

// count writes a number of things: 1,000 and 1.23 M.
func count(v float64) string {
	switch {
	case math.IsNaN(v):
		return notAvailable
	case math.Abs(v) >= 999_500_000:
		return digits3(v/1e9) + " G"
	case math.Abs(v) >= 1e6:
		return digits3(v/1e6) + " M"
	case v != math.Trunc(v) && math.Abs(v) >= 1000:
		return thousands(int64(math.Round(v)))
	case v != math.Trunc(v): // the median of an even number of seeds
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return thousands(int64(v))
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	from := 0
	if n < 0 {
		from = 1
	}
	for i := len(s) - 3; i > from; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// percent writes a share of 1: 97.3 %. What is not all does not read as 100 %.
func percent(share float64) string {
	if math.IsNaN(share) {
		return notAvailable
	}
	s := strconv.FormatFloat(100*share, 'f', 1, 64)
	if s == "100.0" && share < 1 {
		s = "99.9"
	}
	if s == "0.0" && share > 0 {
		return "<0.1 %"
	}
	return strings.TrimSuffix(s, ".0") + " %"
}

// round3 rounds to three significant digits.
func round3(v float64) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return v
	}
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// digits3 writes at least three significant digits, without exponent and
// without zeros at the end of a fraction.
func digits3(v float64) string {
	decimals := 0
	switch a := math.Abs(v); {
	case a < 1:
		decimals = 3
	case a < 9.995:
		decimals = 2
	case a < 99.95:
		decimals = 1
	}
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// words writes an identifier for people: cold_failure is a cold failure.
func words(id string) string { return strings.ReplaceAll(id, "_", " ") }

// plural writes a number of things by name.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(int64(n)) + " " + many
}
