package lab

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/verdict"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/workloads"
)

// Options say how a scenario is executed.
type Options struct {
	// Clock makes the clock of one run.
	Clock func() Clock

	// World makes the world of one run; nil means [Modelled].
	World func(world.Config, world.Environment) (World, error)

	// Recordings are traces that were read; nil means that they are read for this.
	Recordings *workloads.Recordings

	// ClockName is "virtual" or "wall", as the results have it.
	ClockName string

	// Command is what the user can type to make the result again.
	Command string

	// Parts are settings of the runs that no scenario has, such as the cache they are made
	// on, by name.
	Parts map[string]string

	// Tool is the program that makes the results.
	Tool *metrics.Tool

	// Explain has every strategy keep the timelines of some requests of its first seed,
	// which takes another run of it, in virtual time.
	Explain bool

	// Parallel is how many runs go on at once; 0 is one per CPU. Runs on the
	// wall clock must not disturb each other: give 1.
	Parallel int

	// Began hears when the traffic of a run begins.
	Began func(now time.Time)

	// Progress hears how far one of the runs has come, from any goroutine.
	Progress func(run, of int, done time.Duration)

	// Stop tells whether to end early.
	Stop func() bool

	// Known, if not nil, is a run that need not be made, as it was made before, or nil.
	Known func(run int) *metrics.Run

	// Ended, if not nil, hears of every run that was made, from any goroutine, and returns
	// what is to be known of it. The next one begins when it returns.
	Ended func(run int, result *metrics.Run) *metrics.Run
}

// Execute runs every strategy of a scenario under every seed and checks its
// expectations. Stopped early, or ended by a run that could not be carried out, it
// returns what is finished, with File.Interrupted set and the expectations
// unchecked.
func Execute(sc *scenarios.Scenario, opt Options) (*metrics.File, error) {
	if opt.Recordings == nil {
		opt.Recordings = &workloads.Recordings{Stop: opt.Stop}
		defer opt.Recordings.Close() // they were only read: nothing can be lost
	}
	file := newFile(sc, opt)
	var err error
	if file.Settings, err = resolvedSettings(sc, opt.Parts); err != nil {
		return file, err
	}
	runs := make([]*metrics.Run, len(sc.Strategies)*sc.Seeds)
	errs := make([]error, len(runs))
	workers, ctx := errgroup.WithContext(context.Background())
	// One run a CPU: in virtual time a run never waits, and two on one CPU only share it.
	workers.SetLimit(min(cmp.Or(max(opt.Parallel, 0), runtime.GOMAXPROCS(0)), len(runs)))
	for i := range runs {
		if ctx.Err() != nil || opt.Stop != nil && opt.Stop() {
			errs[i] = ErrStopped
			continue
		}
		if opt.Known != nil {
			if runs[i] = opt.Known(i); runs[i] != nil {
				if opt.Progress != nil {
					opt.Progress(i, len(runs), sc.Duration)
				}
				continue
			}
		}
		workers.Go(func() error {
			runs[i], errs[i] = runOne(sc, opt, i, len(runs))
			if errs[i] == nil && opt.Ended != nil {
				runs[i] = opt.Ended(i, runs[i])
			}
			return errs[i]
		})
	}
	_ = workers.Wait() // it is the first of them in time, and what is returned the first in order

	var first error
	for i, run := range runs {
		switch {
		case errs[i] == nil:
			run.SettingsHash = file.Settings.Hash(run.Strategy)
			file.Runs = append(file.Runs, run)
		case !errors.Is(errs[i], ErrStopped):
			first = cmp.Or(first, errs[i])
			fallthrough
		default:
			file.Interrupted = true
		}
	}
	if slices.ContainsFunc(file.Runs, func(r *metrics.Run) bool { return r.Resource(metrics.Workers) != nil }) { // in boxes of the lab's
		file.Notes = notes(sc)
	}
	if !file.Interrupted {
		file.Expectations = CheckExpectations(sc, file.Runs)
		file.Verdicts = verdict.Judge(file, figures.All())
	}
	return file, first
}

// CheckExpectations evaluates the scenario's expectations.
func CheckExpectations(sc *scenarios.Scenario, runs []*metrics.Run) []metrics.Expectation {
	results := []metrics.Expectation{}
	for _, x := range sc.Expect {
		holds, reason := x.Check(func(f figures.Figure, strategy, phase, class string) []float64 {
			return f.Values(runs, strategy, phase, class)
		})
		results = append(results, metrics.Expectation{
			Text: x.Text, Line: x.Line, Set: x.Set, Holds: holds, Reason: reason, Because: oneLine(x.Because), World: x.World,
		})
	}
	return results
}

