package compare

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/units"
)

// Rule is a change that must not be, as --fail-on has it: a figure, and how much of a
// change is too much.
//
//	p99 +10%             the p99 of any strategy rises by more than a tenth
//	mutex.computes +5    more than five loads more
//	failures +0          any failure more
//	hit_ratio -1pp       a percentage point less
//	burst.swr.p99 +5ms   in a phase;   swr.classes.page.p99   of a class
//	any worse            any figure, beyond noise; with 5%, by more than that too
//	naive.any changed    to either side
type Rule struct {
	Text string

	path   []string // that leads to the figure: phase, strategy, class
	figure string   // empty is any
	kind   kind
	limit  float64 // as a share of what was, or in the unit of the figure; with its sign
	share  bool
}

// kind is what kind of change a rule is about.
type kind uint8

const (
	byLimit kind = iota // beyond a limit with a sign
	toWorse
	toAnything
)

// Usual is what fails where nothing else is asked for.
func Usual() Rule { return Rule{Text: "any worse", kind: toWorse} }

const example = `write a figure and what is too much, such as "p99 +10%", "failures +0" or "any worse"`

var rulePattern = regexp.MustCompile(`^\s*([^\s+]+)\s+(?:(worse|changed)(?:\s+([^\s+-]\S*))?|([+-]\S*))\s*$`)

// ParseRule reads a rule. Whether there is such a strategy, phase or class shows when it
// is checked.
func ParseRule(text string, table figures.Table) (Rule, error) {
	r, err := parseRule(text, table)
	return r, withHint(err)
}

// withHint has an error say what was probably meant.
func withHint(err error) error {
	var e *spelling.Error
	if errors.As(err, &e) && e.Hint != "" {
		return fmt.Errorf("%w; did you mean %s?", err, e.Hint)
	}
	return err
}

func parseRule(text string, table figures.Table) (Rule, error) {
	m := rulePattern.FindStringSubmatch(text)
	if m == nil {
		return Rule{}, explain(text)
	}
	r := Rule{Text: strings.Join(strings.Fields(text), " "), path: strings.Split(m[1], ".")}
	if slices.Contains(r.path, "") {
		return Rule{}, spelling.Refuse("%q has a dot too many: %s", text, example)
	}
	r.figure, r.path = r.path[len(r.path)-1], r.path[:len(r.path)-1]
	f, err := findFigure(r.figure, table)
	if err != nil {
		return Rule{}, err
	}
	if r.figure == "any" {
		r.figure = ""
	}
	switch m[2] {
	case "worse":
		r.kind = toWorse
		if r.figure != "" && f.Better == figures.Neither {
			return Rule{}, spelling.Refuse("%s has no better and no worse: write %s changed, or a limit such as +10%%", f.Name, m[1])
		}
	case "changed":
		r.kind = toAnything
	default:
		return r, r.parseLimit(f, m[1], m[4])
	}
	if m[3] == "" {
		return r, nil
	}
	if !strings.HasSuffix(m[3], "%") {
		return Rule{}, spelling.Refuse("%q: after %s there may be a share such as 5%%", text, m[2])
	}
	r.share = true
	r.limit, err = units.ParseShare(m[3])
	return r, err
}

// explain says of a text that is no rule what it lacks.
func explain(text string) error {
	fields := strings.Fields(text)
	last := len(fields) - 1
	switch {
	case last < 0:
		return spelling.Refuse("it is empty: %s", example)
	case last == 0 && strings.ContainsAny(fields[0], "+"):
		return spelling.Refuse("%q has no space before its limit: write %q", text, strings.Replace(fields[0], "+", " +", 1))
	case last == 0:
		return spelling.Refuse("%q does not say what is too much: write %q or %q", text, fields[0]+" +10%", fields[0]+" worse")
	case last == 1 && strings.Trim(fields[1][:1], "0123456789") == "":
		return spelling.Refuse("%q has no sign: write +%s for what is too much, or -%s for what is too little", text, fields[1], fields[1])
	case last == 1:
		if near := spelling.Suggest(fields[1], []string{"worse", "changed"}); near != "" {
			return &spelling.Error{Msg: fmt.Sprintf("%q is no change", fields[1]), Hint: near}
		}
	}
	return spelling.Refuse("%q is no rule: %s", text, example)
}

// findFigure looks a figure up; any stands for all.
func findFigure(name string, table figures.Table) (figures.Figure, error) {
	all := slices.Concat(table, ownFigures())
	f, ok := all.Find(name)
	if !ok && name != "any" {
		return f, spelling.Unknown("figure", name, append(all.Names(figures.Run), "any"))
	}
	return f, nil
}

// parseLimit reads +10%, +5, -1pp, +2ms. A figure that is to be low must not rise, and
// one that is to be high must not fall: a limit the other way would forbid to improve.
func (r *Rule) parseLimit(f figures.Figure, path, text string) error {
	if r.figure == "" {
		return spelling.Refuse("%q: of any figure there is no common limit: write any worse, or any worse %s", r.Text, strings.Trim(text, "+-"))
	}
	amount, sign := text[1:], 1.0
	if text[0] == '-' {
		sign = -1
	}
	if sign > 0 && f.Better == figures.Higher || sign < 0 && f.Better == figures.Lower {
		other := map[byte]string{'+': "-", '-': "+"}[text[0]]
		return spelling.Refuse("%s is better when it %s: write %q", f.Name, map[bool]string{true: "rises", false: "falls"}[sign > 0], path+" "+other+amount)
	}
	var err error
	r.limit, r.share, err = parseAmount(f, amount)
	r.limit *= sign
	return err
}

