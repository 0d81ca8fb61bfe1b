// Package expect is the language of expectations: a comparison of figures, with
// units, that is true or false.
//
//	burst.naive.p99 < 200ms && naive.failures <= 5% * naive.requests
//
// A figure is a dotted name, whose meaning the caller knows. A literal carries
// its unit: 200ms, 5%, 1MB, 300/s. An expression is checked when it is compiled:
// only what is in one unit is compared, added or subtracted. A plain number
// stands for a count, a share, a rate or bytes; for a duration it does not, whose
// reader would have to know that durations are counted in milliseconds.
//
// From the loosest to the tightest, operators are
//
//	a ? b : c    or ||    and &&    not !    == != < <= > >=    + -    * /    -a
//
// and 1 < a <= 5 means 1 < a && a <= 5.
//
// Over several runs a figure is their median; worst(naive.p99), best, lower and upper
// take another [Form] of it.
package expect

import (
	"errors"
	"math"
)

// Lookup says what unit a figure is counted in, and whether it has that form. For a name that means nothing it
// returns an error and the number of the part of the path that is to blame; that
// of a part which is missing is the length of the path.
type Lookup func(form Form, path []string) (u Unit, part int, err error)

// Report takes what is wrong with an expression, with the place in its text in
// characters from 0. The error may be a *spelling.Error with a hint.
type Report func(offset int, err error)

// Expression is one that has been parsed and whose units have been checked.
type Expression struct {
	root    *node
	figures []Figure
}

// Compile parses and checks an expression. It returns nil if it has reported
// anything.
func Compile(text string, lookup Lookup, report Report) *Expression {
	root, err := parse(text)
	if err != nil {
		report(err.offset, err.err)
		return nil
	}
	c := checker{lookup: lookup, report: report}
	c.checkWhole(root)
	if c.failed {
		return nil
	}
	return &Expression{root: root, figures: c.figures}
}

// Figure is a figure as an expression names it.
type Figure struct {
	Form Form
	Name string // a.b.c, as it is written
}

// String is the figure as it is written.
func (f Figure) String() string {
	if f.Form == "" {
		return f.Name
	}
	return string(f.Form) + "(" + f.Name + ")"
}

// Form says what a figure is of several runs. Without one it is the median.
type Form string

// The forms. Lower and upper are the ends of the interval of 95 % around the median.
const (
	Median Form = "median"
	Worst  Form = "worst"
	Best   Form = "best"
	Lower  Form = "lower"
	Upper  Form = "upper"
)

// Forms lists them, in the order of the reference.
func Forms() []string {
	return []string{string(Median), string(Worst), string(Best), string(Lower), string(Upper)}
}

// Figures are the figures in the expression, each once and in the order in which they
// first stand there.
func (x *Expression) Figures() []Figure { return x.figures }

// Holds evaluates the expression with the values of its figures, in the units
// that [Unit] describes. It does not hold, and err says why, if it divides by
// zero or counts beyond all numbers in a part that decides.
func (x *Expression) Holds(value func(Figure) float64) (holds bool, err error) {
	e := evaluation{figure: value}
	holds = e.value(x.root) != 0
	return holds && e.err == nil, e.err
}

// evaluation is an expression being worked out, whose parts are known to be in
// the right units.
type evaluation struct {
	figure func(Figure) float64
	err    error // the first
}

// value is the value of a part: of one that is true or false, 1 or 0. What is not
// looked at, behind an && that is decided, cannot fail.
func (e *evaluation) value(n *node) float64 {
	switch n.kind {
	case number, truth:
		return n.value
	case figure:
		return e.figure(Figure{n.form, n.text})
	case choice:
		if e.value(n.parts[0]) != 0 {
			return e.value(n.parts[1])
		}
		return e.value(n.parts[2])
	}
	a := e.value(n.parts[0])
	switch n.op {
	case "!":
		return oneIf(a == 0)
	case "&&":
		if a == 0 {
			return 0
		}
	case "||":
		if a != 0 {
			return 1
		}
	}
	// What is infinite compares with everything: an expectation would hold by overflow.
	if n.kind == binary {
		return e.finite(e.operation(n.op, a, e.value(n.parts[1])))
	}
	return e.operation(n.op, 0, a) // a sign
}

// operation is what an operator makes of two numbers.
func (e *evaluation) operation(op string, a, b float64) float64 {
	switch op {
	case "&&", "||": // the left side has not decided
		return b
	case "==":
		return oneIf(a == b)
	case "!=":
		return oneIf(a != b)
	case "<":
		return oneIf(a < b)
	case "<=":
		return oneIf(a <= b)
	case ">":
		return oneIf(a > b)
	case ">=":
		return oneIf(a >= b)
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	}
	if b == 0 {
		e.fail("a division by zero")
		return 0
	}
	return a / b
}

// finite refuses to go on with what is beyond all numbers.
func (e *evaluation) finite(v float64) float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		e.fail("a number that is too large")
		return 0
	}
	return v
}

func (e *evaluation) fail(why string) {
	if e.err == nil {
		e.err = errors.New(why)
	}
}

func oneIf(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}
