package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/sweep"
	"github.com/herdlab/herdlab/internal/units"
)

// Condition is what a strategy has to keep, in the words of who wrote it.
type Condition interface {
	String() string

	// Holds evaluates it for one run, whose figures value gives by their names.
	Holds(value func(figure string) (v float64, ok bool)) bool
}

// Sweep is the results of a sweep and what there is to say of them. Nobody may change
// it.
type Sweep struct {
	sweep.Head

	Figures    figures.Table // those that some run has
	Strategies []Group       // names and colours, in the order of the scenario
	Choices    []Choice      // strategy by strategy, and of each point by point
	Missing    int           // cells without a result, because they failed

	Conditions []Condition
	Trade      Trade
	Answers    []string // which settings keep the conditions, a sentence for each
	Sampling   string   // what the figures are of several seeds; empty for one
	Warnings   []string

	at [][]int // of every strategy and point, the choice
}

// Choice is what somebody who runs a cache decides between: a strategy with its
// settings. It has a run under every seed.
type Choice struct {
	Strategy int // of the sweep's
	Point    int // of the grid, the first where the strategy does so

	Kept   bool     // every condition, under every seed
	Broken []string // the conditions that it does not keep

	// Place is the choice's among those that no other one is better than in one respect
	// and as good as in the others, from 1; 0 where there is such another.
	Place int

	runs []map[string]float64 // the figures under each seed
}

// NewSweep prepares the results of a sweep, in the order of their cells. The table says
// how figures are read and shown.
func NewSweep(head sweep.Head, results []*sweep.Result, table figures.Table, conditions []Condition) *Sweep {
	s := &Sweep{Head: head, Conditions: conditions, Missing: head.Grid.Cells() - len(results)}
	s.gather(results)
	for _, f := range table {
		if slices.ContainsFunc(s.Choices, func(c Choice) bool { return !math.IsNaN(c.Median(f.Name)) }) {
			s.Figures = append(s.Figures, f)
		}
	}
	for i := range s.Choices {
		s.judge(&s.Choices[i])
	}
	s.Trade = newTrade(s)
	s.Trade.rank(s.Choices)
	s.Answers = answers(s)
	s.Sampling = sampling(head.Grid.Seeds)
	return s
}

// gather makes choices of the results.
func (s *Sweep) gather(results []*sweep.Result) {
	number := make(map[string]int)
	for _, r := range results {
		for _, run := range r.Runs {
			if _, seen := number[run.Strategy]; !seen {
				number[run.Strategy] = len(s.Strategies)
				s.Strategies = append(s.Strategies, Group{Name: run.Strategy, kind: run.Kind})
			}
		}
	}
	paintGroups(s.Strategies)
	for i, g := range s.Strategies {
		first := make(map[int]int) // of the points at which the strategy does the same
		at := make([]int, s.Grid.Points())
		for p := range at {
			same := s.Grid.Same(p, g.Name)
			if _, seen := first[same]; !seen {
				first[same] = len(s.Choices)
				s.Choices = append(s.Choices, Choice{Strategy: i, Point: same})
			}
			at[p] = first[same]
		}
		s.at = append(s.at, at)
	}
	said := make(map[string]bool)
	for _, r := range results {
		for _, run := range r.Runs {
			c := s.Choice(number[run.Strategy], s.Grid.Cell(r.Cell).Point)
			c.runs = append(c.runs, run.Figures)
			for _, text := range run.Warnings {
				if text = run.Strategy + ": " + text; !said[text] {
					said[text] = true
					s.Warnings = append(s.Warnings, text)
				}
			}
		}
	}
}

// Choice is that of a strategy at a point of the grid. Points that differ in nothing that
// concerns the strategy have one choice.
func (s *Sweep) Choice(strategy, point int) *Choice { return &s.Choices[s.at[strategy][point]] }

// judge finds the conditions that a choice breaks under some seed. One without a run
// keeps none.
func (s *Sweep) judge(c *Choice) {
	for _, condition := range s.Conditions {
		if len(c.runs) == 0 || slices.ContainsFunc(c.runs, func(run map[string]float64) bool { return !holds(condition, run) }) {
			c.Broken = append(c.Broken, condition.String())
		}
	}
	c.Kept = len(c.runs) > 0 && len(c.Broken) == 0
}

// Keeps reports whether the figures of one run keep all conditions.
func (s *Sweep) Keeps(run map[string]float64) bool {
	return !slices.ContainsFunc(s.Conditions, func(c Condition) bool { return !holds(c, run) })
}

func holds(c Condition, run map[string]float64) bool {
	return c.Holds(func(name string) (v float64, ok bool) { v, ok = run[name]; return v, ok })
}

// Values are a figure of the choice under each seed that has it.
func (c *Choice) Values(figure string) (list []float64) {
	for _, run := range c.runs {
		if v, ok := run[figure]; ok {
			list = append(list, v)
		}
	}
	return list
}

// Median is that of a figure over the seeds, and NaN where no run has it.
func (c *Choice) Median(figure string) float64 { return NewEstimate(c.Values(figure)).Median }

// Columns are the figures that a table of choices has: those by which choices are
// weighed, and behind them those of every summary table that differ between choices.
func (s *Sweep) Columns() figures.Table {
	list := s.Trade.List()
	for _, f := range s.Figures.Placed(func(f figures.Figure) int { return f.Column }) {
		if _, weighed := list.Find(f.Name); !weighed && s.differs(f.Name) {
			list = append(list, f)
		}
	}
	return list
}

