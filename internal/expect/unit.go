package expect

import (
	"math"
	"strconv"
	"time"

	"github.com/herdlab/herdlab/internal/units"
)

// Unit is what a figure, or a part of an expression, is counted in. Those that
// are mere factors come first: a product is in the later unit of its two.
type Unit uint8

// The units. The first four are of parts of an expression, the others of figures
// too.
const (
	unknown  Unit = iota // reported already
	Truth                // true or false
	plain                // a number without a unit
	percent              // a share that is written out: 5%
	Share                // 0..1
	Count                //
	Bytes                //
	Rate                 // a second
	Duration             // milliseconds
)

// String is what a message says that a value is.
func (u Unit) String() string {
	return [...]string{
		"something else", "true or false", "a plain number", "a share", "a share", "a count", "a number of bytes", "a rate", "a duration",
	}[u]
}

// Format writes a value of the unit as an expression would state it, in four
// digits behind the point at most.
func (u Unit) Format(v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "no number"
	case u == Duration && math.Abs(v) < 1e12: // what a time.Duration has room for
		return units.FormatDuration(time.Duration(math.Round(v * 1e6)).Round(time.Microsecond))
	case u == Share:
		return strconv.FormatFloat(math.Round(v*1e4)/1e2, 'f', -1, 64) + "%"
	}
	return strconv.FormatFloat(math.Round(v*1e4)/1e4, 'f', -1, 64)
}

// commonUnit is the unit of two values that are compared or added, which ok says they
// can be.
func commonUnit(a, b Unit) (u Unit, ok bool) {
	low, high := min(a, b), max(a, b)
	switch {
	case low == unknown:
		return unknown, true
	case low == high:
		return a, true
	case low == Truth:
		return unknown, false
	case low == plain:
		return high, high != Duration
	case low == percent && high == Share:
		return Share, true
	}
	return unknown, false
}

// productUnit is the unit of two values multiplied.
func productUnit(a, b Unit) (u Unit, ok bool) {
	low, high := min(a, b), max(a, b)
	switch {
	case low == unknown:
		return unknown, true
	case low == plain && high == percent: // 97% * 280
		return plain, true
	}
	return high, low <= Count
}

// quotientUnit is the unit of one value divided by another.
func quotientUnit(a, b Unit) (u Unit, ok bool) {
	switch {
	case a == unknown || b == unknown:
		return unknown, true
	case a == b, a == percent && b == plain:
		return plain, true
	}
	return a, b <= Count
}
