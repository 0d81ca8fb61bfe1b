package expect

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/units"
)

type tokenKind uint8

const (
	end     tokenKind = iota
	literal           // a number with its unit
	name              // a.b.c
	sign              // an operator, of expressions or of other languages, and, or, not, a bracket
	strange           // a sign that no expression has
)

// token is the smallest part of an expression.
type token struct {
	kind tokenKind
	at   int // offset in characters
	text string
}

// isSign reports whether the token is one of these signs.
func (t token) isSign(signs ...string) bool {
	return t.kind == sign && slices.Contains(signs, t.text)
}

// tokens are, in turn: the time that makes a rate of a number, which a division by
// a figure does not; a literal; a name; a sign; anything else.
var tokens = regexp.MustCompile(`^[\s\pZ]*(?:` +
	`([0-9][\pL\pN_.]*(?:%|(?:/(?:sec|s|min|m|h|d)\b)?))|` +
	`([\pL_][\pL\pN_]*(?:\.(?:[\pL_][\pL\pN_]*)?)*)|` +
	`(===|!==|<>|=<|=>|\*\*|\?\?|\?\.|==|!=|<=|>=|&&|\|\||[-+*/<>!?:()])|` +
	`([^\s\pZ]))`)

// scanTokens cuts a text into tokens, with an end behind the last.
func scanTokens(text string) (list []token) {
	at := 0 // characters passed
	for rest := strings.TrimRightFunc(text, unicode.IsSpace); ; {
		m := tokens.FindStringSubmatchIndex(rest)
		if m == nil {
			return append(list, token{kind: end, at: at})
		}
		for kind := literal; kind <= strange; kind++ {
			// Groups of the pattern are in the order of the kinds; one of them has matched.
			if from, to := m[2*kind], m[2*kind+1]; from >= 0 {
				t := token{kind, at + utf8.RuneCountInString(rest[:from]), rest[from:to]}
				if t.text == "and" || t.text == "or" || t.text == "not" {
					t.kind = sign
				}
				list = append(list, t)
			}
		}
		at += utf8.RuneCountInString(rest[:m[1]])
		rest = rest[m[1]:]
	}
}

// parseLiteral is the value of a literal in the unit of figures.
func parseLiteral(text string) (value float64, u Unit, err error) {
	// The more special forms come later: a duration is what is left, whose message
	// names the units that most people mean.
	if digits := strings.ReplaceAll(text, "_", ""); digits != text {
		if _, _, err := parseLiteral(digits); err == nil {
			return 0, 0, spelling.Refuse("%q has an underscore in its number: write %s", text, digits)
		}
	}
	plainText, isPercent := strings.CutSuffix(text, "%")
	value, err = units.ParseNumber(plainText)
	switch {
	case isPercent:
		value, u = value/100, percent
	case err == nil || strings.Trim(text, "0123456789.") == "":
		u = plain
	case strings.Contains(text, "/"):
		u = Rate
		value, err = units.ParseRate(text)
	case strings.HasSuffix(strings.ToLower(text), "b"):
		var size int64
		u = Bytes
		size, err = units.ParseBytes(text)
		value = float64(size)
	default:
		d, invalid := units.ParseDuration(text)
		value, u, err = float64(d)/1e6, Duration, invalid
	}
	if err == nil && value > math.MaxInt64 {
		err = spelling.Refuse("the number is too large")
	}
	return value, u, err
}

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
	form  Form    // of a figure
	text  string  // of a literal, a figure or a unary operator, as written
	value float64 // of a literal; 1 of true
	unit  Unit    // of a literal
	parts []*node
}

// Operators lists what stands between and around parts, for messages and references.
const Operators = "== != < <= > >= && || ! and or not + - * / ? : ( )"

