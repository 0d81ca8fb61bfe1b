// Package compare sets two results of the same scenarios against each other, figure by
// figure: what became better, worse, or is not told from chance, and what could not be
// compared. Formats read a [Comparison]; a [Rule] says what of it fails a build.
//
// # Two kinds of evidence
//
// One seed makes the same traffic, whatever was changed, and on the virtual clock
// nothing else is left to chance: runs are paired by seed and every difference is real.
// What is left to ask is whether it is worth a word, and whether other traffic would
// show it too: from six seeds on a signed-rank test says so, and below that all seeds
// have to agree.
//
// On the wall clock, and where seeds or traffic differ, two runs of one program differ
// as well. There a rank test of all runs tells a difference from chance, adjusted for
// how many figures are looked at, and what a machine's scheduler makes is none.
package compare

import (
	"fmt"
	"slices"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// Comparison is what two results differ in.
type Comparison struct {
	Scenarios []*Scenario
	Problems  []Problem // what could not be compared
}

// Scenario is one that is in both, with the strategies that are.
type Scenario struct {
	Name       string
	Old, New   *metrics.File
	Strategies []*Strategy
}

// New compares results, whose figures the table says how to read.
func New(old, new []*metrics.File, table figures.Table) *Comparison {
	c := pairFiles(old, new)
	for _, s := range c.Scenarios {
		c.compareStrategies(s, table)
	}
	c.decide()
	return c
}

// compareStrategies compares those that a scenario has on both sides.
func (c *Comparison) compareStrategies(s *Scenario, table figures.Table) {
	olds, news := view.New(s.Old, nil), view.New(s.New, nil)
	table = append(slices.Clone(table), budgetFigure(s.New.Budget, table))
	for _, g := range news.Groups {
		i := slices.IndexFunc(olds.Groups, func(o view.Group) bool { return o.Name == g.Name })
		if i < 0 {
			c.note(s.Name, g.Name, "only in NEW: there is nothing to compare it with")
			continue
		}
		strategy := c.pairRuns(s, g.Name, olds.Groups[i].Runs, g.Runs)
		strategy.Rows = strategy.rows(table, parts(s))
		s.Strategies = append(s.Strategies, strategy)
	}
	for _, o := range olds.Groups {
		if !slices.ContainsFunc(news.Groups, func(g view.Group) bool { return g.Name == o.Name }) {
			c.missing(s.Name, o.Name, "only in OLD: it is no longer run")
		}
	}
}

// decide gives every row its verdict.
func (c *Comparison) decide() {
	var summary, rest []*Row
	for _, r := range c.places() {
		switch {
		case r.certain():
		case r.Summary:
			summary = append(summary, r.Row)
		default:
			rest = append(rest, r.Row)
		}
	}
	among(summary)
	among(rest)
	for _, r := range c.places() {
		r.Verdict = r.against(r.floor())
	}
	for _, s := range c.Scenarios {
		for _, g := range s.Strategies {
			g.withholdPraise()
		}
	}
}

// places are the rows of all strategies.
func (c *Comparison) places() (list []Place) {
	for _, s := range c.Scenarios {
		for _, g := range s.Strategies {
			for _, row := range g.Rows {
				list = append(list, Place{s.Name, g.Name, row})
			}
		}
	}
	return list
}

// about are the rows that a rule is about.
func (c *Comparison) about(r Rule) (list []Place, err error) {
	if len(c.places()) == 0 { // nothing to look a name up in: that is a problem of its own
		return nil, nil
	}
	where, err := r.locate(namesOf(c))
	if err != nil {
		return nil, err
	}
	for _, s := range c.Scenarios {
		for _, g := range s.Strategies {
			if where.strategy != "" && where.strategy != g.Name {
				continue
			}
			for _, row := range g.about(r, where) {
				list = append(list, Place{s.Name, g.Name, row})
			}
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%q is about nothing: no run has that figure", r.Text)
	}
	return list, nil
}

// parts are the whole, the phases that count in figures, and the classes: those that
// both sides have. A class that is alone but for bystanders is the whole; with those it
// is all classes together.
func parts(s *Scenario) []Part {
	list := []Part{{}}
	for _, p := range s.New.Phases {
		if !p.WarmUp && slices.ContainsFunc(s.Old.Phases, func(o metrics.PhaseMark) bool { return o.Name == p.Name && !o.WarmUp }) {
			list = append(list, Part{Phase: p.Name})
		}
	}
	cached := 0
	for _, class := range s.New.Classes {
		if !class.Bystander {
			cached++
		}
	}
	if cached < len(s.New.Classes) {
		list = append(list, Part{Class: figures.AllClasses})
	}
	for _, class := range s.New.Classes {
		whole := cached == 1 && !class.Bystander
		if !whole && slices.ContainsFunc(s.Old.Classes, func(o metrics.ClassInfo) bool { return o.Name == class.Name }) {
			list = append(list, Part{Class: class.Name})
		}
	}
	return list
}
