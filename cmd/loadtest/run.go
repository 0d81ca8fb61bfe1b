package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/live"
	"github.com/herdlab/herdlab/internal/live/origin"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/strategies/clock"
)

type runCmd struct {
	Scenarios []string `arg:"" optional:"" help:"Files, - for standard input, or names of the catalogue (loadtest list)."`

	command.Selection `embed:""`
	command.Delivery  `embed:""`
	command.Gate      `embed:""`

	real `embed:""`
	pace `embed:""`
}

// Run loads every scenario, and only then begins to run them.
func (r runCmd) Run(c *command.Console) error {
	r.Suffix = "-real"
	if err := r.real.check(); err != nil {
		return command.Usage(err)
	}
	scs, err := r.load(r.Selection, r.Scenarios)
	if err == nil {
		err = cmp.Or(r.Gate.Apply(scs), r.Writable(scs))
	}
	if err != nil {
		return command.Usage(err)
	}
	to := r.Printout(c.Out, len(scs))
	err = r.runAll(c, to, scs)
	return cmp.Or(err, to.End())
}

// runAll runs the scenarios one after another.
func (r runCmd) runAll(c *command.Console, to *command.Printout, scs []*scenarios.Scenario) error {
	broken := 0
	for i, sc := range scs {
		file, _, failed := r.execute(c, sc)
		n, err := deliver(c, to, r.pace, sc, file, failed)
		if err != nil {
			if failed == nil && file.Interrupted && len(scs)-i > 1 {
				err = &command.Exit{Code: command.ExitInterrupted, Err: fmt.Errorf("%w, %s not begun", err, humanize.Plural(len(scs)-i-1, "scenario was", "scenarios were"))}
			}
			return err
		}
		broken += n
		if err := r.Aborted(broken, len(scs)-i-1); err != nil {
			return err
		}
	}
	return command.Broken(broken)
}

// deliver delivers what is finished, be it what was finished before a run failed, says
// why it may be worth nothing, and counts the expectations that do not hold.
func deliver(c *command.Console, to *command.Printout, p pace, sc *scenarios.Scenario, file *metrics.File, failed error) (broken int, err error) {
	if failed != nil && (file == nil || len(file.Runs) == 0) {
		return 0, unlessInterrupted(c, failed, "nothing of "+sc.Name+" is finished")
	}
	void := p.void(file)
	if void != nil && failed == nil {
		file.Void = void.Error()
	}
	err = to.Deliver(sc, file)
	switch {
	case err != nil:
		return 0, errors.Join(failed, err)
	case failed != nil:
		failed = fmt.Errorf("%w; what was finished before it is written", failed)
		return 0, unlessInterrupted(c, failed, "what is finished of "+sc.Name+" is written")
	case file.Interrupted:
		return 0, &command.Exit{Code: command.ExitInterrupted, Err: fmt.Errorf(
			"interrupted: %d of %d runs of %s are finished and written", len(file.Runs), len(sc.Strategies)*sc.Seeds, sc.Name)}
	case void != nil:
		return 0, void
	}
	return command.Failures(c.Err, sc, file), nil
}

// execute runs one scenario on the wall clock, one run after another, and says
// what its parts took.
func (r runCmd) execute(c *command.Console, sc *scenarios.Scenario) (*metrics.File, *timings, error) {
	ctx, cancel := context.WithCancel(c.Ctx)
	defer cancel()
	r.real = r.real.of(sc)
	caches := &caches{ctx: ctx, kind: r.Cache}
	defer caches.close()
	generator, err := r.generator()
	if err != nil {
		return nil, nil, err
	}
	seen := &timings{sc: sc}
	config := live.Config{LateAfter: r.Late, Generator: generator, Probed: seen.probe, Disk: seen.disk}
	from, err := openSource(c, r.Origin, sc.Fleet.Origin.Concurrency, origin.DefaultSize(), r.Quiet)
	if err != nil {
		return nil, nil, err
	}
	if from != nil {
		defer from.Close()
		config.Origin, config.Took = from, seen.load
	}
	p := newScreen(c.Err, r.Quiet, sc)
	defer p.end()
	again := r.Command("go run ./cmd/loadtest run", sc, slices.Concat(r.real.flags(), r.pace.flags(), r.Gate.Flags())...)
	file, err := executeOnWall(c, sc, p, again, func(cfg world.Config, env world.Environment) (lab.World, error) {
		tier, err := caches.tier(cfg.Fleet)
		if err != nil {
			return nil, err
		}
		p.follow(hearLoads(&env.Observer))
		seen.startRun(tier)
		config := config
		config.Tier, config.Progress = tier, p.ended
		if cfg.Fleet.Disk != nil {
			if config.Dir, err = caches.diskDir(); err != nil {
				return nil, err
			}
		}
		return live.New(ctx, config, cfg, env)
	})
	seen.startRun(nil)
	return file, seen, err
}

// executeOnWall executes a scenario in worlds on the wall clock, one run after another.
// A user who types again makes the result again.
func executeOnWall(c *command.Console, sc *scenarios.Scenario, p *screen, again string, makeWorld func(world.Config, world.Environment) (lab.World, error)) (*metrics.File, error) {
	return lab.Execute(sc, lab.Options{
		Clock: func() lab.Clock { return clock.NewWall() }, ClockName: "wall", Parallel: 1, Command: again, Tool: command.Tool(), World: makeWorld,
		Stop: func() bool { return c.Ctx.Err() != nil }, Began: p.began,
	})
}
