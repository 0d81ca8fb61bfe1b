package expect

import (
	"errors"
	"math"
)

// evaluation is an expression being worked out, whose parts are known to be in
// the right units. What is not looked at, behind an && that is decided, cannot
// fail.
type evaluation struct {
	value func(figure string) float64
	err   error // the first
}

// truth is the value of a part that is true or false.
func (e *evaluation) truth(n *node) bool {
	switch n.kind {
	case truth:
		return n.value != 0
	case unary:
		return !e.truth(n.parts[0])
	case choice:
		return e.truth(e.chosen(n))
	}
	left, right := n.parts[0], n.parts[1]
	switch {
	case n.op == "&&":
		return e.truth(left) && e.truth(right)
	case n.op == "||":
		return e.truth(left) || e.truth(right)
	case isTruth(left):
		return (e.truth(left) == e.truth(right)) == (n.op == "==")
	}
	return compare(n.op, e.number(left), e.number(right))
}

// number is the value of a part that is one.
func (e *evaluation) number(n *node) float64 {
	switch n.kind {
	case number:
		return n.value
	case figure:
		return e.value(n.text)
	case unary:
		if n.op == "-" {
			return -e.number(n.parts[0])
		}
		return e.number(n.parts[0])
	case choice:
		return e.number(e.chosen(n))
	}
	return e.arithmetic(n.op, e.number(n.parts[0]), e.number(n.parts[1]))
}

// chosen is the part that the condition says.
func (e *evaluation) chosen(n *node) *node {
	if e.truth(n.parts[0]) {
		return n.parts[1]
	}
	return n.parts[2]
}

// arithmetic is a sum, difference, product or quotient.
func (e *evaluation) arithmetic(op string, a, b float64) (v float64) {
	switch op {
	case "+":
		v = a + b
	case "-":
		v = a - b
	case "*":
		v = a * b
	case "/":
		if b == 0 {
			return e.fail("a division by zero")
		}
		v = a / b
	}
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return e.fail("a number that is too large")
	}
	return v
}

func (e *evaluation) fail(why string) float64 {
	if e.err == nil {
		e.err = errors.New(why)
	}
	return 0
}

func compare(op string, a, b float64) bool {
	switch op {
	case "==":
		return a == b
	case "!=":
		return a != b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}

// isTruth reports whether a part is true or false, and no number.
func isTruth(n *node) bool {
	switch n.kind {
	case truth:
		return true
	case unary:
		return n.op == "!"
	case choice:
		return isTruth(n.parts[1])
	case binary:
		return n.op != "+" && n.op != "-" && n.op != "*" && n.op != "/"
	}
	return false
}
