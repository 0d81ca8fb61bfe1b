package main

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/foretell"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/live"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/scenarios"
)

type validateCmd struct {
	Scenarios []string `arg:"" optional:"" help:"Files, or names of the catalogue."`

	command.Selection `embed:""`
	command.Memory    `embed:""`

	real `embed:""`
	pace `embed:""`

	Drawn  int  `placeholder:"N" help:"Validate N scenarios drawn at random from the scenario language, one for each seed from --seed on (1), in place of named ones. What is outside its tolerance twice is told wrong."`
	Shrink bool `default:"true" negatable:"" help:"With --drawn, shrink a scenario that is told wrong to the smallest that shows it: a minute or two more."`

	Calibrate bool `default:"true" negatable:"" help:"Give the model the round trips of network and cache that were measured."`
	Quiet     bool `short:"q" help:"Show no progress."`
}

// verdict is what did not come out: figures outside their tolerance, and
// expectations that what was measured does not meet. Void are figures that were outside
// while the machine was not free, which says nothing of the model.
type verdict struct{ outside, broken, void int }

func (v verdict) err() error {
	var what []string
	if v.outside > 0 {
		what = append(what, humanize.Plural(v.outside, "figure is", "figures are")+" outside the tolerance")
	}
	if v.broken > 0 {
		what = append(what, humanize.Plural(v.broken, "expectation does not hold", "expectations do not hold"))
	}
	switch {
	case len(what) > 0:
		return &command.Exit{Code: command.ExitExpectation, Err: errors.New(strings.Join(what, ", and "))}
	case v.void > 0:
		return &command.Exit{Code: command.ExitRun, Err: fmt.Errorf(
			"%s void: each was measured %d times, and each time the machine was not free; stop what else it does, or use a larger one",
			humanize.Plural(v.void, "figure is", "figures are"), attempts)}
	}
	return nil
}

// Run measures each scenario, simulates it, prints the two side by side, and
// checks the expectations against what was measured.
func (v validateCmd) Run(c *command.Console) error {
	if err := v.check(); err != nil {
		return command.Usage(err)
	}
	if v.Drawn > 0 {
		return v.search(c)
	}
	scs, err := v.load(v.Selection, v.Scenarios)
	if err != nil {
		return command.Usage(err)
	}
	if err := refuseTooLarge(v.Memory, scs); err != nil {
		return err
	}
	c, end := v.Watch(c)
	defer end()
	var sum verdict
	for _, sc := range scs {
		if err := v.validate(c, sc, &sum); err != nil {
			return err
		}
	}
	return sum.err()
}

// validate compares one scenario, or as much of it as was measured before something
// came in between.
func (v validateCmd) validate(c *command.Console, sc *scenarios.Scenario, sum *verdict) error {
	rows, measured, failed := v.measureFree(c, sc)
	if measured == nil {
		return failed
	}
	whole := finishedStrategies(sc, measured)
	if len(rows) > 0 {
		if err := foretell.Table(c.Out, sc.Name, rows); err != nil {
			return err
		}
	}
	switch {
	case c.Ctx.Err() != nil || measured.Interrupted && failed == nil:
		return c.Interrupted(fmt.Sprintf("%d of %d strategies of %s are compared", len(whole), len(sc.Strategies), sc.Name))
	case failed != nil:
		return failed
	}
	void := len(voidStrategies(rows)) > 0
	for _, r := range rows {
		switch {
		case r.Void:
			sum.void++
		case !r.Within:
			sum.outside++
		}
	}
	broken := command.Failures(c.Err, sc, measured)
	if !void { // else it is no wonder
		sum.broken += broken
	}
	if n := len(measured.Expectations); n > 0 {
		fmt.Fprintf(c.Out, "%s: %d of %s on the wall clock\n", sc.Name, n-broken, humanize.Plural(n, "expectation holds", "expectations hold"))
	}
	return v.void(measured)
}

// attempts is how often a strategy is measured at most, until the machine is free.
const attempts = 3