// runOne is the i-th run: the seeds of the first strategy come first.
func runOne(sc *scenarios.Scenario, opt Options, i, of int) (*metrics.Run, error) {
	if opt.Stop != nil && opt.Stop() {
		return nil, ErrStopped
	}
	e, seed := sc.Strategies[i/sc.Seeds], sc.Seed+uint64(i%sc.Seeds)
	watch := Watch{Stop: opt.Stop, Began: opt.Began}
	if opt.Progress != nil {
		watch.Progress = func(at time.Duration) { opt.Progress(i, of, at) }
	}
	var run *metrics.Run
	var err error
	if opt.Explain && i%sc.Seeds == 0 {
		run, err = Explain(sc, e, seed, opt.Clock, opt.Recordings, watch, Wanted{Slowest: 5, Failed: 5})
	} else {
		run, err = Run(sc, e, seed, Setup{Clock: opt.Clock(), Wall: opt.ClockName == wallClock, World: opt.World, Recordings: opt.Recordings, Watch: watch})
	}
	switch {
	case err != nil && opt.Stop != nil && opt.Stop(): // what breaks on the way out is no fault of the run
		return nil, ErrStopped
	case err == nil && opt.Progress != nil:
		opt.Progress(i, of, sc.Duration)
	}
	return run, err
}

// wallClock is the name of the clock on the wall in the results.
const wallClock = "wall"

// newFile is the result's frame: everything but the runs.
func newFile(sc *scenarios.Scenario, opt Options) *metrics.File {
	f := &metrics.File{
		Schema: metrics.Schema, Scenario: sc.Name, About: sc.About, Source: sc.Source, Incident: incident(sc), File: sc.Given(), Clock: opt.ClockName, Command: opt.Command, Tool: opt.Tool,
		DurationMS: millis(sc.Duration), WindowMS: millis(sc.Window),
		Classes: summaryConfig(sc).Classes, Faults: faultMarks(sc), Phases: []metrics.PhaseMark{}, Notes: []string{},
		Runs: []*metrics.Run{}, Budget: []metrics.Limit{}, Verdicts: []metrics.Verdict{}, Expectations: []metrics.Expectation{},
	}
	for _, l := range sc.Budget {
		f.Budget = append(f.Budget, metrics.Limit{Name: l.Figure.Budget, Figure: l.Figure.Name, Most: l.Most, Text: l.String(), Stated: l.Stated})
	}
	for _, p := range sc.Phases {
		f.Phases = append(f.Phases, metrics.PhaseMark{Name: p.Name, FromMS: millis(p.From), ToMS: millis(p.To), WarmUp: p.WarmUp})
	}
	return f
}

// resolvedSettings are those of the scenario and its strategies, and of the parts that it
// runs on.
func resolvedSettings(sc *scenarios.Scenario, parts map[string]string) (s *metrics.Settings, err error) {
	s = &metrics.Settings{Scenario: scenarios.Resolved(sc), Strategies: make(map[string]map[string]string)}
	maps.Copy(s.Scenario, parts)
	for _, e := range sc.Strategies {
		if s.Strategies[e.Name], err = scenarios.ResolvedFor(sc, e); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// notes are what a reader has to know of the scenario's model before its figures.
func notes(sc *scenarios.Scenario) []string {
	cached := func(c workloads.Class) bool { return !c.Bystander() && c.Cache != world.NoCache }
	if sc.Fleet.CPU > 0 || slices.ContainsFunc(sc.Workload, func(c workloads.Class) bool { return cached(c) && c.Cost > 0 }) || !slices.ContainsFunc(sc.Workload, cached) {
		return []string{}
	}
	return []string{"Requests that use the cache cost the boxes no CPU here: fleet.cpu is 0s, and no class of theirs has a cost. " +
		"So a worker is busy only while it waits. Set fleet.cpu and fleet.cores to what a real page takes."}
}

// incident is the story of the scenario.
func incident(sc *scenarios.Scenario) metrics.Incident {
	x := metrics.Incident{
		Theme: sc.Theme, Story: strings.TrimSpace(sc.Story),
		Topology: oneLine(sc.Topology), Trigger: oneLine(sc.Trigger), Look: oneLine(sc.Look),
	}
	for _, text := range sc.Unreproduced {
		x.Unreproduced = append(x.Unreproduced, oneLine(text))
	}
	return x
}

// oneLine is a text without the line breaks of its file.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func millis(d time.Duration) float64 { return float64(d) / 1e6 }
