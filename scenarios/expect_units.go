package scenarios

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/herdlab/herdlab/internal/spelling"
)

// walk visits the expression and says in what unit it is. It knows the kinds of
// nodes that an expectation may have; the language of expr has many more.
func (f *finder) walk(n ast.Node) unit {
	if path, root, ok := chain(n); ok {
		return f.mention(path, root)
	}
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		return f.plain.given[n.Location().From].unit
	case *ast.BoolNode:
		return truth
	case *ast.UnaryNode:
		return f.unary(n)
	case *ast.BinaryNode:
		return f.binary(n)
	case *ast.ConditionalNode:
		f.want(n.Cond, truth, "what stands before the question mark")
		return f.same(n, n.Exp1, n.Exp2, "stand for each other")
	}
	f.fail(n, 0, spelling.Refuse("an expectation compares figures and numbers: this is something else"))
	return unknown
}

func (f *finder) unary(n *ast.UnaryNode) unit {
	if n.Operator == "not" || n.Operator == "!" {
		f.want(n.Node, truth, "what follows "+n.Operator)
		return truth
	}
	u := f.walk(n.Node)
	if u == truth {
		f.fail(n, 0, spelling.Refuse("%s stands before a number, and a comparison is none", n.Operator))
		return unknown
	}
	return u
}

// want has a part be a comparison.
func (f *finder) want(n ast.Node, wanted unit, what string) {
	if u := f.walk(n); u != wanted && u != unknown {
		f.fail(first(n), 0, spelling.Refuse("%s is %s: write a comparison, such as naive.computes == 50", what, u))
	}
}

func (f *finder) binary(n *ast.BinaryNode) unit {
	switch op := n.Operator; {
	case !slices.Contains(operators(), op):
		f.fail(n, 0, spelling.Refuse("an expectation cannot use %q: it has %s", op, strings.Join(operators(), " ")))
		return unknown
	case slices.Contains(joins(), op):
		f.want(n.Left, truth, "what stands before "+op)
		f.want(n.Right, truth, "what stands after "+op)
		return truth
	case slices.Contains(comparisons(), op):
		u := f.same(n, n.Left, n.Right, "be compared")
		if u == truth && op != "==" && op != "!=" {
			f.fail(n, 0, spelling.Refuse("%s compares numbers, and comparisons are none", op))
		}
		return truth
	case op == "+" || op == "-":
		return f.number(n, f.same(n, n.Left, n.Right, map[string]string{"+": "be added", "-": "be subtracted"}[op]))
	}
	return f.scale(n)
}

// number refuses to count with comparisons.
func (f *finder) number(n *ast.BinaryNode, u unit) unit {
	if u != truth {
		return u
	}
	f.fail(n, 0, spelling.Refuse("%s takes numbers, and comparisons are none", n.Operator))
	return unknown
}

// same has two parts be in one unit.
func (f *finder) same(n, left, right ast.Node, do string) unit {
	a, b := f.walk(left), f.walk(right)
	u, ok := like(a, b)
	if !ok && (zero(left) || zero(right)) && max(a, b) == millis {
		return millis
	}
	if !ok {
		f.unlike(n, side{left, a, "what is on the left"}, side{right, b, "what is on the right"}, do)
	}
	return u
}

// scale is the unit of a product or a quotient.
func (f *finder) scale(n *ast.BinaryNode) unit {
	a, b := f.walk(n.Left), f.walk(n.Right)
	if a == truth || b == truth {
		return f.number(n, truth)
	}
	rule, word := product, "times"
	if n.Operator == "/" {
		rule, word = quotient, "divided by"
	}
	u, ok := rule(a, b)
	if !ok {
		f.fail(n, 0, spelling.Refuse("%s %s %s is in no unit that a figure has", a, word, b))
		return unknown
	}
	return u
}

// side is one of two parts that do not go together.
type side struct {
	node  ast.Node
	unit  unit
	place string
}

// unlike says that two parts do not go together, and what to write.
func (f *finder) unlike(n ast.Node, left, right side, do string) {
	for _, s := range [][2]side{{left, right}, {right, left}} {
		number, other := s[0], s[1]
		text := f.text(number.node)
		switch {
		case text == "":
		case number.unit == plain && other.unit == millis:
			f.fail(number.node, 0, spelling.Refuse("%s is a plain number, and %s a duration: write %sms or %ss", text, f.name(other), text, text))
			return
		case number.unit == percent && other.unit == count:
			f.fail(number.node, 0, spelling.Refuse("%s is a share, and %s a count: write the share of a count, such as %s * naive.requests", text, f.name(other), text))
			return
		}
	}
	f.fail(n, 0, spelling.Refuse("%s is %s, and %s %s: they cannot %s", f.name(left), left.unit, f.name(right), right.unit, do))
}

// first is the part with which a larger one begins.
func first(n ast.Node) ast.Node {
	if _, root, ok := chain(n); ok {
		return root
	}
	switch n := n.(type) {
	case *ast.BinaryNode:
		return first(n.Left)
	case *ast.ConditionalNode:
		return first(n.Cond)
	}
	return n
}

// text is a literal as it was written; empty for anything else.
func (f *finder) text(n ast.Node) string {
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		return f.plain.given[n.Location().From].text
	}
	return ""
}

// name is a part in a message.
func (f *finder) name(s side) string {
	if path, _, ok := chain(s.node); ok {
		return strings.Join(path, ".")
	}
	if text := f.text(s.node); text != "" {
		return text
	}
	return s.place
}

// zero reports whether a part is 0, which needs no unit.
func zero(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return n.Value == 0
	case *ast.FloatNode:
		return n.Value == 0
	}
	return false
}