// measureFree measures a scenario, and once more those strategies of which a figure is
// outside its tolerance while the machine was not free.
func (v validateCmd) measureFree(c *command.Console, sc *scenarios.Scenario) (rows []foretell.Row, measured *metrics.File, failed error) {
	rows, measured, failed = v.measure(c, sc)
	for range attempts - 1 {
		again := voidStrategies(rows)
		if failed != nil || len(again) == 0 || c.Ctx.Err() != nil {
			break
		}
		fmt.Fprintf(c.Out, "%s: measured again: %s\n", sc.Name, strings.Join(again, ", "))
		only := v
		only.Strategy = again
		scs, err := only.load(only.Selection, []string{sc.Given()})
		if err != nil {
			return nil, nil, err
		}
		next, file, err := only.measure(c, scs[0])
		if failed = err; file == nil || err != nil {
			break
		}
		is := func(name string) bool { return slices.Contains(again, name) }
		rows = append(slices.DeleteFunc(rows, func(r foretell.Row) bool { return is(r.Strategy) }), next...)
		measured.Runs = append(slices.DeleteFunc(measured.Runs, func(r *metrics.Run) bool { return is(r.Strategy) }), file.Runs...)
		measured.Expectations = lab.CheckExpectations(sc, measured.Runs)
	}
	return rows, measured, failed
}

// voidStrategies are those that have a void figure.
func voidStrategies(rows []foretell.Row) (names []string) {
	for _, r := range rows {
		if r.Void && !slices.Contains(names, r.Strategy) {
			names = append(names, r.Strategy)
		}
	}
	return names
}

// disturbed makes void what may be the machine's fault under a strategy, and says why.
func (v validateCmd) disturbed(rows []foretell.Row, measured *metrics.File, took *timings, strategy string) (why string) {
	var own metrics.File
	for _, r := range measured.Runs {
		if r.Strategy == strategy {
			own.Runs = append(own.Runs, r)
		}
	}
	d := took.under(strategy).disturbance()
	late := v.void(&own)
	switch {
	case !foretell.Void(rows, d.Late, d.Much() || late != nil):
	case late != nil:
		return late.Error()
	default:
		return fmt.Sprintf("what sleeps woke up to %v late (p99 %v), and others had %s of the cores",
			d.Longest.Round(time.Millisecond), d.Late.Round(100*time.Microsecond), humanize.Percent(d.Stolen))
	}
	return ""
}

// measure measures a scenario, simulates what was finished of it, and sets the two side by
// side. Nothing is measured where the results are nil; else what failed did so later.
func (v validateCmd) measure(c *command.Console, sc *scenarios.Scenario) (rows []foretell.Row, measured *metrics.File, failed error) {
	run := runCmd{Selection: v.Selection, real: v.real, pace: v.pace}
	run.Quiet = v.Quiet
	measured, took, failed := run.execute(c, sc, nil)
	if measured == nil {
		return nil, nil, unlessInterrupted(c, failed, sc.Name+" is not measured")
	}
	for _, strategy := range finishedStrategies(sc, measured) {
		rtt := sc.Fleet.Cache.RTT
		var set []string
		if v.Calibrate {
			parts := took.under(strategy)
			rtt = cmp.Or(parts.roundTrip(), rtt)
			set = append(parts.settings(medianLateness(measured, strategy)), measuredCosts(sc, measured, took)...)
			fmt.Fprintf(c.Out, "%s, %s, as measured: %s %s\n", sc.Name, strategy, rttSetting(rtt), strings.Join(set, " "))
		}
		simulated, err := v.simulations(sc, strategy, set, rtt, took.under(strategy).begun)
		if err != nil {
			return nil, nil, err
		}
		compared := foretell.Compare(view.New(measured, figures.All()), simulated[0], simulated[1:]...)
		if why := v.disturbed(compared, measured, took, strategy); why != "" {
			fmt.Fprintf(c.Out, "%s, %s: the machine was not free: %s\n", sc.Name, strategy, why)
		}
		rows = append(rows, compared...)
	}
	return rows, measured, failed
}

// finishedStrategies are the strategies of which every seed is measured.
func finishedStrategies(sc *scenarios.Scenario, file *metrics.File) (names []string) {
	runs := make(map[string]int)
	for _, r := range file.Runs {
		runs[r.Strategy]++
	}
	for _, e := range sc.Strategies {
		if runs[e.Name] == sc.Seeds {
			names = append(names, e.Name)
		}
	}
	return names
}

// check refuses what cannot be compared: an origin behind a network that the
// model has not.
func (v validateCmd) check() error {
	if v.Origin != modelled && v.Origin != "sqlite" && !strings.HasPrefix(v.Origin, "sqlite:") {
		return errors.New("--origin: validate compares with the model, and takes modelled, sqlite or sqlite:PATH")
	}
	return v.real.check()
}

