package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/herdlab/herdlab/internal/expect"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/stats"
)

// Expectation is a line of the scenario's expect list, compiled.
type Expectation struct {
	Text string // as written
	Line int    // in the file; 0 in an override
	Set  string // the override it is from, as "--set expect"; empty in the file

	Reasons

	at         settings.Place
	indent     int // columns before the text: its opening quote
	expression *expect.Expression
	mentions   map[expect.Figure]mention
}

// mention is a figure that an expectation names. Phase and class are empty where
// it is of the whole run.
type mention struct {
	phase, class string
	strategies   []string // whose figure it is: of several, the worst of theirs
	figure       figures.Figure
}

// value is a form of the figure; false where a strategy has none.
func (m mention) value(form expect.Form, get Getter) (worst float64, ok bool) {
	for i, strategy := range m.strategies {
		values := get(m.figure, strategy, m.phase, m.class)
		if len(values) == 0 {
			return 0, false
		}
		v := m.ofSeeds(form, values)
		if i == 0 || (v > worst) == (m.figure.Better == figures.Lower) {
			worst = v
		}
	}
	return worst, true
}

// ofSeeds is the form of the figure over the seeds.
func (m mention) ofSeeds(form expect.Form, values []float64) float64 {
	mid, low, high, _ := stats.Median(values)
	switch {
	case form == expect.Lower:
		return low
	case form == expect.Upper:
		return high
	case form == expect.Worst && m.figure.Better == figures.Lower, form == expect.Best && m.figure.Better == figures.Higher:
		return slices.Max(values)
	case form == expect.Worst || form == expect.Best:
		return slices.Min(values)
	}
	return mid
}

// Getter returns a figure of a strategy under each seed, in the figure's unit:
// milliseconds, shares of 1 or counts. Phase and class are empty for the whole. There is
// none where a seed has no value.
type Getter func(f figures.Figure, strategy, phase, class string) (values []float64)

// Check evaluates the expectation. It does not hold where a figure has no value. The
// reason lists every figure named with its value.
func (x *Expectation) Check(get Getter) (holds bool, reason string) {
	values := make(map[expect.Figure]float64, len(x.mentions))
	var found, missing []string
	for _, f := range x.expression.Figures() {
		m := x.mentions[f]
		v, ok := m.value(f.Form, get)
		if !ok {
			missing = append(missing, f.String()+" has no value")
			continue
		}
		values[f] = v
		found = append(found, f.String()+" = "+unitOf(m.figure).Format(v))
	}
	reason = strings.Join(append(missing, found...), ", ")
	if len(missing) > 0 {
		return false, reason
	}
	holds, err := x.expression.Holds(func(f expect.Figure) float64 { return values[f] })
	if err != nil {
		reason += ": " + err.Error()
	}
	return holds, reason
}

// Strategies lists the labels of the strategies that the expectation is about,
// in the order in which it first names them.
func (x *Expectation) Strategies() []string {
	var list []string
	for _, f := range x.expression.Figures() {
		for _, label := range x.mentions[f].strategies {
			if !slices.Contains(list, label) {
				list = append(list, label)
			}
		}
	}
	return list
}

// compile checks the expression against the names of the scenario.
func (x *Expectation) compile(names *scope, report expect.Report) {
	x.mentions = make(map[expect.Figure]mention)
	lookup := func(form expect.Form, path []string) (expect.Unit, int, error) {
		m, part, err := names.resolve(path)
		if err != nil {
			return 0, part, err
		}
		if m.figure.Better == figures.Neither && (form == expect.Worst || form == expect.Best) {
			return 0, len(path) - 1, fmt.Errorf("of %s no value is the %s: write upper or lower", m.figure.Name, form)
		}
		x.mentions[expect.Figure{Form: form, Name: strings.Join(path, ".")}] = m
		return unitOf(m.figure), 0, nil
	}
	x.expression = expect.Compile(x.Text, lookup, report)
}

// Require adds an expectation from a command line. It is about the strategies that the
// scenario has by then, whichever it had in its file, and about all of them where it names
// none: worst(p99) < 200ms.
func (s *Scenario) Require(text string) (wrong error) {
	names := *s.names
	names.bare = true
	names.strategies = make(map[string][]string)
	for _, e := range s.Strategies {
		names.strategies[identifier(e.Name)] = []string{e.Name}
		names.strategies[everyStrategy] = append(names.strategies[everyStrategy], e.Name)
	}
	x := &Expectation{Text: text, Set: "--require", Reasons: Reasons{World: "both"}}
	if x.compile(&names, firstWrong(&wrong)); wrong != nil {
		return fmt.Errorf("--require %q, %s: %w", text, s.Name, wrong)
	}
	s.Expect = append(s.Expect, x)
	return nil
}

