package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/expr-lang/expr/ast"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
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
	errs   *settings.Problems
	failed bool
}

func (f *finder) fail(n ast.Node, shift int, err error) {
	f.failed = true
	f.x.report(f.errs, f.plain.origin(n.Location().From)+shift, err)
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

// mention resolves [phase.]strategy[.classes.class].figure, and says in what unit
// that is.
func (f *finder) mention(path []string, root ast.Node) unit {
	m := mention{text: strings.Join(path, ".")}
	at := 0 // characters before the name that is looked at
	rest := path
	next := func() { at += len([]rune(rest[0])) + 1; rest = rest[1:] }
	if phase, ok := f.names.phases[rest[0]]; ok {
		if f.names.warmUp[phase] {
			f.fail(root, at, fmt.Errorf("phase %q is a warm-up and counts in no figure", phase))
			return unknown
		}
		m.phase = phase
		next()
	}
	if len(rest) == 0 {
		f.fail(root, 0, fmt.Errorf("%s is a phase: go on with a strategy and a figure, such as %s.naive.p99", m.text, m.text))
		return unknown
	}
	var ok bool
	if m.strategy, ok = f.names.strategies[rest[0]]; !ok {
		f.unknown(root, at, "strategy or phase", rest[0], f.names.order)
		return unknown
	}
	next()
	if len(rest) > 0 && rest[0] == "classes" {
		next()
		if m.phase != "" {
			f.fail(root, at, fmt.Errorf("a class has figures of the whole run only, not of a phase"))
			return unknown
		}
		if len(rest) == 0 {
			f.fail(root, at, fmt.Errorf("a class is missing after classes: there are %s", spelling.List(f.names.classOrder)))
			return unknown
		}
		if m.class, ok = f.names.classes[rest[0]]; !ok {
			f.unknown(root, at, "class", rest[0], f.names.classOrder)
			return unknown
		}
		next()
	}
	of := figures.Run
	switch {
	case m.class != "":
		of = figures.Class
	case m.phase != "":
		of = figures.Phase
	}
	if len(rest) == 0 {
		f.fail(root, 0, fmt.Errorf("a figure is missing after %s: there are %s", m.text, spelling.List(figures.Names(of))))
		return unknown
	}
	if m.figure, ok = figures.Find(rest[0]); !ok {
		f.unknown(root, at, "figure", rest[0], append(figures.Names(of), "classes"))
		return unknown
	}
	if m.figure.Scope < of {
		f.fail(root, at, fmt.Errorf("%s is known of %s", m.figure.Name, knownOf(m.figure.Scope)))
		return unknown
	}
	if len(rest) > 1 {
		f.fail(root, at, fmt.Errorf("%s is a figure: nothing can follow it", m.figure.Name))
		return unknown
	}
	if !slices.ContainsFunc(f.x.mentions, func(o mention) bool { return o.text == m.text }) {
		f.x.mentions = append(f.x.mentions, m)
	}
	return dimension(m.figure.Unit)
}

// knownOf says what a figure of less than every scope is known of.
func knownOf(s figures.Scope) string {
	if s == figures.Run {
		return "the whole run only, not of a phase or a class"
	}
	return "the whole run and its phases, not of a class"
}

func (f *finder) unknown(root ast.Node, at int, what, name string, known []string) {
	f.fail(root, at, spelling.Unknown(what, name, known))
}
