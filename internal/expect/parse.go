package expect

import "strings"

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
	text  string  // of a literal or a figure, as written
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
	if t.kind != sign {
		return 0
	}
	switch t.text {
	case "?":
		return bindChoice
	case "||", "or":
		return bindOr
	case "&&", "and":
		return bindAnd
	case "==", "!=", "<", "<=", ">", ">=":
		return bindCompare
	case "+", "-":
		return bindSum
	case "*", "/":
		return bindProduct
	}
	return 0
}

// maxDepth bounds nesting: no stack overflows for a text of brackets.
const maxDepth = 100

// parser is one of precedence climbing (V. Pratt, Top down operator precedence,
// 1973): a part is followed by operators as long as they bind tighter than the
// one before it.
type parser struct {
	lexer lexer
	token token // the next one
	depth int
}

func parse(text string) (*node, *failure) {
	p := &parser{lexer: lexer{in: []rune(text)}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	n, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if p.token.kind != end {
		return nil, p.misplaced()
	}
	return n, nil
}

func (p *parser) advance() (err *failure) {
	p.token, err = p.lexer.next()
	return err
}

// take passes a sign that has to be there.
func (p *parser) take(text, otherwise string) *failure {
	if p.token.kind == end {
		return failf(p.token.at, "the expression ends too early: %s", otherwise)
	}
	if p.token.kind != sign || p.token.text != text {
		return p.misplaced()
	}
	return p.advance()
}

// expression reads a part and the operators behind it that bind tighter than
// limit does.
func (p *parser) expression(limit int) (*node, *failure) {
	if p.depth++; p.depth > maxDepth {
		return nil, failf(p.token.at, "nested more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	left, err := p.operand()
	for err == nil && binding(p.token) > limit {
		t := p.token
		if err = p.advance(); err != nil {
			break
		}
		switch bind := binding(t); bind {
		case bindChoice:
			left, err = p.choice(left)
		case bindCompare:
			left, err = p.comparison(left, t)
		default:
			left, err = p.joined(left, t, bind)
		}
	}
	return left, err
}

// joined reads the right side of an operator.
func (p *parser) joined(left *node, t token, bind int) (*node, *failure) {
	right, err := p.expression(bind)
	return &node{kind: binary, at: t.at, op: plainSign(t.text), parts: []*node{left, right}}, err
}

// comparison reads the right side of a comparison, and the further ones of a
// chain: 1 < a <= 5 is 1 < a && a <= 5.
func (p *parser) comparison(left *node, t token) (*node, *failure) {
	all, err := p.joined(left, t, bindCompare)
	middle := all
	for err == nil && orders(t) && orders(p.token) {
		next := p.token
		if err = p.advance(); err != nil {
			break
		}
		if middle, err = p.joined(middle.parts[1], next, bindCompare); err == nil {
			all = &node{kind: binary, at: next.at, op: "&&", parts: []*node{all, middle}}
		}
	}
	return all, err
}

// orders reports whether a token compares by size, and not only for equality.
func orders(t token) bool { return t.kind == sign && (t.text[0] == '<' || t.text[0] == '>') }

// choice reads what stands behind a question mark.
func (p *parser) choice(condition *node) (*node, *failure) {
	yes, err := p.expression(bindChoice - 1)
	if err != nil {
		return nil, err
	}
	colon := p.token.at
	if err := p.take(":", "after a question mark there are two parts, with a colon between them"); err != nil {
		return nil, err
	}
	no, err := p.expression(bindChoice - 1)
	return &node{kind: choice, at: colon, parts: []*node{condition, yes, no}}, err
}

// operand reads a literal, a figure, a part in brackets, or one behind a sign.
func (p *parser) operand() (*node, *failure) {
	t := p.token
	switch {
	case t.kind == end:
		return nil, failf(t.at, "the expression ends too early")
	case t.kind == literal:
		return &node{kind: number, at: t.at, text: t.text, value: t.value, unit: t.unit}, p.advance()
	case t.kind == name:
		return p.named()
	case t.kind == strange:
		return nil, failf(t.at, "%q means nothing in an expectation", t.text)
	case t.text == "(":
		if err := p.advance(); err != nil {
			return nil, err
		}
		n, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		return n, p.take(")", "a bracket is not closed")
	case t.text == "-" || t.text == "+":
		return p.signed(t, bindMinus)
	case t.text == "not" || t.text == "!":
		return p.signed(t, bindNot)
	}
	return nil, failf(t.at, "%q cannot stand here", t.text)
}

func (p *parser) signed(t token, bind int) (*node, *failure) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	n, err := p.expression(bind - 1)
	return &node{kind: unary, at: t.at, op: plainSign(t.text), text: t.text, parts: []*node{n}}, err
}

func (p *parser) named() (*node, *failure) {
	t := p.token
	if err := p.advance(); err != nil {
		return nil, err
	}
	switch {
	case t.text == "true":
		return &node{kind: truth, at: t.at, value: 1}, nil
	case t.text == "false":
		return &node{kind: truth, at: t.at}, nil
	case p.token.kind == sign && p.token.text == "(":
		return nil, failf(t.at, "an expectation has no functions, such as %s: it compares figures and numbers", t.text)
	}
	return &node{kind: figure, at: t.at, text: t.text}, nil
}

// plainSign is an operator's one form.
func plainSign(text string) string {
	switch text {
	case "and":
		return "&&"
	case "or":
		return "||"
	case "not":
		return "!"
	}
	return text
}

// misplaced is about a token where an operator or the end should be.
func (p *parser) misplaced() *failure {
	t := p.token
	switch {
	case t.kind == literal:
		return failf(t.at, "a number cannot stand here: an operator is missing before it")
	case t.text == "=":
		return failf(t.at, `"=" compares nothing: write ==`)
	case t.kind == strange, t.kind == name && strings.Contains(" in is contains matches mod xor ", " "+t.text+" "):
		return failf(t.at, "an expectation cannot use %q: it has %s", t.text, Operators)
	case t.kind == name:
		first, _, _ := strings.Cut(t.text, ".")
		return failf(t.at, "%q cannot stand here: join two comparisons with && or ||", first)
	case t.text == ")":
		return failf(t.at, `")" cannot stand here: no bracket is open`)
	}
	return failf(t.at, "%q cannot stand here", t.text)
}
