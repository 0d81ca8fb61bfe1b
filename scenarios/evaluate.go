package scenarios

import (
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// evaluation is an expectation being worked out, whose parts are known to be in the
// right units. What is not looked at, behind an && that is decided, cannot fail.
type evaluation struct {
	values map[string]float64 // of the figures, as they are written
	err    error              // the first
}

// truth is the value of a part that is true or false.
func (e *evaluation) truth(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BoolNode:
		return n.Value
	case *ast.UnaryNode:
		return !e.truth(n.Node)
	case *ast.ConditionalNode:
		return e.truth(e.chosen(n))
	case *ast.BinaryNode:
		switch {
		case n.Operator == "&&" || n.Operator == "and":
			return e.truth(n.Left) && e.truth(n.Right)
		case n.Operator == "||" || n.Operator == "or":
			return e.truth(n.Left) || e.truth(n.Right)
		case isTruth(n.Left):
			return (e.truth(n.Left) == e.truth(n.Right)) == (n.Operator == "==")
		}
		return compared(n.Operator, e.number(n.Left), e.number(n.Right))
	}
	return false
}

// number is the value of a part that is one.
func (e *evaluation) number(n ast.Node) float64 {
	if path, _, ok := chain(n); ok {
		return e.values[strings.Join(path, ".")]
	}
	switch n := n.(type) {
	case *ast.IntegerNode:
		return float64(n.Value)
	case *ast.FloatNode:
		return n.Value
	case *ast.UnaryNode:
		if n.Operator == "-" {
			return -e.number(n.Node)
		}
		return e.number(n.Node)
	case *ast.ConditionalNode:
		return e.number(e.chosen(n))
	case *ast.BinaryNode:
		return e.counted(n.Operator, e.number(n.Left), e.number(n.Right))
	}
	return 0
}

// chosen is the branch that the condition says.
func (e *evaluation) chosen(n *ast.ConditionalNode) ast.Node {
	if e.truth(n.Cond) {
		return n.Exp1
	}
	return n.Exp2
}

// counted is a sum, difference, product or quotient.
func (e *evaluation) counted(op string, a, b float64) (v float64) {
	switch op {
	case "+":
		v = a + b
	case "-":
		v = a - b
	case "*":
		v = a * b
	case "/":
		if b == 0 {
			e.fail("a division by zero")
			return 0
		}
		v = a / b
	}
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

func compared(op string, a, b float64) bool {
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
func isTruth(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BoolNode:
		return true
	case *ast.UnaryNode:
		return n.Operator == "not" || n.Operator == "!"
	case *ast.ConditionalNode:
		return isTruth(n.Exp1)
	case *ast.BinaryNode:
		return !slices.Contains(arithmetic(), n.Operator)
	}
	return false
}
