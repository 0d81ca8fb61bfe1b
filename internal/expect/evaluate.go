package expect

import (
	"errors"
	"math"
)

// evaluation is an expression being worked out, whose parts are known to be in
// the right units.
type evaluation struct {
	figure func(name string) float64
	err    error // the first
}

// value is the value of a part: of one that is true or false, 1 or 0. What is not
// looked at, behind an && that is decided, cannot fail.
func (e *evaluation) value(n *node) float64 {
	switch n.kind {
	case number, truth:
		return n.value
	case figure:
		return e.figure(n.text)
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
