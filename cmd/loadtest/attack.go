package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/foretell"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/live"
	"github.com/herdlab/herdlab/internal/live/origin"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/workloads"
	"github.com/herdlab/herdlab/workloads/trace"
)

type attackCmd struct {
	Scenario string `arg:"" optional:"" help:"A file, or a name of the catalogue: its traffic is sent, its strategies are not run. May be left out with --trace."`

	Target      string   `placeholder:"URL" help:"URL of a key. {key} is replaced by the key with a word of the run, so that it is cold; {name} by the key alone, {number} by the number it ends with, {run} by the word alone. Without any of them {key} is appended to the path."`
	Accept      []int    `placeholder:"STATUS" help:"Statuses that are an answer to a read, besides 2xx and 304."`
	Bystander   string   `placeholder:"URL" help:"URL for the classes without keys. Default: the root of the target's server."`
	OriginStats string   `placeholder:"URL" help:"URL of a loadtest origin behind the target, to count computes, duplicates and the herd."`
	Name        string   `default:"target" help:"Label of the run. If it is the name of a strategy of the scenario, the expectations about that one are checked."`
	Seed        *uint64  `help:"First seed. Default: the scenario's own."`
	Seeds       *int     `help:"Number of seeds. Figures are medians over them, with a confidence interval. Default: 1."`
	Set         []string `placeholder:"KEY=VALUE" sep:"none" help:"Change a setting, e.g. workload.page.rate=100/s."`

	command.Delivery `embed:""`
	command.Replay   `embed:""`
	pace             `embed:""`
	against          `embed:""`
	asking           `embed:""`
	hooks            `embed:""`
	onStack          `embed:""`

	traces *workloads.Recordings
}

// Run judges a program by its answers. It keeps no journal: nobody but its owner knows
// whether the program is still the one that the runs of a killed command have measured.
func (a attackCmd) Run(c *command.Console) error {
	a.Suffix = "-" + a.Name
	stop, err := a.startStack(c)
	if err != nil {
		return err
	}
	defer stop()
	if err := a.check(); err != nil {
		return command.Usage(err)
	}
	a.traces = &workloads.Recordings{Stop: func() bool { return c.Ctx.Err() != nil }}
	defer a.traces.Close() // they were only read: nothing can be lost
	sc, notes, err := a.load(c)
	if errors.Is(err, trace.ErrStopped) {
		return c.Interrupted("nothing was begun")
	}
	if err == nil {
		err = a.Writable([]*scenarios.Scenario{sc})
	}
	if err != nil {
		return command.Usage(err)
	}
	if err := a.reach(c); err != nil {
		return unlessInterrupted(c, err, "nothing of "+sc.Name+" is finished")
	}
	watch := live.Watch()
	file, err := a.execute(c, sc, notes)
	machine := watch.Stop()
	var rows []foretell.Row
	var incomparable error
	if err == nil && a.Against != "" && !file.Interrupted {
		rows, incomparable = a.compare(c, file, a.traces, machine)
	}
	to := a.Printout(c.Out, 1)
	broken, err := deliver(c, to, a.pace, sc, file, nil, err)
	err = cmp.Or(err, to.End(), incomparable)
	if err == nil {
		err = a.against.print(c, a.Format == "table", sc.Name, rows)
	}
	return cmp.Or(err, command.Broken(broken))
}

// flagged is an address and the flag that gives it.
type flagged struct{ flag, url string }

func (a attackCmd) addresses() []flagged {
	return []flagged{{"--target", a.Target}, {"--bystander", a.Bystander}, {"--origin-stats", a.OriginStats}}
}

func (a attackCmd) check() error {
	if a.Target == "" {
		return errors.New("--target: give the URL at which your program is asked for a key, as in --target http://127.0.0.1:8080/pages/{key}, or a file that starts it with --stack")
	}
	if err := live.CheckTarget(a.Target); err != nil {
		return fmt.Errorf("--target: %w", err)
	}
	for _, address := range a.addresses() {
		if address.url != "" && !isHTTP(address.url) {
			return fmt.Errorf("%s: the address is not a URL: write it as http://127.0.0.1:8080/path", address.flag)
		}
	}
	if _, err := a.asking.header(); err != nil {
		return err
	}
	if a.Name == "" || strings.ContainsAny(a.Name, "/=.\t\n") || len(a.Name) > 64 {
		return fmt.Errorf("--name %q: a label is up to 64 letters, digits, spaces, - and _", a.Name)
	}
	return nil
}