// parseAmount reads how much: a share of what was, or an amount in the figure's unit.
func parseAmount(f figures.Figure, text string) (v float64, share bool, err error) {
	if percent, ok := strings.CutSuffix(text, "%"); ok {
		v, err = units.ParseNumber(percent)
		return v / 100, true, negative(text, v, err)
	}
	switch f.Unit {
	case figures.Duration, figures.Latency:
		d, err := units.ParseDuration(text)
		return float64(d) / 1e6, false, err
	case figures.Bytes:
		n, err := units.ParseBytes(text)
		return float64(n), false, err
	case figures.PerSecond:
		v, err = units.ParseRate(text)
		return v, false, err
	case figures.Share:
		points, ok := strings.CutSuffix(text, "pp")
		if !ok && text != "0" {
			return 0, false, spelling.Refuse("%s is a share: write 10%% for a tenth of what it was, or 1pp for a percentage point, not %q", f.Name, text)
		}
		v, err = units.ParseNumber(points)
		return v / 100, false, negative(text, v, err)
	}
	v, err = units.ParseNumber(text)
	if err != nil {
		err = spelling.Refuse("%s is a number of things: write 5, or 10%% for a tenth of what it was, not %q", f.Name, text)
	}
	return v, false, negative(text, v, err)
}

// negative refuses a second sign.
func negative(text string, v float64, err error) error {
	if err == nil && (v < 0 || math.Signbit(v)) {
		return spelling.Refuse("%q has two signs", text)
	}
	return err
}

// least is the change of a row that the rule lets pass, without its sign.
func (r Rule) least(row *Row) float64 {
	limit := math.Abs(r.limit)
	if r.share {
		limit *= math.Abs(row.Old)
	}
	switch {
	case r.kind == toWorse:
		return math.Max(limit, row.floor())
	case !row.Evidence.Exact && (r.share || r.kind == toAnything): // a share of next to nothing is within noise
		return math.Max(limit, row.floor())
	}
	return limit
}

// breaks reports whether a row, with this verdict beyond what the rule lets pass, is what
// must not be.
func (r Rule) breaks(row *Row, v Verdict) bool {
	switch {
	case v == NotEnough || v == OneSided: // whoever names a figure asked for no gate that cannot fail
		return r.figure != ""
	case r.kind == toWorse:
		return v == Worse
	case r.kind == byLimit && row.Better == figures.Neither:
		return v == Changed && math.Signbit(row.Evidence.Estimate) == math.Signbit(r.limit)
	case r.kind == byLimit:
		return v == Worse
	}
	return v != Same
}

// verdicts are those of the rows beyond what a rule lets pass. A rule about some figures
// asks for fewer at once than a whole comparison does, and can tell more of them.
func (r Rule) verdicts(places []Place) []Verdict {
	asked := make([]*Row, len(places))
	for i, row := range places {
		one := *row.Row
		asked[i] = &one
	}
	if r.figure != "" {
		among(slices.DeleteFunc(slices.Clone(asked), (*Row).certain))
	}
	list := make([]Verdict, len(places))
	for i, row := range asked {
		list[i] = row.against(r.least(row))
	}
	return list
}

// location is what the path of a rule leads to.
type location struct {
	strategy string // empty is every one
	every    bool   // was said, and means every class, too
	part     Part
}

// locate reads [phase.][strategy.][classes.class.] of what there is to compare. Names
// are as expectations have them, with _ for what a name may not have there.
func (r Rule) locate(known names) (at location, err error) {
	rest := r.path
	if i := slices.Index(rest, "classes"); i >= 0 {
		if len(rest) != i+2 {
			return at, fmt.Errorf("%q: one class stands between classes and the figure: there are %s", r.Text, spelling.List(known.classes))
		}
		if at.part.Class = find(rest[i+1], known.classes); at.part.Class == "" {
			return at, r.unknown("class", rest[i+1], known.classes)
		}
		rest = rest[:i]
	}
	if len(rest) > 0 && at.part.Class == "" {
		if at.part.Phase = find(rest[0], known.phases); at.part.Phase != "" {
			rest = rest[1:]
		}
	}
	if len(rest) > 0 && rest[0] == "all" {
		at.every = true
		rest = rest[1:]
	} else if len(rest) > 0 {
		if at.strategy = find(rest[0], known.strategies); at.strategy == "" {
			return at, r.unknown("strategy or phase", rest[0], slices.Concat(known.strategies, known.phases, []string{"all"}))
		}
		rest = rest[1:]
	}
	if len(rest) > 0 {
		return at, fmt.Errorf("%q: nothing can stand between a strategy and its figure but classes and one of them", r.Text)
	}
	return at, nil
}

// unknown refuses a name of a rule.
func (r Rule) unknown(what, name string, known []string) error {
	return fmt.Errorf("%q: %w", r.Text, withHint(spelling.Unknown(what, name, known)))
}

// names are those of all strategies, phases and classes that are compared.
type names struct{ strategies, phases, classes []string }

func namesOf(c *Comparison) (known names) {
	add := func(list *[]string, name string) {
		if name != "" && !slices.Contains(*list, name) {
			*list = append(*list, name)
		}
	}
	for _, p := range c.places() {
		add(&known.strategies, p.Strategy)
		add(&known.phases, p.Part.Phase)
		add(&known.classes, p.Part.Class)
	}
	return known
}

// find is the name that is written like this, or "".
func find(written string, names []string) string {
	like := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r == '-' || r == ' ' {
				return '_'
			}
			return r
		}, strings.ToLower(s))
	}
	i := slices.IndexFunc(names, func(name string) bool { return like(name) == like(written) })
	if i < 0 {
		return ""
	}
	return names[i]
}
