package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/workloads"
	"github.com/herdlab/herdlab/workloads/trace"
)

type runCmd struct {
	Scenarios []string `arg:"" optional:"" help:"Files, - for standard input, or names of the catalogue (simulate list)."`

	command.Selection `embed:""`
	command.Delivery  `embed:""`
	command.Gate      `embed:""`
	command.Memory    `embed:""`
	command.Replay    `embed:""`

	AllIncidents bool `help:"Run every incident of the catalogue: one line for each, and one page that leads to all reports."`

	Parallel         int  `default:"0" help:"Runs at once; 0 is one per CPU."`
	Explain          bool `help:"Show on the page what became of the slowest and of failed requests, step by step. Runs the first seed twice."`
	CheckDeterminism bool `help:"Run everything twice and compare the event traces and results."`

	traces *workloads.Recordings // read once, whatever runs replay them
}

// Run loads every scenario, and only then begins to run them.
func (r runCmd) Run(c *command.Console) error {
	c, end := r.Watch(c)
	defer end()
	stopped := func() bool { return c.Ctx.Err() != nil }
	r.traces = &workloads.Recordings{Stop: stopped}
	defer r.traces.Close() // they were only read: nothing can be lost
	scs, err := r.load(c)
	if errors.Is(err, trace.ErrStopped) {
		return c.Interrupted("nothing was begun")
	}
	if err == nil {
		err = cmp.Or(r.Gate.Apply(scs), r.Writable(scs))
	}
	if err != nil {
		return command.Usage(err)
	}
	if err := r.refuseTooLarge(scs); err != nil {
		return err
	}
	if r.AllIncidents {
		return r.runIncidents(c, scs, stopped)
	}

	to := r.Printout(c.Out, len(scs))
	err = r.runAll(c, to, scs, stopped)
	return cmp.Or(err, to.End())
}

// runAll runs the scenarios one after another.
func (r runCmd) runAll(c *command.Console, to *command.Printout, scs []*scenarios.Scenario, stopped func() bool) error {
	broken := 0
	for i, sc := range scs {
		journal, err := command.OpenJournal(c, r.Delivery, sc, r.again(sc))
		if err != nil {
			return err
		}
		p := command.NewProgress(c.Err, r.Quiet, sc)
		file, err := r.execute(sc, p.At, stopped, journal)
		p.End()
		if err != nil {
			return err
		}
		if err := to.Deliver(sc, file); err != nil {
			return err
		}
		journal.Remove()
		if file.Interrupted {
			undone := fmt.Sprintf("%d of %d runs of %s are finished and written", len(file.Runs), len(sc.Strategies)*sc.Seeds, sc.Name)
			if left := len(scs) - i - 1; left > 0 {
				undone += ", " + humanize.Plural(left, "scenario was", "scenarios were") + " not begun"
			}
			return c.Interrupted(undone)
		}
		broken += command.Failures(c.Err, sc, file)
		if err := r.Aborted(broken, len(scs)-i-1); err != nil {
			return err
		}
	}
	return command.Broken(broken)
}

// refuseTooLarge refuses scenarios whose runs would not have the memory they need.
func (r runCmd) refuseTooLarge(scs []*scenarios.Scenario) error {
	for _, sc := range scs {
		atOnce := min(cmp.Or(r.Parallel, runtime.GOMAXPROCS(0)), len(sc.Strategies)*sc.Seeds)
		need, most := lab.Memory(sc, lab.ModelledParts)
		if err := r.Refuse(sc.Name, need*int64(atOnce), most, "--parallel", atOnce); err != nil {
			return err
		}
	}
	return nil
}

// load reads the scenarios that are to be run, and sets what is left out of a replay.
func (r *runCmd) load(c *command.Console) ([]*scenarios.Scenario, error) {
	if r.Parallel < 0 {
		return nil, fmt.Errorf("--parallel %d: give 0 or more", r.Parallel)
	}
	if r.AllIncidents {
		if len(r.Scenarios) > 0 || len(r.Trace) > 0 {
			return nil, errors.New("--all-incidents: it runs those of the catalogue; name no scenario and no --trace beside it")
		}
		return r.Selection.Load(command.OpenModelled, scenarios.Incidents(), r.Set)
	}
	names, set, err := r.Replay.Settings(r.Scenarios, r.Set, r.traces, r.Heard(c))
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		names = scenarios.QuickSet()
	}
	return r.Selection.Load(command.OpenModelled, names, set)
}

// runIncidents runs many scenarios, as many at once as runs are allowed to be: a run may
// be alone with its scenario's last strategy while others wait.
func (r runCmd) runIncidents(c *command.Console, scs []*scenarios.Scenario, stop func() bool) error {
	one := r
	one.Parallel = 1
	many := command.Many{
		Title: "Incidents", Parallel: cmp.Or(r.Parallel, runtime.GOMAXPROCS(0)), Delivery: r.Delivery, Gate: r.Gate,
		Execute: func(sc *scenarios.Scenario) (*view.View, error) {
			file, err := one.execute(sc, nil, stop, nil)
			if err != nil {
				return nil, err
			}
			v := view.New(file, figures.All())
			if file.Interrupted {
				return v, nil
			}
			return v, r.Write(sc, v)
		},
	}
	broken, err := many.Run(c, scs)
	return cmp.Or(err, command.Broken(broken))
}

// again is what makes the result of a scenario again.
func (r runCmd) again(sc *scenarios.Scenario) string {
	more := append(r.Replay.Flags(), r.Gate.Flags()...)
	if r.Explain {
		more = append(more, "--explain")
	}
	return r.Command("go run ./cmd/simulate run", sc, more...)
}

// execute runs what is not in the journal of one scenario in virtual time; with
// --check-determinism, all of it a second time.
func (r runCmd) execute(sc *scenarios.Scenario, progress func(run, of int, done time.Duration), stop func() bool, journal *command.Journal) (*metrics.File, error) {
	opt := lab.Options{
		Clock: func() lab.Clock { return sim.New() }, ClockName: "virtual", Recordings: r.traces,
		Command: r.again(sc), Tool: command.Tool(), Parallel: r.Parallel, Explain: r.Explain, Progress: progress, Stop: stop,
		Known: journal.Known, Ended: journal.Ended,
	}
	file, err := lab.Execute(sc, opt)
	var input *lab.InputError
	if errors.As(err, &input) {
		return nil, command.Usage(err)
	}
	if err != nil || !r.CheckDeterminism || file.Interrupted {
		return file, err
	}
	opt.Progress, opt.Known, opt.Ended = nil, nil, nil
	again, err := lab.Execute(sc, opt)
	if err != nil || again.Interrupted {
		return file, err
	}
	return file, sameResults(file, again)
}

// sameResults compares two executions of one scenario: the event trace of every run,
// then every byte of the results.
func sameResults(a, b *metrics.File) error {
	for i := range a.Runs {
		if x, y := a.Runs[i], b.Runs[i]; x.TraceHash != y.TraceHash || x.Events != y.Events {
			return fmt.Errorf("not deterministic: %s, seed %d: %d events with trace %s, then %d with trace %s; please report this scenario",
				x.Strategy, x.Seed, x.Events, x.TraceHash, y.Events, y.TraceHash)
		}
	}
	var first, second bytes.Buffer
	if err := reports.JSON(&first, a); err != nil {
		return err
	}
	if err := reports.JSON(&second, b); err != nil {
		return err
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		return fmt.Errorf("not deterministic: the event traces agree and results.json differs; please report this scenario")
	}
	return nil
}