// foreign are operators of other languages, and what to write instead, if anything.
func foreign(text string) (instead string, ok bool) {
	instead, ok = map[string]string{
		"===": "==", "!==": "!=", "<>": "!=", "=<": "<=", "=>": ">=", "&": "&&", "|": "||", "=": "==", "**": "", "??": "", "?.": "",
	}[text]
	return instead, ok
}

// How tightly operators bind, of which binding does not know those before one part.
const (
	bindChoice  = 1
	bindNot     = 4
	bindCompare = 5
	bindMinus   = 8
)

// binding is how tightly an operator between two parts binds; 0 for what is none.
func binding(t token) int {
	return map[string]int{
		"?": bindChoice, "||": 2, "or": 2, "&&": 3, "and": 3,
		"==": bindCompare, "!=": bindCompare, "<": bindCompare, "<=": bindCompare, ">": bindCompare, ">=": bindCompare,
		"+": 6, "-": 6, "*": 7, "/": 7,
	}[t.text]
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

func failAt(at token, format string, args ...any) {
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
	p := &parser{tokens: scanTokens(text)}
	n = p.readExpression(0)
	if p.tokens[0].kind != end {
		p.refuseToken()
	}
	return n, nil
}

// takeToken passes a token and returns it.
func (p *parser) takeToken() token {
	t := p.tokens[0]
	if t.kind != end {
		p.tokens = p.tokens[1:]
	}
	return t
}

// takeSign passes a sign that has to be there.
func (p *parser) takeSign(text, otherwise string) token {
	t := p.tokens[0]
	switch {
	case t.kind == end:
		failAt(t, "the expression ends too early: %s", otherwise)
	case !t.isSign(text):
		p.refuseToken()
	}
	return p.takeToken()
}

// readExpression reads a part and the operators behind it that bind tighter than
// limit does.
func (p *parser) readExpression(limit int) *node {
	// Every way into a deeper part leads through here, signs included.
	if p.depth++; p.depth > maxDepth {
		failAt(p.tokens[0], "nested more than %d deep", maxDepth)
	}
	left := p.readOperand()
	for binding(p.tokens[0]) > limit {
		switch t := p.takeToken(); binding(t) {
		case bindChoice:
			yes := p.readExpression(0)
			colon := p.takeSign(":", "after a question mark there are two parts, with a colon between them")
			// The colon is between the two parts that a message is about.
			left = &node{kind: choice, at: colon.at, parts: []*node{left, yes, p.readExpression(0)}}
		case bindCompare:
			left = p.readChain(left, t)
		default:
			left = p.readRight(left, t)
		}
	}
	p.depth--
	return left
}

// readRight reads the right side of an operator.
func (p *parser) readRight(left *node, t token) *node {
	return &node{kind: binary, at: t.at, op: oneForm(t.text), parts: []*node{left, p.readExpression(binding(t))}}
}

// readChain reads the right side of a comparison, and the further ones of a
// chain: 1 < a <= 5 is 1 < a && a <= 5.
func (p *parser) readChain(left *node, t token) *node {
	all := p.readRight(left, t)
	last := all
	// Equality does not chain: a == b == true compares a truth.
	for t.isSign("<", "<=", ">", ">=") && p.tokens[0].isSign("<", "<=", ">", ">=") {
		t = p.takeToken()
		last = p.readRight(last.parts[1], t)
		all = &node{kind: binary, at: t.at, op: "&&", parts: []*node{all, last}}
	}
	return all
}

// readOperand reads a literal, a figure, a part in brackets, or one behind a sign.
func (p *parser) readOperand() *node {
	t := p.takeToken()
	switch {
	case t.kind == end:
		failAt(t, "the expression ends too early")
	case t.kind == literal:
		value, unit, err := parseLiteral(t.text)
		if err != nil {
			panic(&failure{t.at, err})
		}
		p.refuseSpacedUnit(t)
		return &node{kind: number, at: t.at, text: t.text, value: value, unit: unit}
	case t.isSign("("):
		n := p.readExpression(0)
		p.takeSign(")", "a bracket is not closed")
		return n
	case t.isSign("-", "+", "!"): // tighter than a comparison, as in Go and C
		return &node{kind: unary, at: t.at, op: t.text, text: t.text, parts: []*node{p.readExpression(bindMinus - 1)}}
	case t.isSign("not"): // looser than a comparison: not a > b needs no brackets
		return &node{kind: unary, at: t.at, op: "!", text: t.text, parts: []*node{p.readExpression(bindNot - 1)}}
	case t.kind == name:
		return p.readName(t)
	case strings.Contains("\"'`", t.text):
		failAt(t, "an expectation has no texts: it compares figures and numbers")
	case t.text == "." && p.tokens[0].kind == literal:
		failAt(t, "a number begins with a digit: write 0.%s", p.tokens[0].text)
	}
	refuseForeign(t)
	if t.kind == strange {
		failAt(t, "%q means nothing in an expectation", t.text)
	}
	failAt(t, "%q cannot stand here", t.text)
	return nil
}

// refuseSpacedUnit refuses a unit that stands apart from its number.
func (p *parser) refuseSpacedUnit(number token) {
	next := p.tokens[0]
	if next.kind != name {
		return
	}
	if _, _, err := parseLiteral(number.text + next.text); err == nil {
		failAt(next, "a unit follows its number without a space: write %s%s", number.text, next.text)
	}
}

func (p *parser) readName(t token) *node {
	if i := strings.Index(t.text+".", ".."); i >= 0 {
		failAt(token{at: t.at + len([]rune(t.text[:i])) + 1}, "a name is missing after the dot")
	}
	switch {
	case t.text == "true":
		return &node{kind: truth, at: t.at, value: 1}
	case t.text == "false":
		return &node{kind: truth, at: t.at}
	case p.tokens[0].isSign("("):
		return p.readForm(t)
	}
	return &node{kind: figure, at: t.at, text: t.text}
}

// readForm reads the figure in the brackets behind a form.
func (p *parser) readForm(form token) *node {
	if !slices.Contains(Forms(), form.text) {
		failAt(form, "an expectation has no function %s: it has %s of a figure", form.text, strings.Join(Forms(), ", "))
	}
	p.takeToken()
	of := p.takeToken()
	if of.kind != name || of.text == "true" || of.text == "false" || p.tokens[0].isSign("(") {
		failAt(of, "%s is of a figure alone, such as %s(naive.p99)", form.text, form.text)
	}
	n := p.readName(of)
	n.form = Form(form.text)
	p.takeSign(")", "a bracket is not closed")
	return n
}

// oneForm is an operator in the form of signs.
func oneForm(text string) string {
	return cmp.Or(map[string]string{"and": "&&", "or": "||"}[text], text)
}

// refuseToken is about a token where an operator or the end should be.
func (p *parser) refuseToken() {
	t := p.tokens[0]
	switch {
	case t.kind == literal:
		failAt(t, "a number cannot stand here: an operator is missing before it")
	case t.text == "=":
		failAt(t, `"=" compares nothing: write ==`)
	}
	refuseForeign(t)
	switch {
	case t.kind == strange, t.kind == name && strings.Contains(" in is contains matches mod xor ", " "+t.text+" "):
		failAt(t, "an expectation cannot use %q: it has %s", t.text, Operators)
	case t.kind == name:
		first, _, _ := strings.Cut(t.text, ".")
		failAt(t, "%q cannot stand here: join two comparisons with && or ||", first)
	case t.text == ")":
		failAt(t, `")" cannot stand here: no bracket is open`)
	}
	failAt(t, "%q cannot stand here", t.text)
}

// refuseForeign refuses an operator of another language.
func refuseForeign(t token) {
	switch instead, ok := foreign(t.text); {
	case instead != "":
		failAt(t, "an expectation cannot use %q: write %s", t.text, instead)
	case ok:
		failAt(t, "an expectation cannot use %q: it has %s", t.text, Operators)
	}
}
