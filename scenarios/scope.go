package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/expr-lang/expr/ast"
)

// scope is what the names of an expectation can mean. The keys are the names
// as expectations spell them.
type scope struct {
	strategies, phases, classes map[string]string
	warmUp                      map[string]bool // phases by the name in the file
	order                       []string        // strategies and phases, for suggestions
	classOrder                  []string
}

// ident is a label as an expectation spells it: every character that an
// identifier cannot have becomes an underscore.
func ident(label string) string {
	id := strings.Map(func(r rune) rune {
		if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, label)
	if id != "" && unicode.IsDigit([]rune(id)[0]) {
		return "_" + id
	}
	return id
}

// finder looks up every figure that an expression names.
type finder struct {
	x      *Expectation
	names  *scope
	plain  *plainText
	errs   *problems
	failed bool
}

func (f *finder) fail(n ast.Node, shift int, err error) {
	f.failed = true
	f.x.report(f.errs, f.plain.origin(n.Location().From)+shift, err)
}

// walk visits the expression. It knows the kinds of nodes that an expectation
// may have; the language of expr has many more.
func (f *finder) walk(n ast.Node) {
	if path, root, ok := chain(n); ok {
		f.mention(path, root)
		return
	}
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
	case *ast.UnaryNode:
		f.walk(n.Node)
	case *ast.BinaryNode:
		if !slices.Contains(operators(), n.Operator) {
			f.fail(n, 0, refuse("an expectation cannot use %q: it has %s", n.Operator, strings.Join(operators(), " ")))
			return
		}
		f.walk(n.Left)
		f.walk(n.Right)
	case *ast.ConditionalNode:
		f.walk(n.Cond)
		f.walk(n.Exp1)
		f.walk(n.Exp2)
	default:
		f.fail(n, 0, refuse("an expectation compares figures and numbers: this is something else"))
	}
}

func operators() []string {
	return []string{"==", "!=", "<", "<=", ">", ">=", "&&", "||", "and", "or", "+", "-", "*", "/"}
}

// chain is the path of names that a node spells, and its first name.
func chain(n ast.Node) (path []string, root ast.Node, ok bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return []string{n.Value}, n, true
	case *ast.ChainNode:
		return chain(n.Node)
	case *ast.MemberNode:
		name, isName := n.Property.(*ast.StringNode)
		path, root, ok = chain(n.Node)
		if !ok || !isName || n.Optional {
			return nil, nil, false
		}
		return append(path, name.Value), root, true
	}
	return nil, nil, false
}

// mention resolves [phase.]strategy[.classes.class].figure.
func (f *finder) mention(path []string, root ast.Node) {
	m := mention{text: strings.Join(path, ".")}
	at := 0 // characters before the name that is looked at
	rest := path
	next := func() { at += len([]rune(rest[0])) + 1; rest = rest[1:] }
	if phase, ok := f.names.phases[rest[0]]; ok {
		if f.names.warmUp[phase] {
			f.fail(root, at, fmt.Errorf("phase %q is a warm-up and counts in no figure", phase))
			return
		}
		m.phase = phase
		next()
	}
	if len(rest) == 0 {
		f.fail(root, 0, fmt.Errorf("%s is a phase: go on with a strategy and a figure, such as %s.naive.p99", m.text, m.text))
		return
	}
	var ok bool
	if m.strategy, ok = f.names.strategies[rest[0]]; !ok {
		f.unknown(root, at, "strategy or phase", rest[0], f.names.order)
		return
	}
	next()
	if len(rest) > 0 && rest[0] == "classes" {
		next()
		if m.phase != "" {
			f.fail(root, at, fmt.Errorf("a class has figures of the whole run only, not of a phase"))
			return
		}
		if len(rest) == 0 {
			f.fail(root, at, fmt.Errorf("a class is missing after classes: there are %s", listed(f.names.classOrder)))
			return
		}
		if m.class, ok = f.names.classes[rest[0]]; !ok {
			f.unknown(root, at, "class", rest[0], f.names.classOrder)
			return
		}
		next()
	}
	scoped := m.phase != "" || m.class != ""
	if len(rest) == 0 {
		f.fail(root, 0, fmt.Errorf("a figure is missing after %s: there are %s", m.text, listed(figureNames(scoped))))
		return
	}
	if m.figure, ok = findFigure(rest[0]); !ok {
		f.unknown(root, at, "figure", rest[0], append(figureNames(scoped), "classes"))
		return
	}
	if scoped && m.figure.run {
		f.fail(root, at, fmt.Errorf("%s is known of the whole run only, not of a phase or a class", m.figure.name))
		return
	}
	if len(rest) > 1 {
		f.fail(root, at, fmt.Errorf("%s is a figure: nothing can follow it", m.figure.name))
		return
	}
	if !slices.ContainsFunc(f.x.mentions, func(o mention) bool { return o.text == m.text }) {
		f.x.mentions = append(f.x.mentions, m)
	}
}

func (f *finder) unknown(root ast.Node, at int, what, name string, known []string) {
	err := &hinted{fmt.Sprintf("unknown %s %q", what, name), Suggest(name, known)}
	if err.hint == "" {
		err.msg += "; there are " + listed(known)
	}
	f.fail(root, at, err)
}