// medianLateness is how late the requests of a strategy were sent, in the middle.
// Latency counts from when they were due, so it is in all of them.
func medianLateness(file *metrics.File, strategy string) time.Duration {
	var late []float64
	for _, run := range file.Runs {
		if run.Strategy == strategy && run.Generator != nil {
			late = append(late, run.Generator.LatenessMS.P50)
		}
	}
	return time.Duration(median(late) * 1e6)
}

// measuredCosts are what the bystanders' CPU costs came to: a worker that sleeps for 2 ms
// wakes a little later. The run in which they waited least tells.
func measuredCosts(sc *scenarios.Scenario, file *metrics.File, took *timings) (set []string) {
	for _, class := range sc.Workload {
		if !class.Bystander() || class.Cost == 0 {
			continue
		}
		least := time.Duration(math.MaxInt64)
		for _, run := range file.Runs {
			rtt := median(took.under(run.Strategy).network) + medianLateness(file, run.Strategy)
			if l := run.Classes[class.Class].LatencyMS; l != nil {
				least = min(least, time.Duration(l.P50*1e6)-rtt)
			}
		}
		if least > class.Cost && least < math.MaxInt64 {
			set = append(set, fmt.Sprintf("workload.%s.cost=%v", class.Class, least.Round(time.Microsecond)))
		}
	}
	return set
}

// simulations are the one from set and the cache's round trip, and others from a
// cache that is up to a tenth faster or slower: how far the figures of a chaotic
// scenario spread. Their traffic begins in the same part of a second as that of the runs
// that were measured, for who counts lives in whole seconds.
func (v validateCmd) simulations(sc *scenarios.Scenario, strategy string, set []string, rtt time.Duration, begun []time.Time) (all []*view.View, err error) {
	only := v.Selection
	only.Strategy = []string{strategy}
	if dials(sc, strategy) {
		set = append(set, fmt.Sprintf("fleet.syn_linear_timeouts=%d", live.SYNLinearTimeouts()))
	}
	if strings.HasPrefix(v.real.of(sc).Cache, tier.MemcachedSweep) { // also one at an address
		set = append(set, "fleet.cache.sweep="+tier.MemcachedSweep)
	}
	for _, near := range nearbyRoundTrips(rtt) {
		scs, err := only.Load(scenarios.OpenReal, []string{sc.Given()}, slices.Concat(v.Set, set, []string{near}))
		if err != nil {
			return nil, command.Usage(err)
		}
		starts, err := clockStarts(scs[0], begun)
		if err != nil {
			return nil, err
		}
		run := 0
		f, err := lab.Execute(scs[0], lab.Options{ClockName: "virtual", Parallel: 1, Clock: func() lab.Clock { // in the order of the runs
			run++
			return sim.At(starts[run-1])
		}})
		if err != nil {
			return nil, err
		}
		all = append(all, view.New(f, figures.All()))
	}
	return all, nil
}

// nearbyRoundTrips are settings of the cache's round trip: as it is, and up to a tenth more
// or less.
func nearbyRoundTrips(rtt time.Duration) (set []string) {
	for _, hundredths := range []time.Duration{100, 90, 95, 105, 110} {
		set = append(set, rttSetting(rtt*hundredths/100))
	}
	return set
}

// clockStarts are the instants at which the clocks of the runs have to start for the traffic
// to begin in the same part of a second as it did when it was measured. How long the warm-up
// takes is tried.
func clockStarts(sc *scenarios.Scenario, begun []time.Time) ([]time.Time, error) {
	starts := make([]time.Time, sc.Seeds)
	for i := range starts {
		var began atomic.Int64
		_, err := lab.Run(sc, sc.Strategies[0], sc.Seed+uint64(i), lab.Setup{Clock: sim.New(), Watch: lab.Watch{
			Began: func(now time.Time) { began.Store(now.UnixNano()) },
			Stop:  func() bool { return began.Load() != 0 },
		}})
		if !errors.Is(err, lab.ErrStopped) {
			return nil, cmp.Or(err, errors.New("a run that was to stop with its warm-up went on"))
		}
		starts[i] = sim.Epoch.Add(time.Duration((begun[i].UnixNano() - began.Load()) % int64(time.Second)))
	}
	return starts, nil
}

// dials is whether the kernel of this machine dials again under a strategy, where the model
// has to do it as that does.
func dials(sc *scenarios.Scenario, strategy string) bool {
	for _, e := range sc.Strategies {
		if e.Name == strategy {
			seen, err := sc.For(e)
			return err == nil && seen.Fleet.Full == world.FullDrop
		}
	}
	return false
}

func rttSetting(rtt time.Duration) string { return fmt.Sprintf("fleet.cache.rtt=%v", rtt) }
