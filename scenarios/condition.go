package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/expect"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/spelling"
)

// Condition is what every strategy has to keep: an expression over figures as in an
// expectation, without the strategy before them. It is about the run as a whole and
// about every class of requests, bystanders included; a figure behind classes.page is
// about that class alone, and behind classes.all about all of them together.
type Condition struct {
	text       string
	limit      string // what a budget calls it, where it is written so
	expression *expect.Expression
	classes    []string // as expectations spell them
}

// ClassFigure is what a condition calls a figure of a class.
func ClassFigure(class, figure string) string { return "classes." + identifier(class) + "." + figure }

// ParseCondition reads a condition on requests of the classes: an expression such as
// failure_ratio < 0.1% && herd_peak < 5, or a limit as a budget has it, such as p99: 200ms.
func ParseCondition(text string, classes []string) (*Condition, error) {
	c := &Condition{text: text}
	if name, most, ok := strings.Cut(text, ":"); ok && !strings.Contains(name, "?") {
		limit, err := parseNamedLimit(strings.TrimSpace(name), most)
		if err != nil {
			return nil, err
		}
		c.limit = limit.Figure.Budget
		text = limit.Figure.Name + " <= " + unitOf(limit.Figure).Format(limit.Most)
	}
	for _, class := range classes {
		c.classes = append(c.classes, identifier(class))
	}
	var wrong error
	c.expression = expect.Compile(text, c.resolve, firstWrong(&wrong))
	if wrong != nil {
		return nil, wrong
	}
	return c, nil
}

// parseNamedLimit reads a limit by its name in a budget.
func parseNamedLimit(name, most string) (l Limit, err error) {
	var ok bool
	if l.Figure, ok = limited(name); !ok {
		err = spelling.Unknown("limit", name, limitNames())
		if meant := new(spelling.Error); errors.As(err, &meant) && meant.Hint != "" {
			err = fmt.Errorf("%w; did you mean %q?", err, meant.Hint)
		}
		return l, err
	}
	if l.Most, err = parseLimit(l.Figure, most); err != nil {
		return l, fmt.Errorf("%s: %w", name, err)
	}
	return l, nil
}

// firstWrong reports the first thing that is wrong with an expression of a command line,
// in one sentence with its column.
func firstWrong(wrong *error) expect.Report {
	return func(offset int, err error) {
		hint := ""
		if meant := new(spelling.Error); errors.As(err, &meant) && meant.Hint != "" {
			hint = fmt.Sprintf("; did you mean %q?", meant.Hint)
		}
		*wrong = cmp.Or(*wrong, fmt.Errorf("column %d: %w%s", offset+1, err, hint))
	}
}

// resolve finds the figure of [classes.class.]figure.
func (c *Condition) resolve(form expect.Form, path []string) (u expect.Unit, part int, err error) {
	if form != "" {
		return 0, 0, fmt.Errorf("a condition is of every seed by itself: write the figure without %s", form)
	}
	of, all := figures.Run, figures.All()
	if path[0] == "classes" {
		switch {
		case len(path) == 1:
			return 0, 0, fmt.Errorf("a class is missing after classes: there are %s", spelling.List(c.classes))
		case path[1] != figures.AllClasses && !slices.Contains(c.classes, path[1]):
			return 0, 1, spelling.Unknown("class", path[1], append(c.classes, figures.AllClasses))
		}
		part, of = 2, figures.Class
	}
	if len(path) == part {
		return 0, 0, fmt.Errorf("a figure is missing: there are %s", spelling.List(all.Names(of)))
	}
	f, err := figureOf(all, of, path[part:])
	if f.Name == "" && len(path) > part+1 {
		err = spelling.Refuse("%q is no figure: a condition is about every strategy, so write the figure alone, such as p99", path[part])
	}
	return unitOf(f), part, err
}

// String is the condition as it was written.
func (c *Condition) String() string { return c.text }

// Holds evaluates the condition for a run, of which value gives a figure by its name. As
// with a budget, a figure without a value breaks nothing: there was nothing that it is
// about.
func (c *Condition) Holds(value func(figure string) (v float64, ok bool)) bool {
	for _, class := range append([]string{""}, c.classes...) {
		named := func(name string) (float64, bool) {
			if class != "" && !strings.Contains(name, ".") {
				name = ClassFigure(class, name)
			}
			return value(name)
		}
		if slices.ContainsFunc(c.expression.Figures(), func(f expect.Figure) bool { _, ok := named(f.Name); return !ok }) {
			continue
		}
		holds, err := c.expression.Holds(func(f expect.Figure) float64 { v, _ := named(f.Name); return v })
		if !holds || err != nil {
			return false
		}
	}
	return true
}

// Conditions are the budget as conditions, but for what others take the place of: a limit
// that of its name, and an expression the limit of a figure in it that nobody has stated.
func (b Budget) Conditions(others []*Condition) (list []string) {
	for _, l := range b {
		figure := expect.Figure{Name: l.Figure.Name}
		replaces := func(c *Condition) bool {
			return c.limit == l.Figure.Budget || !l.Stated && slices.Contains(c.expression.Figures(), figure)
		}
		if !slices.ContainsFunc(others, replaces) {
			list = append(list, l.String())
		}
	}
	return list
}
