package main

import (
	"errors"
	"fmt"
	"sync/atomic"

	"herdlab/internal/command"
	"herdlab/internal/lab"
	"herdlab/internal/metrics"
	"herdlab/internal/sim"
	"herdlab/scenarios"
)

type runCmd struct {
	Scenarios []string `arg:"" optional:"" help:"Files, or names of the catalogue (simulate list)."`

	command.Selection `embed:""`
	command.Delivery  `embed:""`

	Trace  string  `placeholder:"FILE" help:"Replay an access log or a CSV (time,key,size), plain or gzip, as the traffic."`
	Speed  float64 `default:"1" help:"With --trace: so many times faster than it was recorded."`
	MaxBad string  `default:"5%" help:"With --trace: the share of lines that may fail to parse."`

	Parallel         int  `default:"0" help:"Runs at once; 0 is one per CPU."`
	CheckDeterminism bool `help:"Run everything twice and compare the event traces and results."`
}

// Run loads every scenario, and only then begins to run them.
func (r runCmd) Run(c *command.Console) error {
	names, set, err := r.replay()
	if err != nil {
		return command.Usage(err)
	}
	scs, err := r.Selection.Load(names, set)
	if err == nil {
		err = r.Writable(scs)
	}
	if err != nil {
		return command.Usage(err)
	}
	var stopped atomic.Bool
	go func() { <-c.Ctx.Done(); stopped.Store(true) }()

	broken := 0
	for i, sc := range scs {
		p := command.NewProgress(c.Err, r.Quiet, sc)
		file, err := r.execute(sc, p, stopped.Load)
		p.End()
		var input *lab.InputError
		if errors.As(err, &input) {
			return command.Usage(err)
		}
		if err != nil {
			return err
		}
		if err := r.Deliver(c.Out, sc, file); err != nil {
			return err
		}
		if file.Interrupted {
			return &command.Exit{Code: command.ExitInterrupted, Err: fmt.Errorf(
				"interrupted: %d of %d runs of %s are finished and written, %s not begun",
				len(file.Runs), len(sc.Strategies)*sc.Seeds, sc.Name, command.Count(len(scs)-i-1, "scenario was", "scenarios were"))}
		}
		broken += command.Failures(c.Err, sc, file)
	}
	if broken > 0 {
		return &command.Exit{Code: command.ExitExpectation, Err: errors.New(
			command.Count(broken, "expectation does not hold", "expectations do not hold"))}
	}
	return nil
}

// execute runs one scenario in virtual time; with --check-determinism, twice.
func (r runCmd) execute(sc *scenarios.Scenario, p *command.Progress, stop func() bool) (*metrics.File, error) {
	opt := lab.Options{
		Clock: func() lab.Clock { return sim.New() }, ClockName: "virtual",
		Command:  r.Command("go run ./cmd/simulate run", sc, r.replayed()...),
		Parallel: r.Parallel, Progress: p.At, Stop: stop,
	}
	file, err := lab.Execute(sc, opt)
	if err != nil || !r.CheckDeterminism || file.Interrupted {
		return file, err
	}
	opt.Progress = nil
	again, err := lab.Execute(sc, opt)
	if err != nil || again.Interrupted {
		return file, err
	}
	return file, same(file, again)
}