// Apart reports whether two choices differ in a figure by more than what is noise: by the
// figure's own measure, and in one direction under every seed, since the requests of a
// seed are the same for both.
func (s *Sweep) Apart(f figures.Figure, a, b *Choice) bool {
	x, y := a.Median(f.Name), b.Median(f.Name)
	if !(math.Abs(x-y) > f.NoiseFloor(x, y)) { // NaN is apart from nothing
		return false
	}
	for i := range min(len(a.runs), len(b.runs)) {
		if one, other := a.runs[i][f.Name], b.runs[i][f.Name]; len(a.runs) == len(b.runs) && (one < other) != (x < y) {
			return false
		}
	}
	return true
}

// Extremes are the choices of a strategy with the lowest and the highest value of a
// figure, and whether they are apart; nil without a value.
func (s *Sweep) Extremes(f figures.Figure, strategy int) (low, high *Choice, apart bool) {
	for i := range s.Choices {
		c := &s.Choices[i]
		v := c.Median(f.Name)
		if c.Strategy != strategy || math.IsNaN(v) {
			continue
		}
		if low == nil || v < low.Median(f.Name) {
			low = c
		}
		if high == nil || v > high.Median(f.Name) {
			high = c
		}
	}
	return low, high, low != nil && s.Apart(f, low, high)
}

// Depends reports whether a figure of some strategy depends on what varies.
func (s *Sweep) Depends(f figures.Figure) bool {
	for i := range s.Strategies {
		if _, _, apart := s.Extremes(f, i); apart {
			return true
		}
	}
	return false
}

// differs reports whether a figure is not the same for all choices.
func (s *Sweep) differs(figure string) bool {
	first := s.Choices[0].Median(figure)
	return slices.ContainsFunc(s.Choices, func(c Choice) bool { return c.Median(figure) != first })
}

// TitleOf is what a table calls a figure.
func TitleOf(f figures.Figure) string { return cmp.Or(f.Title, humanize.Words(f.Name)) }

// Write is [WriteFigure], for templates.
func (s *Sweep) Write(f figures.Figure, v float64) string { return WriteFigure(f, v) }

// Settings are the values of a choice, as people read them; none on an axis that does
// not concern the strategy.
func (s *Sweep) Settings(c *Choice) []string {
	list := s.Grid.Values(c.Point)
	for i, a := range s.Grid.Axes {
		list[i] = SayValue(list[i])
		if !a.Concerns(s.Strategies[c.Strategy].Name) {
			list[i] = ""
		}
	}
	return list
}

// Describe names a choice: its strategy, with the values that concern it.
func (s *Sweep) Describe(c *Choice) string {
	name := s.Strategies[c.Strategy].Name
	settings := describeValues(&s.Grid, c.Point, func(i int) bool { return s.Grid.Axes[i].Concerns(name) })
	if settings == "" {
		return name
	}
	return name + ", " + settings
}

// Others are the values of a point on all axes but one, with their names.
func (s *Sweep) Others(point, axis int) string {
	return describeValues(&s.Grid, point, func(i int) bool { return i != axis })
}

// Lines are the points of the grid in lines: in each of them one axis takes all its
// values, in their order, and the others stay as they are.
func (s *Sweep) Lines(axis int) [][]int { return linesAlong(&s.Grid, axis) }

// SayValue writes a value of an axis as a sentence has it: 2 s for 2s.
func SayValue(text string) string {
	if d, err := units.ParseDuration(text); err == nil && text != "0" {
		return humanize.Duration(float64(d) / 1e6)
	}
	return text
}

// Kept counts the choices that keep every condition.
func (s *Sweep) Kept() (n int) {
	for _, c := range s.Choices {
		if c.Kept {
			n++
		}
	}
	return n
}

// Budget is all conditions; empty without any.
func (s *Sweep) Budget() string {
	var list []string
	for _, c := range s.Conditions {
		list = append(list, c.String())
	}
	return strings.Join(list, ", ")
}

// Title names the sweep: its scenario and what varies.
func (s *Sweep) Title() string {
	var names []string
	for _, a := range s.Grid.Axes {
		names = append(names, a.Name())
	}
	if len(names) == 0 {
		return s.Grid.Scenario + ", every candidate"
	}
	return s.Grid.Scenario + ", by " + spelling.And(names)
}

// Verdict says how many choices keep the budget.
func (s *Sweep) Verdict() string {
	return fmt.Sprintf("%d of %s keep the budget", s.Kept(), humanize.Plural(len(s.Choices), "choice", "choices"))
}

// Mood is that of the verdict.
func (s *Sweep) Mood() Mood {
	if s.Kept() == 0 {
		return Bad
	}
	return Good
}

// Size says how large the sweep was.
func (s *Sweep) Size() string {
	runs := 0
	for _, c := range s.Choices {
		runs += len(c.runs)
	}
	text := fmt.Sprintf("%s in %s: %s, %s, %s.", humanize.Plural(runs, "run", "runs"), humanize.Plural(s.Grid.Cells(), "cell", "cells"),
		humanize.Plural(len(s.Strategies), "strategy", "strategies"), humanize.Plural(s.Grid.Points(), "setting", "settings"), humanize.Plural(s.Grid.Seeds, "seed", "seeds"))
	if s.Missing > 0 {
		text += " " + humanize.Plural(s.Missing, "cell is missing, because it failed.", "cells are missing, because they failed.")
	}
	return text
}
