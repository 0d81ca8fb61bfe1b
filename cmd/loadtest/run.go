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
	"github.com/herdlab/herdlab/workloads"
	"github.com/herdlab/herdlab/workloads/trace"
)

type runCmd struct {
	Scenarios []string `arg:"" optional:"" help:"Files, - for standard input, or names of the catalogue (loadtest list)."`

	command.Selection `embed:""`
	command.Delivery  `embed:""`
	command.Gate      `embed:""`
	command.Memory    `embed:""`
	command.Replay    `embed:""`

	real `embed:""`
	pace `embed:""`

	traces *workloads.Recordings // read once, whatever runs replay them
}

// Run loads every scenario, and only then begins to run them.
func (r runCmd) Run(c *command.Console) error {
	r.Suffix = "-real"
	c, end := r.Watch(c)
	defer end()
	if err := r.real.check(); err != nil {
		return command.Usage(err)
	}
	r.traces = &workloads.Recordings{Stop: func() bool { return c.Ctx.Err() != nil }}
	defer r.traces.Close() // they were only read: nothing can be lost
	scs, err := r.loadReplayed(c)
	if errors.Is(err, trace.ErrStopped) {
		return c.Interrupted("nothing was begun")
	}
	if err == nil {
		err = cmp.Or(r.Gate.Apply(scs), r.Writable(scs))
	}
	if err != nil {
		return command.Usage(err)
	}
	if err := refuseTooLarge(r.Memory, scs); err != nil {
		return err
	}
	to := r.Printout(c.Out, len(scs))
	err = r.runAll(c, to, scs)
	return cmp.Or(err, to.End())
}

// loadReplayed reads the scenarios, one of them with a trace for its traffic if that is
// given.
func (r *runCmd) loadReplayed(c *command.Console) ([]*scenarios.Scenario, error) {
	names, set, err := r.Replay.Settings(r.Scenarios, r.Set, r.traces, r.Heard(c))
	if err != nil {
		return nil, err
	}
	from := r.Selection
	from.Set = set
	return r.load(from, names)
}

// runAll runs the scenarios one after another.
func (r runCmd) runAll(c *command.Console, to *command.Printout, scs []*scenarios.Scenario) error {
	broken := 0
	for i, sc := range scs {
		journal, err := command.OpenJournal(c, r.Delivery, sc, r.again(sc))
		if err != nil {
			return err
		}
		file, _, failed := r.execute(c, sc, journal)
		n, err := deliver(c, to, r.pace, sc, file, journal, failed)
		if err != nil {
			if failed == nil && file.Interrupted && len(scs)-i > 1 {
				err = alsoUndone(err, humanize.Plural(len(scs)-i-1, "scenario was", "scenarios were")+" not begun")
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

// refuseTooLarge refuses scenarios whose runs, one at a time, would not have the memory
// they need.
func refuseTooLarge(m command.Memory, scs []*scenarios.Scenario) error {
	for _, sc := range scs {
		need, most := lab.Memory(sc, lab.RealParts)
		if err := m.Refuse(sc.Name, need, most, "", 1); err != nil {
			return err
		}
	}
	return nil
}

// alsoUndone is the end of a command that was stopped, with what else is left undone.
func alsoUndone(err error, what string) error {
	exit := &command.Exit{Code: command.ExitInterrupted}
	errors.As(err, &exit)
	return &command.Exit{Code: exit.Code, Err: fmt.Errorf("%w, %s", err, what)}
}

// deliver delivers what is finished, be it what was finished before a run failed, and then
// removes its journal; says why it may be worth nothing, and counts the expectations that
// do not hold.
func deliver(c *command.Console, to *command.Printout, p pace, sc *scenarios.Scenario, file *metrics.File, journal *command.Journal, failed error) (broken int, err error) {
	if failed != nil && (file == nil || len(file.Runs) == 0) {
		return 0, unlessInterrupted(c, failed, "nothing of "+sc.Name+" is finished")
	}
	void := p.void(file)
	switch {
	case file.Void != "":
		void = &command.Exit{Code: command.ExitRun, Err: errors.New(file.Void)}
	case void != nil && failed == nil:
		file.Void = void.Error()
	}
	if err = to.Deliver(sc, file); err == nil {
		journal.Remove()
	}
	switch {
	case err != nil:
		return 0, errors.Join(failed, err)
	case failed != nil:
		failed = fmt.Errorf("%w; what was finished before it is written", failed)
		return 0, unlessInterrupted(c, failed, "what is finished of "+sc.Name+" is written")
	case file.Interrupted:
		return 0, c.Interrupted(fmt.Sprintf("%d of %d runs of %s are finished and written", len(file.Runs), len(sc.Strategies)*sc.Seeds, sc.Name))
	case void != nil:
		return 0, void
	}
	return command.Failures(c.Err, sc, file), nil
}

// again is what makes the result of a scenario again.
func (r runCmd) again(sc *scenarios.Scenario) string {
	return r.Command("go run ./cmd/loadtest run", sc, slices.Concat(r.Replay.Flags(), r.real.of(sc).flags(), r.pace.flags(), r.Gate.Flags())...)
}

// execute runs what is not in the journal of one scenario on the wall clock, one run after
// another, and says what its parts took.
func (r runCmd) execute(c *command.Console, sc *scenarios.Scenario, journal *command.Journal) (*metrics.File, *timings, error) {
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
	p := newScreen(c.Err, r.Quiet, sc, journal)
	defer p.end()
	p.heard = seen.began
	file, err := executeOnWall(c, sc, p, r.again(sc), r.real.settings(), journal, r.traces, func(cfg world.Config, env world.Environment) (lab.World, error) {
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

// executeOnWall executes what is not in the journal of a scenario in worlds on the wall
// clock, one run after another. A user who types again makes the result again.
func executeOnWall(c *command.Console, sc *scenarios.Scenario, p *screen, again string, parts map[string]string, journal *command.Journal, traces *workloads.Recordings,
	makeWorld func(world.Config, world.Environment) (lab.World, error)) (*metrics.File, error) {
	return lab.Execute(sc, lab.Options{
		Clock: func() lab.Clock { return clock.NewWall() }, ClockName: "wall", Recordings: traces, Parallel: 1, Command: again, Tool: command.Tool(), World: makeWorld,
		Stop: func() bool { return c.Ctx.Err() != nil }, Began: p.began,
		Parts: parts, Known: journal.Known, Ended: journal.Ended,
	})
}
