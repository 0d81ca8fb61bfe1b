package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/foretell"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/live"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/workloads"
)

// against holds a program beside a strategy that the same traffic meets in virtual time.
type against struct {
	Against string `placeholder:"STRATEGY" help:"Simulate this strategy of the scenario too, and compare the figures as validate does: outside the tolerance is exit code 1."`

	foretold []*scenarios.Scenario // of that strategy alone, on caches that are a little faster or slower
}

// entry is the strategy of a scenario that is compared with, or nil where none is.
func (a *against) entry(sc *scenarios.Scenario) (*scenarios.Entry, error) {
	if a.Against == "" {
		return nil, nil
	}
	i := slices.IndexFunc(sc.Strategies, func(e scenarios.Entry) bool { return e.Name == a.Against })
	if i < 0 {
		return nil, fmt.Errorf("%w; to add one, give --set 'strategies.LABEL={use: KIND, ttl: 5s}'", command.UnknownStrategy("--against", sc, a.Against))
	}
	return &sc.Strategies[i], nil
}

// load loads what is to be simulated, before any traffic is sent: sc is the scenario as it
// was loaded from a name with some settings, of whose faults those are kept that the program meets.
func (a *against) load(sc *scenarios.Scenario, from command.Selection, name string, set []string, meets func(fault.Fault) bool) error {
	entry, err := a.entry(sc)
	if err != nil || entry == nil {
		return err
	}
	seen, err := sc.For(*entry)
	if err != nil {
		return err
	}
	if dials(sc, a.Against) {
		set = append(slices.Clone(set), fmt.Sprintf("fleet.syn_linear_timeouts=%d", live.SYNLinearTimeouts()))
	}
	from.Strategy = []string{a.Against}
	for _, near := range nearbyRoundTrips(seen.Fleet.Cache.RTT) {
		scs, err := from.Load(scenarios.OpenReal, []string{name}, append(slices.Clone(set), near))
		if err != nil {
			return err
		}
		scs[0].LeaveAlone(meets)
		a.foretold = append(a.foretold, scs[0])
	}
	return nil
}

// compare simulates the strategy and sets it beside what was measured. What is outside its
// tolerance is void where the machine was not free.
func (a *against) compare(c *command.Console, measured *metrics.File, traces *workloads.Recordings, machine live.Disturbance) ([]foretell.Row, error) {
	var all []*view.View
	for _, sc := range a.foretold {
		f, err := lab.Execute(sc, lab.Options{
			Clock: func() lab.Clock { return sim.New() }, ClockName: "virtual", Recordings: traces, Stop: func() bool { return c.Ctx.Err() != nil },
		})
		switch {
		case err != nil:
			return nil, err
		case f.Interrupted:
			return nil, c.Interrupted("nothing is compared")
		}
		for _, run := range f.Runs {
			run.Strategy = measured.Runs[0].Strategy // rows are found by their label
		}
		all = append(all, view.New(f, figures.All()))
	}
	rows := foretell.Compare(view.New(measured, figures.All().OfPrograms(measured.Runs)), all[0], all[1:]...)
	// What the program does not tell is no difference.
	rows = slices.DeleteFunc(rows, func(r foretell.Row) bool { return r.Unknown() })
	foretell.Void(rows, machine.Late, machine.Much())
	for _, r := range rows {
		measured.Foretold = append(measured.Foretold, r.Result(a.Against))
	}
	return rows, nil
}

// print shows the comparison, unless what is printed is to be read by a program, and gives
// the exit code of what it found: a program that does not behave as the strategy is a failed
// expectation.
func (a *against) print(c *command.Console, table bool, scenario string, rows []foretell.Row) error {
	if table && len(rows) > 0 {
		if err := foretell.Table(c.Out, scenario+" against "+a.Against, rows); err != nil {
			return err
		}
	}
	var sum verdict
	for _, r := range rows {
		switch {
		case r.Void:
			sum.void++
		case !r.Within:
			sum.outside++
		}
	}
	if sum.outside == 0 && sum.void > 0 {
		return &command.Exit{Code: command.ExitRun, Err: errors.New("the machine was not free: stop what else it does, use a larger one, or repeat the attack")}
	}
	return sum.err()
}
