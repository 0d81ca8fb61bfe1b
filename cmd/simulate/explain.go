package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/reports"
	"github.com/herdlab/herdlab/scenarios"
)

// explainCmd shows single requests, step by step.
type explainCmd struct {
	Scenario string `arg:"" help:"A file, - for standard input, or a name of the catalogue."`

	Strategy []string `placeholder:"NAME" help:"Only these strategies of the scenario."`
	Seed     *uint64  `help:"Seed. Default: the scenario's own."`
	Set      []string `placeholder:"KEY=VALUE" sep:"none" help:"Change a setting, e.g. fleet.workers=50."`

	Slowest *int           `xor:"which" placeholder:"N" help:"So many of the slowest usable answers."`
	Failed  string         `xor:"which" placeholder:"CAUSE" help:"The first requests that failed so, e.g. timeout; any is the first of every cause."`
	Request *int64         `xor:"which" placeholder:"K" help:"The request of this number, from 1 in the order of arrival."`
	At      *time.Duration `xor:"which" placeholder:"3.2s" help:"The first request that arrived at this time of the run, or later."`

	Format string `default:"text" enum:"text,json" help:"What to print: ${enum}."`
}

// Help is what --help says below the flags.
func (explainCmd) Help() string {
	return `Without --slowest, --failed, --request and --at it is the slowest answer and the first failure of every cause, of each strategy.`
}

// explained are the timelines of a scenario, as --format json has them.
type explained struct {
	Scenario string         `json:"scenario"`
	Runs     []explainedRun `json:"runs"`
}

type explainedRun struct {
	Strategy  string             `json:"strategy"`
	Seed      uint64             `json:"seed"`
	Timelines []metrics.Timeline `json:"timelines"`
}

// Run explains requests of every strategy that was chosen, one after the other.
func (x explainCmd) Run(c *command.Console) error {
	wanted, err := x.wanted()
	if err != nil {
		return command.Usage(err)
	}
	scs, err := command.Selection{Strategy: x.Strategy, Seed: x.Seed, Set: x.Set}.Load(command.OpenModelled, []string{x.Scenario}, x.Set)
	if err != nil {
		return command.Usage(err)
	}
	sc := scs[0]
	if x.At != nil && *x.At >= sc.Duration {
		return command.Usage(fmt.Errorf("--at %v: the scenario lasts %v; give an earlier time", *x.At, sc.Duration))
	}
	out := explained{Scenario: sc.Name, Runs: []explainedRun{}}
	for i, e := range sc.Strategies {
		run, err := x.explain(c, sc, e, wanted)
		if err != nil {
			return err
		}
		if x.Format == "json" {
			out.Runs = append(out.Runs, explainedRun{run.Strategy, run.Seed, run.Timelines})
			continue
		}
		if i > 0 {
			fmt.Fprintln(c.Out)
		}
		if len(run.Timelines) == 0 {
			fmt.Fprintf(c.Out, "%s, seed %d: %s\n", run.Strategy, run.Seed, x.nothing(run))
			continue
		}
		if err := reports.Timelines(c.Out, run); err != nil {
			return err
		}
	}
	if x.Format != "json" {
		return nil
	}
	encoder := json.NewEncoder(c.Out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

// explain runs one strategy and follows what is wanted.
func (x explainCmd) explain(c *command.Console, sc *scenarios.Scenario, e scenarios.Entry, wanted lab.Wanted) (*metrics.Run, error) {
	watch := lab.Watch{Stop: func() bool { return c.Ctx.Err() != nil }}
	run, err := lab.Explain(sc, e, sc.Seed, func() lab.Clock { return sim.New() }, nil, watch, wanted)
	var input *lab.InputError
	switch {
	case errors.Is(err, lab.ErrStopped):
		return nil, &command.Exit{Code: command.ExitInterrupted, Err: fmt.Errorf("interrupted: %s and what comes after it are not explained", e.Name)}
	case errors.As(err, &input):
		return nil, command.Usage(err)
	}
	return run, err
}

// wanted is what the flags ask for.
func (x explainCmd) wanted() (lab.Wanted, error) {
	switch {
	case x.Slowest != nil && *x.Slowest < 1:
		return lab.Wanted{}, fmt.Errorf("--slowest %d: give 1 or more", *x.Slowest)
	case x.Slowest != nil:
		return lab.Wanted{Slowest: *x.Slowest}, nil
	case x.Request != nil && *x.Request < 1:
		return lab.Wanted{}, fmt.Errorf("--request %d: give 1 or more", *x.Request)
	case x.Request != nil:
		return lab.Wanted{Number: *x.Request}, nil
	case x.At != nil && *x.At < 0:
		return lab.Wanted{}, fmt.Errorf("--at %v: give a time from 0s on", *x.At)
	case x.At != nil:
		return lab.Wanted{At: x.At}, nil
	case x.Failed == anyCause:
		return lab.Wanted{Failed: 1}, nil
	case x.Failed != "":
		cause, ok := metrics.ParseOutcome(x.Failed)
		if !ok || !cause.Failed() {
			return lab.Wanted{}, fmt.Errorf("--failed: %w", spelling.Unknown("cause", x.Failed, causes()))
		}
		return lab.Wanted{Failed: 3, Cause: &cause}, nil
	}
	return lab.Wanted{Slowest: 1, Failed: 1}, nil
}

// anyCause is what --failed has for a failure of every cause.
const anyCause = "any"

// causes are what --failed may have.
func causes() []string {
	list := []string{anyCause}
	for o := range metrics.Outcome(metrics.NumOutcomes) {
		if o.Failed() {
			list = append(list, o.String())
		}
	}
	return list
}

// nothing says why no request is shown.
func (x explainCmd) nothing(run *metrics.Run) string {
	switch {
	case x.Failed != "" && x.Failed != anyCause:
		if others := x.happened(run); len(others) > 0 {
			return fmt.Sprintf("no request ended as %s; what failed ended as %s", x.Failed, spelling.List(others))
		}
		fallthrough
	case x.Failed != "":
		return "no request failed"
	case x.Request != nil:
		return fmt.Sprintf("there is no request %d: there were %d", *x.Request, run.All.Requests)
	case x.At != nil:
		return fmt.Sprintf("no request arrived at %v or later", *x.At)
	}
	return "no request had a usable answer"
}

// happened are the causes for which requests of a run failed.
func (explainCmd) happened(run *metrics.Run) []string {
	return slices.DeleteFunc(causes(), func(name string) bool {
		o, ok := metrics.ParseOutcome(name)
		return !ok || run.All.Outcomes[o] == 0
	})
}
