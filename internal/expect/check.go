package expect

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/spelling"
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
		return strconv.FormatFloat(roundShare(100*v), 'f', -1, 64) + "%"
	}
	return strconv.FormatFloat(math.Round(v*1e4)/1e4, 'f', -1, 64)
}

// roundShare rounds a number of percent to two digits behind the point, or to three that
// count: 393 of 9 million are not 0%.
func roundShare(percent float64) float64 {
	if math.Abs(percent) >= 0.1 || percent == 0 {
		return math.Round(percent*100) / 100
	}
	scale := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(percent))))
	return math.Round(percent*scale) / scale
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

// checker finds the figures of an expression and the unit of each of its parts.
type checker struct {
	lookup  Lookup
	report  Report
	figures []Figure
	failed  bool
}

func (c *checker) fail(offset int, err error) {
	c.failed = true
	c.report(offset, err)
}

func (c *checker) failf(n *node, format string, args ...any) Unit {
	c.fail(n.at, spelling.Refuse(format, args...))
	return unknown
}

// checkWhole checks a whole expression, which has to be true or false and about
// something.
func (c *checker) checkWhole(root *node) {
	u := c.unit(root)
	switch {
	case c.failed:
	case u != Truth:
		c.failf(firstPart(root), "the expectation is a number and not true or false: compare it with something")
	case len(c.figures) == 0:
		c.fail(0, errors.New("the expectation names no figure: write one such as naive.computes == 50"))
	}
}

// unit is what a part is counted in. What is wrong has been reported when it is
// unknown.
func (c *checker) unit(n *node) Unit {
	switch n.kind {
	case number:
		return n.unit
	case figure:
		return c.figure(n)
	case truth:
		return Truth
	case unary:
		return c.unary(n)
	case choice:
		c.want(n.parts[0], Truth, "what stands before the question mark")
		return c.unitOfBoth(n, n.parts[1], n.parts[2], "stand for each other")
	}
	return c.binary(n)
}

func (c *checker) figure(n *node) Unit {
	path := strings.Split(n.text, ".")
	u, part, err := c.lookup(n.form, path)
	if err != nil {
		before := strings.Join(path[:part], ".") + "."
		if part == 0 {
			before = ""
		}
		c.fail(n.at+len([]rune(before)), err)
		return unknown
	}
	if f := (Figure{n.form, n.text}); !slices.Contains(c.figures, f) {
		c.figures = append(c.figures, f)
	}
	return u
}

func (c *checker) unary(n *node) Unit {
	if n.op == "!" {
		c.want(n.parts[0], Truth, "what follows "+n.text)
		return Truth
	}
	u := c.unit(n.parts[0])
	if u == Truth {
		return c.failf(n, "%s stands before a number, and a comparison is none", n.op)
	}
	return u
}

func (c *checker) binary(n *node) Unit {
	left, right := n.parts[0], n.parts[1]
	switch n.op {
	case "&&", "||":
		c.want(left, Truth, "what stands before "+n.op)
		c.want(right, Truth, "what stands after "+n.op)
		return Truth
	case "+", "-":
		u := c.unitOfBoth(n, left, right, map[string]string{"+": "be added", "-": "be subtracted"}[n.op])
		if u == Truth {
			return c.failf(n, "%s takes numbers, and comparisons are none", n.op)
		}
		return u
	case "*", "/":
		return c.unitOfProduct(n)
	}
	if left.text == "!" { // !a > b is (!a) > b
		switch u := c.unit(left.parts[0]); u {
		case unknown:
			return unknown
		case Truth:
		default:
			return c.failf(firstPart(left.parts[0]), "what follows ! is %s: write !(%s %s %s)", u, left.parts[0].source("..."), n.op, right.source("..."))
		}
	}
	if u := c.unitOfBoth(n, left, right, "be compared"); u == Truth && n.op != "==" && n.op != "!=" {
		c.failf(n, "%s compares numbers, and comparisons are none", n.op)
	}
	return Truth
}

// want has a part be in a unit.
func (c *checker) want(n *node, wanted Unit, what string) {
	if u := c.unit(n); u != wanted && u != unknown {
		c.failf(firstPart(n), "%s is %s: write a comparison, such as naive.computes == 50", what, u)
	}
}

// unitOfProduct is the unit of a product or a quotient.
func (c *checker) unitOfProduct(n *node) Unit {
	a, b := c.unit(n.parts[0]), c.unit(n.parts[1])
	rule, word := productUnit, "times"
	if n.op == "/" {
		rule, word = quotientUnit, "divided by"
	}
	u, ok := rule(a, b)
	switch {
	case a == Truth || b == Truth:
		return c.failf(n, "%s takes numbers, and comparisons are none", n.op)
	case !ok:
		return c.failf(n, "%s %s %s is in no unit that a figure has", a, word, b)
	}
	return u
}

// unitOfBoth has two parts be in one unit, and returns it.
func (c *checker) unitOfBoth(n, left, right *node, do string) Unit {
	a, b := c.unit(left), c.unit(right)
	u, ok := commonUnit(a, b)
	switch {
	case ok:
		return u
	case (isZero(left) || isZero(right)) && max(a, b) == Duration: // 0 is 0 in any unit
		return Duration
	}
	return c.refuseUnits(n, side{left, a, left.source("what is on the left")}, side{right, b, right.source("what is on the right")}, do)
}

// source is a part as it is written, if it is of one word.
func (n *node) source(otherwise string) string {
	if n.kind == figure || n.kind == number {
		return n.text
	}
	return otherwise
}

func isZero(n *node) bool { return n.kind == number && n.value == 0 }

// side is one of two parts that do not go together.
type side struct {
	node *node
	unit Unit
	name string // in a message
}

// refuseUnits says that two parts do not go together, and what to write.
func (c *checker) refuseUnits(n *node, left, right side, do string) Unit {
	for _, s := range [][2]side{{left, right}, {right, left}} {
		lone, other := s[0], s[1]
		text := lone.node.text
		switch {
		case lone.node.kind != number:
		case lone.unit == plain && other.unit == Duration:
			return c.failf(lone.node, "%s is a plain number, and %s a duration: write %sms or %ss", text, other.name, text, text)
		case lone.unit == percent && other.unit == Count:
			return c.failf(lone.node, "%s is a share, and %s a count: write the share of a count, such as %s * naive.requests", text, other.name, text)
		}
	}
	return c.failf(n, "%s is %s, and %s %s: they cannot %s", left.name, left.unit, right.name, right.unit, do)
}

// firstPart is the part with which a larger one begins.
func firstPart(n *node) *node {
	for n.kind == binary || n.kind == choice {
		n = n.parts[0]
	}
	return n
}
