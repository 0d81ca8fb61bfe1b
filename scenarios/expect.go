package scenarios

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/settings"
)

// Expectation is a line of the scenario's expect list, compiled.
type Expectation struct {
	Text string // as written
	Line int    // in the file; 0 in an override
	Set  string // the override it is from, as "--set expect"; empty in the file

	Reasons

	at       settings.Place
	indent   int      // columns before the text: its opening quote
	tree     ast.Node // of truth, with every unit checked
	mentions []mention
}

// mention is a figure that an expectation names.
type mention struct {
	text                   string // as written: burst.naive.p99
	phase, strategy, class string
	figure                 figures.Figure
}

// Check evaluates the expectation. Get returns a figure by the names of the
// file (phase and class are empty for the whole), in the figure's unit:
// milliseconds, shares of 1 or counts; of several seeds, the median. It
// returns false for a figure that has no value, and then the expectation does
// not hold. The reason lists every figure named with its value.
func (x *Expectation) Check(get func(phase, strategy, class, metric string) (value float64, ok bool)) (holds bool, reason string) {
	values := make(map[string]float64, len(x.mentions))
	var found, missing []string
	for _, m := range x.mentions {
		v, ok := get(m.phase, m.strategy, m.class, m.figure.Name)
		if !ok {
			missing = append(missing, m.text+" has no value")
			continue
		}
		values[m.text] = v
		found = append(found, m.text+" = "+written(dimension(m.figure.Unit), v))
	}
	reason = strings.Join(append(missing, found...), ", ")
	if len(missing) > 0 {
		return false, reason
	}
	e := evaluation{values: values}
	if holds = e.truth(x.tree); e.err != nil {
		return false, reason + ": " + e.err.Error()
	}
	return holds, reason
}

// Strategies lists the labels of the strategies that the expectation is about,
// in the order in which it first names them.
func (x *Expectation) Strategies() []string {
	var list []string
	for _, m := range x.mentions {
		if !slices.Contains(list, m.strategy) {
			list = append(list, m.strategy)
		}
	}
	return list
}

// Reasons are what an expectation says beside its expression.
type Reasons struct {
	Because string `yaml:"because" doc:"where the figure comes from, and whether it was stated, measured or derived"`
	World   string `yaml:"world" default:"both" enum:"modelled,real,both" doc:"where it is to hold: in simulate, in loadtest, or in both"`
}

// reasoned is an expectation written as a mapping.
type reasoned struct {
	That    string `yaml:"that" required:"true" doc:"the expression, such as naive.computes == 50"`
	Reasons `yaml:",inline"`
}

// Expectations are what must hold of the results. Their expressions are compiled
// once the strategies are known.
type Expectations []*Expectation

var _ settings.Value = (*Expectations)(nil)

// DecodeSetting reads a list of expressions, or of mappings with an expression.
func (x *Expectations) DecodeSetting(d *settings.Decoder, n *settings.Node) {
	if n.Kind != settings.List {
		d.Errs.Addf(n.At, "expect is %s here: write a list of expressions", n.Kind)
		return
	}
	for _, item := range n.Items {
		reasons := Reasons{World: "both"}
		if item.Kind == settings.Mapping {
			item, reasons = readReasons(d, item)
		}
		if item == nil {
			continue
		}
		if item.Kind != settings.Scalar || strings.TrimSpace(item.Text) == "" {
			d.Errs.Addf(item.At, "an expectation is an expression such as naive.computes == 50, not %s", item.Kind)
			continue
		}
		*x = append(*x, newExpectation(item, reasons))
	}
}

// SettingSchema is that of a list of expressions, with reasons or without.
func (x *Expectations) SettingSchema() settings.Object {
	mapping := settings.StructSchema(reflect.TypeFor[reasoned]())
	return settings.Object{"type": "array", "items": settings.Object{"anyOf": []any{settings.Object{"type": "string"}, mapping}}}
}

// readReasons reads an expectation that is a mapping, and finds its expression;
// nil where there is none.
func readReasons(d *settings.Decoder, n *settings.Node) (that *settings.Node, r Reasons) {
	var x reasoned
	that = n.Get("that")
	if that != nil && that.Typed { // a bare number or truth value: the expression says so better
		that.Typed = false
	}
	d.Struct(n, &x, "an expectation")
	if that != nil && that.Kind != settings.Scalar { // as the decoder has said
		that = nil
	}
	return that, x.Reasons
}

func newExpectation(n *settings.Node, reasons Reasons) *Expectation {
	x := &Expectation{Text: n.Text, Reasons: reasons, at: n.At}
	if n.At.Source.Override {
		x.Set, _, _ = strings.Cut(n.At.Source.Name, "=")
	} else {
		x.Line = n.At.Line
	}
	if n.Quoted {
		x.indent = 1
	}
	return x
}

// Figures lists the names that can follow a strategy in an expectation, and so
// those that the function given to [Expectation.Check] is asked for.
func Figures() []string { return figures.Names(figures.Run) }

// compile checks the expression against the names of the scenario.
func (x *Expectation) compile(names *scope, errs *settings.Problems) {
	plain, offset, err := literals(x.Text)
	if err != nil {
		x.report(errs, offset, err)
		return
	}
	tree, err := parser.Parse(plain.text)
	if err != nil {
		offset, err := unparsed(plain, err)
		x.report(errs, offset, err)
		return
	}
	f := &finder{x: x, names: names, plain: plain, errs: errs}
	u := f.walk(tree.Node)
	switch {
	case f.failed:
		return
	case u != truth:
		f.fail(first(tree.Node), 0, errors.New("the expectation is a number and not true or false: compare it with something"))
		return
	case len(x.mentions) == 0:
		x.report(errs, 0, errors.New("the expectation names no figure: write one such as naive.computes == 50"))
		return
	}
	x.tree = tree.Node
}

func (x *Expectation) report(errs *settings.Problems, offset int, err error) {
	errs.AddError(x.at.Shift(x.indent+offset).Clamp(), err)
}
