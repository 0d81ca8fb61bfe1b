package scenarios

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/units"
)

// unit is what a figure, or a part of an expectation, is counted in. Those that
// are mere factors come first: a product is in the later unit of its two.
type unit uint8

const (
	unknown unit = iota // said elsewhere
	truth
	plain
	percent // a share that is written out: 5%
	share   // 0..1
	count
	size   // bytes
	rate   // a second
	millis // milliseconds
)

// String is what a message says that a value is.
func (u unit) String() string {
	return [...]string{"something else", "true or false", "a plain number", "a share", "a share", "a count", "a number of bytes", "a rate", "a duration"}[u]
}

// word is the unit in the reference.
func (u unit) word() string {
	return map[unit]string{share: "share", count: "count", size: "bytes", rate: "per second", millis: "duration"}[u]
}

// dimension is the unit of a figure.
func dimension(u figures.Unit) unit {
	return [...]unit{
		figures.Count: count, figures.Share: share, figures.Bytes: size, figures.PerSecond: rate, figures.Duration: millis, figures.Latency: millis,
	}[u]
}

// written is a value as an expectation would state it.
func written(u unit, v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "no number"
	case u == millis && math.Abs(v) < 1e12:
		return units.FormatDuration(time.Duration(math.Round(v * 1e6)).Round(time.Microsecond))
	case u == share:
		return strconv.FormatFloat(math.Round(v*1e4)/1e2, 'f', -1, 64) + "%"
	}
	return strconv.FormatFloat(math.Round(v*1e4)/1e4, 'f', -1, 64)
}

// like is the unit of two values that are compared or added, which ok says they
// can be. A plain number is as good as any unit but a duration, whose numbers
// would have to be known to be milliseconds.
func like(a, b unit) (u unit, ok bool) {
	low, high := min(a, b), max(a, b)
	switch {
	case low == unknown:
		return unknown, true
	case low == high:
		return a, true
	case low == truth:
		return unknown, false
	case low == plain:
		return high, high != millis
	case low == percent && high == share:
		return share, true
	}
	return unknown, false
}

// product is the unit of two values multiplied.
func product(a, b unit) (u unit, ok bool) {
	low, high := min(a, b), max(a, b)
	switch {
	case low == unknown:
		return unknown, true
	case low == plain && high == percent: // 97% * 280
		return plain, true
	}
	return high, low <= count
}

// quotient is the unit of one value divided by another.
func quotient(a, b unit) (u unit, ok bool) {
	switch {
	case a == unknown || b == unknown:
		return unknown, true
	case a == b, a == percent && b == plain:
		return plain, true
	}
	return a, b <= count
}

// comparisons are the operators that make a truth of two values.
func comparisons() []string { return []string{"==", "!=", "<", "<=", ">", ">="} }

// joins are the operators that make a truth of two.
func joins() []string { return []string{"&&", "||", "and", "or"} }

// arithmetic are the operators that make a number of two.
func arithmetic() []string { return []string{"+", "-", "*", "/"} }

func operators() []string { return slices.Concat(comparisons(), joins(), arithmetic()) }
