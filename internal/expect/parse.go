package expect

import (
	"strings"

	"github.com/herdlab/herdlab/internal/spelling"
)

// nodeKind is what a part of an expression is.
type nodeKind uint8

const (
	number nodeKind = iota // a literal
	figure                 // a dotted name
	truth                  // true or false
	unary                  // op and one part
	binary                 // op between two parts
	choice                 // the condition and what is meant with it and without it
)

// node is a part of an expression.
type node struct {
	kind  nodeKind
	at    int     // where messages point: at the operator, if it has one
	op    string  // as one sign: && for and, ! for not
	text  string  // of a literal, a figure or a unary operator, as written
	value float64 // of a literal; 1 of true
	unit  Unit    // of a literal
	parts []*node
}

// Operators lists those between two parts, for messages and references.
const Operators = "== != < <= > >= && || and or + - * /"

// How tightly operators bind.
const (
	bindChoice = iota + 1
	bindOr
	bindAnd
	bindNot
	bindCompare
	bindSum
	bindProduct
	bindMinus
)

// binding is how tightly an operator between two parts binds; 0 for what is none.
func binding(t token) int {
	switch {
	case t.is("?"):
		return bindChoice
	case t.is("||", "or"):
		return bindOr
	case t.is("&&", "and"):
		return bindAnd
	case t.is("==", "!=", "<", "<=", ">", ">="):
		return bindCompare
	case t.is("+", "-"):
		return bindSum
	case t.is("*", "/"):
		return bindProduct
	}
	return 0
}

// maxDepth bounds nesting: no stack overflows for a text of brackets.
const maxDepth = 100

// parser is one of precedence climbing (V. Pratt, Top down operator precedence,
// 1973): a part is followed by operators as long as they bind tighter than the
// one before it. Its methods panic with a failure, which parse returns.
type parser struct {
	tokens []token // the next one first, and an end as the last
	depth  int
}

// failure is an error at a place of the text.
type failure struct {
	offset int
	err    error
}

func fail(at token, format string, args ...any) {
	panic(&failure{at.at, spelling.Refuse(format, args...)})
}

func parse(text string) (n *node, err *failure) {
	defer func() {
		if r := recover(); r != nil {
			var known bool
			if err, known = r.(*failure); !known {
				panic(r)
			}
		}
	}()
	p := &parser{tokens: scan(text)}
	n = p.expression(0)
	if p.tokens[0].kind != end {
		p.misplaced()
	}
	return n, nil
}

// take passes a token and returns it.
func (p *parser) take() token {
	t := p.tokens[0]
	if t.kind != end {
		p.tokens = p.tokens[1:]
	}
	return t
}

// expect passes a sign that has to be there.
func (p *parser) expect(text, otherwise string) token {
	t := p.tokens[0]
	switch {
	case t.kind == end:
		fail(t, "the expression ends too early: %s", otherwise)
	case !t.is(text):
		p.misplaced()
	}
	return p.take()
}

// expression reads a part and the operators behind it that bind tighter than
// limit does.
func (p *parser) expression(limit int) *node {
	if p.depth++; p.depth > maxDepth {
		fail(p.tokens[0], "nested more than %d deep", maxDepth)
	}
	left := p.operand()
	for binding(p.tokens[0]) > limit {
		switch t := p.take(); binding(t) {
		case bindChoice:
			yes := p.expression(0)
			colon := p.expect(":", "after a question mark there are two parts, with a colon between them")
			left = &node{kind: choice, at: colon.at, parts: []*node{left, yes, p.expression(0)}}
		case bindCompare:
			left = p.comparison(left, t)
		default:
			left = p.joined(left, t)
		}
	}
	p.depth--
	return left
}

// joined reads the right side of an operator.
func (p *parser) joined(left *node, t token) *node {
	return &node{kind: binary, at: t.at, op: oneForm(t.text), parts: []*node{left, p.expression(binding(t))}}
}

// comparison reads the right side of a comparison, and the further ones of a
// chain: 1 < a <= 5 is 1 < a && a <= 5.
func (p *parser) comparison(left *node, t token) *node {
	all := p.joined(left, t)
	last := all
	for t.is("<", "<=", ">", ">=") && p.tokens[0].is("<", "<=", ">", ">=") {
		t = p.take()
		last = p.joined(last.parts[1], t)
		all = &node{kind: binary, at: t.at, op: "&&", parts: []*node{all, last}}
	}
	return all
}

// operand reads a literal, a figure, a part in brackets, or one behind a sign.
func (p *parser) operand() *node {
	t := p.take()
	switch {
	case t.kind == end:
		fail(t, "the expression ends too early")
	case t.kind == literal:
		value, unit, err := quantity(t.text)
		if err != nil {
			panic(&failure{t.at, err})
		}
		return &node{kind: number, at: t.at, text: t.text, value: value, unit: unit}
	case t.is("("):
		n := p.expression(0)
		p.expect(")", "a bracket is not closed")
		return n
	case t.is("-", "+"):
		return &node{kind: unary, at: t.at, op: t.text, text: t.text, parts: []*node{p.expression(bindMinus - 1)}}
	case t.is("!", "not"):
		return &node{kind: unary, at: t.at, op: "!", text: t.text, parts: []*node{p.expression(bindNot - 1)}}
	case t.kind == name:
		return p.named(t)
	case strings.Contains("\"'`", t.text):
		fail(t, "an expectation has no texts: it compares figures and numbers")
	case t.kind == strange:
		fail(t, "%q means nothing in an expectation", t.text)
	}
	fail(t, "%q cannot stand here", t.text)
	return nil
}

func (p *parser) named(t token) *node {
	if i := strings.Index(t.text+".", ".."); i >= 0 {
		fail(token{at: t.at + len([]rune(t.text[:i])) + 1}, "a name is missing after the dot")
	}
	switch {
	case t.text == "true":
		return &node{kind: truth, at: t.at, value: 1}
	case t.text == "false":
		return &node{kind: truth, at: t.at}
	case p.tokens[0].is("("):
		fail(t, "an expectation has no functions, such as %s: it compares figures and numbers", t.text)
	}
	return &node{kind: figure, at: t.at, text: t.text}
}

// oneForm is an operator in the form of signs.
func oneForm(text string) string {
	switch text {
	case "and":
		return "&&"
	case "or":
		return "||"
	}
	return text
}

// misplaced is about a token where an operator or the end should be.
func (p *parser) misplaced() {
	t := p.tokens[0]
	switch {
	case t.kind == literal:
		fail(t, "a number cannot stand here: an operator is missing before it")
	case t.text == "=":
		fail(t, `"=" compares nothing: write ==`)
	case t.kind == strange, t.kind == name && strings.Contains(" in is contains matches mod xor ", " "+t.text+" "):
		fail(t, "an expectation cannot use %q: it has %s", t.text, Operators)
	case t.kind == name:
		first, _, _ := strings.Cut(t.text, ".")
		fail(t, "%q cannot stand here: join two comparisons with && or ||", first)
	case t.text == ")":
		fail(t, `")" cannot stand here: no bracket is open`)
	}
	fail(t, "%q cannot stand here", t.text)
}
