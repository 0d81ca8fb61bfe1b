package command

import (
	"errors"
	"fmt"
	"slices"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/scenarios"
)

// Gate is the part of a command line that says what a build is to fail on.
type Gate struct {
	Require     []string `placeholder:"EXPR" sep:"none" help:"An expectation more, such as 'worst(p99) < 200ms' of every strategy, or 'worst(swr.p99) < 1s'; may be repeated. Exit code 1 where one does not hold."`
	AbortOnFail bool     `help:"Begin no more scenarios after the first of which an expectation does not hold. That one is run to its end, so that its report says why."`
}

// Apply adds what is required to every scenario.
func (g Gate) Apply(scs []*scenarios.Scenario) error {
	for _, sc := range scs {
		for _, text := range g.Require {
			if err := sc.Require(text); err != nil {
				return err
			}
		}
	}
	if g.AbortOnFail && !slices.ContainsFunc(scs, func(sc *scenarios.Scenario) bool { return len(sc.Expect) > 0 }) {
		return errors.New("--abort-on-fail: no expectation is there to fail: give one with --require, or leave it out")
	}
	return nil
}

// Flags make the same again.
func (g Gate) Flags() (list []string) {
	for _, text := range g.Require {
		list = append(list, "--require "+Quote(text))
	}
	return list
}

// Aborted is the end of a command after an expectation that does not hold; nil where it
// goes on.
func (g Gate) Aborted(broken, left int) error {
	if !g.AbortOnFail || broken == 0 || left == 0 {
		return nil
	}
	return &Exit{ExitExpectation, fmt.Errorf("%w, and --abort-on-fail begins no more: %s left", Broken(broken), humanize.Plural(left, "scenario is", "scenarios are"))}
}