// Reasons are what an expectation says beside its expression.
type Reasons struct {
	Because string `yaml:"because" doc:"where the number comes from: stated by the source, measured, or derived"`
	World   string `yaml:"world" default:"both" enum:"modelled,real,both" doc:"where it must hold: in simulate, in loadtest, or in both"`
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

// unitOf is the unit of a figure in an expression.
func unitOf(f figures.Figure) expect.Unit {
	return [...]expect.Unit{
		figures.Count: expect.Count, figures.Share: expect.Share, figures.Bytes: expect.Bytes, figures.PerSecond: expect.Rate,
		figures.Duration: expect.Duration, figures.Latency: expect.Duration,
	}[f.Unit]
}

// everyStrategy is what an expectation calls all strategies together, of which the worst
// is meant, with the requests of every class.
const everyStrategy = "all"

// scope is what the names of an expectation can mean. The keys are the names
// as expectations spell them.
type scope struct {
	strategies      map[string][]string
	phases, classes map[string]string
	warmUp          map[string]bool // phases by the name in the file
	order           []string        // strategies and phases, for suggestions
	bare            bool            // a path without a strategy is about all of them
	classOrder      []string
	figures         figures.Table
}

// newScope gathers the names of a scenario. Two that expectations cannot tell
// apart are a mistake.
func newScope(c checker) *scope {
	names := &scope{
		strategies: map[string][]string{}, phases: map[string]string{}, classes: map[string]string{figures.AllClasses: figures.AllClasses},
		warmUp: map[string]bool{}, figures: figures.All(),
	}
	taken := map[string]string{everyStrategy: "all strategies together"}
	take := func(what, name string, at settings.Place) string {
		id := identifier(name)
		if other, ok := taken[id]; ok {
			c.errs.Addf(at, "%s %q has the name of %s in expectations (%s): rename one of them", what, name, other, id)
		}
		taken[id] = fmt.Sprintf("%s %q", what, name)
		names.order = append(names.order, id)
		return id
	}
	for _, e := range c.Strategies {
		names.strategies[take("strategy", e.Name, e.at)] = []string{e.Name}
	}
	for _, e := range c.Strategies {
		names.strategies[everyStrategy] = append(names.strategies[everyStrategy], e.Name)
	}
	names.order = append(names.order, everyStrategy)
	for _, p := range c.Phases {
		names.phases[take("phase", p.Name, c.root.Place("phases."+p.Name))] = p.Name
		names.warmUp[p.Name] = p.WarmUp
	}
	for i, class := range c.Workload {
		id := identifier(class.Class)
		if id == figures.AllClasses {
			c.errs.Addf(c.root.Place(fmt.Sprintf("workload.%d.class", i)), "class %q has the name of all classes together in expectations: rename it", class.Class)
		}
		names.classes[id] = class.Class
		names.classOrder = append(names.classOrder, id)
	}
	return names
}

// identifier is a label as an expectation spells it: every character that a name
// cannot have becomes an underscore.
func identifier(label string) string {
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

// resolve finds the figure of [phase.]strategy[.classes.class].figure, and where that is
// allowed of a path without a strategy. What leads to
// none is an error about one part of the path.
func (s *scope) resolve(path []string) (m mention, part int, err error) {
	text, rest := strings.Join(path, "."), path
	next := func() { part++; rest = rest[1:] }
	var ok bool
	if m.phase, ok = s.phases[rest[0]]; ok {
		if s.warmUp[m.phase] {
			return m, 0, fmt.Errorf("phase %q is a warm-up and counts in no figure", m.phase)
		}
		next()
	}
	if len(rest) == 0 {
		return m, 0, fmt.Errorf("%s is a phase: go on with a strategy and a figure, such as %s.naive.p99", text, text)
	}
	every := rest[0] == everyStrategy || s.withoutStrategy(rest[0])
	if every {
		m.strategies = s.strategies[everyStrategy]
	} else if m.strategies, ok = s.strategies[rest[0]]; !ok {
		return m, part, spelling.Unknown("strategy or phase", rest[0], s.order)
	}
	if !s.withoutStrategy(rest[0]) {
		next()
	}
	of := figures.Run
	if m.phase != "" {
		of = figures.Phase
	}
	if len(rest) > 0 && rest[0] == "classes" {
		next()
		if m.class, err = s.class(m, rest); err != nil {
			return m, part, err
		}
		of = figures.Class
		next()
	}
	if len(rest) == 0 {
		return m, 0, fmt.Errorf("a figure is missing after %s: there are %s", text, spelling.List(s.figures.Names(of)))
	}
	m.figure, err = figureOf(s.figures, of, rest)
	switch {
	case err != nil:
	case every && len(m.strategies) > 1 && m.figure.Better == figures.Neither:
		err = fmt.Errorf("of %s no strategy's is the worst: name the strategy", m.figure.Name)
	case every && of == figures.Run && m.figure.Scope == figures.Class:
		m.class = figures.AllClasses
	}
	return m, part, err
}

// withoutStrategy reports whether a path goes on with its figure where the strategy could
// stand.
func (s *scope) withoutStrategy(name string) bool {
	if _, taken := s.strategies[name]; taken || !s.bare {
		return false
	}
	_, known := s.figures.Find(name)
	return known || name == "classes"
}

// figureOf finds the figure that ends a path, and that is known of a scope.
func figureOf(all figures.Table, of figures.Scope, rest []string) (f figures.Figure, err error) {
	f, ok := all.Find(rest[0])
	switch {
	case !ok:
		err = spelling.Unknown("figure", rest[0], append(all.Names(of), "classes"))
	case f.Scope < of:
		err = fmt.Errorf("%s is known of %s", f.Name, knownOf(f.Scope))
	case len(rest) > 1:
		err = fmt.Errorf("%s is a figure: nothing can follow it", f.Name)
	}
	return f, err
}

// class is the class that the rest of a path begins with.
func (s *scope) class(m mention, rest []string) (string, error) {
	if m.phase != "" {
		return "", fmt.Errorf("a class has figures of the whole run only, not of a phase")
	}
	if len(rest) == 0 {
		return "", fmt.Errorf("a class is missing after classes: there are %s", spelling.List(s.classOrder))
	}
	class, ok := s.classes[rest[0]]
	if !ok {
		return "", spelling.Unknown("class", rest[0], s.classOrder)
	}
	return class, nil
}

// knownOf says what a figure of less than every scope is known of.
func knownOf(s figures.Scope) string {
	if s == figures.Run {
		return "the whole run only, not of a phase or a class"
	}
	return "the whole run and its phases, not of a class"
}