// load reads the scenario, without what only boxes of the lab could have, and
// says what that was.
func (a *attackCmd) load(c *command.Console) (sc *scenarios.Scenario, notes []string, err error) {
	var names []string
	switch {
	case a.Scenario != "":
		names = []string{a.Scenario}
	case len(a.Trace) == 0:
		return nil, nil, errors.New("no traffic is named: give a scenario, or --trace FILE")
	}
	names, set, err := a.Replay.Settings(names, a.Set, a.traces, a.Heard(c))
	if err != nil {
		return nil, nil, err
	}
	from := command.Selection{Seed: a.Seed, Seeds: a.Seeds}
	scs, err := from.Load(scenarios.OpenReal, names, set)
	if err != nil {
		return nil, nil, err
	}
	sc = scs[0]
	if err := a.against.load(sc, from, names[0], set, a.meets); err != nil {
		return nil, nil, err
	}
	if sc.Seeds > 1 && a.Before == "" && live.AsksTheSame(a.Target) {
		return nil, nil, fmt.Errorf("--seeds %d: every run asks for the same addresses, and would find what the first has left in the cache: empty it with --before 'COMMAND', or put {key} or {run} into --target", sc.Seeds)
	}
	bystanders := 0
	for _, class := range sc.Workload {
		if class.Bystander() {
			bystanders++
		}
	}
	if a.Bystander != "" && bystanders == 0 {
		return nil, nil, fmt.Errorf("--bystander: every class of %s has keys, so none would be sent there: leave it out", sc.Name)
	}
	for _, class := range sc.Workload {
		if class.Session {
			return nil, nil, fmt.Errorf("class %s needs sessions, which only the lab's own boxes keep as the scenario says; to send its requests without them, add --set workload.%s.session=false",
				class.Class, class.Class)
		}
	}
	entry, err := a.label(sc)
	if err != nil {
		return nil, nil, err
	}
	sc.Strategies = []scenarios.Entry{entry}
	all := len(sc.Expect)
	sc.Expect = slices.DeleteFunc(sc.Expect, func(x *scenarios.Expectation) bool {
		return !slices.Equal(x.Strategies(), []string{a.Name})
	})
	for _, part := range []struct {
		n               int
		one, many, says string
	}{
		{all - len(sc.Expect), "expectation is about a strategy", "expectations are about strategies",
			" of the scenario and not checked; to check those about one, give its name with --name"},
		{a.left(sc.Faults), "fault", "faults", " of the scenario left out: they cannot be caused in a program of your own"},
		{len(sc.Fleet.Warmers), "warmer", "warmers", " of the scenario left out: they cannot fill the cache of a program of your own"},
	} {
		if part.n > 0 {
			notes = append(notes, humanize.Plural(part.n, part.one, part.many)+part.says)
		}
	}
	sc.LeaveAlone(a.causes)
	return sc, notes, nil
}

// label is the program as an entry of the scenario. The settings that a strategy has of its
// own, as warm or idle, are the program's too where it is measured in its place: the one that
// --against names, else the one that --name does.
func (a *attackCmd) label(sc *scenarios.Scenario) (scenarios.Entry, error) {
	like, err := a.against.entry(sc)
	if err != nil {
		return scenarios.Entry{}, err
	}
	if i := slices.IndexFunc(sc.Strategies, func(e scenarios.Entry) bool { return e.Name == a.Name }); like == nil && i >= 0 {
		like = &sc.Strategies[i]
	}
	if like == nil {
		return scenarios.Entry{Name: a.Name, Kind: "target"}, nil
	}
	return like.Labelled(a.Name, "target"), nil
}

// causes reports whether an attack can cause a fault: those of a counting origin.
func (a attackCmd) causes(f fault.Fault) bool { return a.OriginStats != "" && fault.OfOrigin(f) }

// meets reports whether a program meets a fault of the scenario. With --at the commands are to
// bring them about.
func (a attackCmd) meets(f fault.Fault) bool { return len(a.At) > 0 || a.causes(f) }

// left counts the faults that the program does not meet.
func (a attackCmd) left(faults []fault.Fault) (n int) {
	for _, f := range faults {
		if !a.meets(f) {
			n++
		}
	}
	return n
}

// reach sees that the origin answers before anything is sent. The target is probed by each
// run.
func (a attackCmd) reach(c *command.Console) error {
	if a.OriginStats == "" {
		return nil
	}
	if _, err := origin.AskCounts(c.Ctx, a.OriginStats); err != nil {
		return fmt.Errorf("--origin-stats: %w", err)
	}
	return nil
}

// execute runs the traffic of every seed, one after another.
func (a attackCmd) execute(c *command.Console, sc *scenarios.Scenario, notes []string) (*metrics.File, error) {
	p := newScreen(c.Err, a.Quiet, sc, nil)
	defer p.end()
	var herd func() int
	if a.OriginStats != "" {
		ctx, stop := context.WithCancel(c.Ctx)
		defer stop()
		herd = poll(ctx, a.OriginStats)
	}
	config := live.AttackConfig{
		Target: a.Target, Bystander: a.Bystander, Accept: a.Accept, Origin: a.OriginStats, LateAfter: a.Late, Progress: p.ended, Notes: notes,
	}
	config.Header, _ = a.asking.header() // which was checked
	config.Method, config.Body, config.Insecure = a.Method, a.Body, a.Insecure
	if a.OriginStats != "" {
		settled, err := origin.Settle(c.Ctx, a.OriginStats, sc.Fleet.Origin)
		if err != nil {
			return nil, fmt.Errorf("--origin-stats: %w", err)
		}
		for _, of := range append(a.foretold, sc) {
			of.UseOrigin(settled)
		}
		config.Steps = live.OriginSteps(a.OriginStats, sc.Scene())
	}
	config.Steps = append(config.Steps, a.hooks.steps()...)
	var made []*live.Attack
	again := command.Selection{Set: a.Set}.Command("go run ./cmd/loadtest attack", sc, slices.Concat(a.Replay.Flags(), a.flags(), a.asking.flags(), a.ownHooks().flags(), a.pace.flags())...)
	file, err := executeOnWall(c, sc, p, again, map[string]string{"target": a.shown()}, nil, a.traces, func(cfg world.Config, env world.Environment) (lab.World, error) {
		p.follow(herd)
		if err := a.hooks.before(c.Ctx); err != nil {
			return nil, err
		}
		w, err := live.NewAttack(c.Ctx, config, cfg, env)
		if err != nil {
			return nil, err
		}
		made = append(made, w)
		if err := w.Probe(probeKey(sc)); err != nil {
			return nil, errors.Join(err, a.hooks.after()) // there is no run that would do it
		}
		return &hookedAttack{Attack: w, after: a.hooks.after, alive: a.alive}, nil
	})
	a.forgetFleet(file)
	if file != nil {
		file.Faults = append(file.Faults, a.hooks.marks()...)
	}
	for _, w := range made {
		if file != nil && file.Void == "" {
			file.Void = w.Void()
		}
	}
	return file, err
}

// probeKey is a key as the scenario's traffic has them.
func probeKey(sc *scenarios.Scenario) string {
	for _, class := range sc.Workload {
		if !class.Bystander() {
			return class.Class + ":1"
		}
	}
	return ""
}

// forgetFleet takes out of the settings what the scenario says of a fleet: the program has one of its own,
// of which nobody knows. A counting origin has told what it is like.
func (a attackCmd) forgetFleet(file *metrics.File) {
	if file == nil || file.Settings == nil {
		return
	}
	maps.DeleteFunc(file.Settings.Scenario, func(path, _ string) bool {
		return strings.HasPrefix(path, "fleet.") && (a.OriginStats == "" || !strings.HasPrefix(path, "fleet.origin."))
	})
	for _, run := range file.Runs {
		run.SettingsHash = file.Settings.Hash(run.Strategy)
	}
}

// flags are those that make the run again, without passwords.
func (a attackCmd) flags() []string {
	var list []string
	if a.running != nil {
		list = append(list, "--stack "+command.Quote(a.Stack))
	}
	for _, address := range a.addresses() {
		if address.url != "" && a.running == nil {
			list = append(list, address.flag+" "+command.Quote(withoutPassword(address.url)))
		}
	}
	for _, status := range a.Accept {
		list = append(list, fmt.Sprintf("--accept %d", status))
	}
	if a.Name != "target" {
		list = append(list, "--name "+command.Quote(a.Name))
	}
	if a.Against != "" {
		list = append(list, "--against "+command.Quote(a.Against))
	}
	return list
}
