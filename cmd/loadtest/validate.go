package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"herdlab/internal/command"
	"herdlab/internal/lab"
	"herdlab/internal/metrics"
	"herdlab/internal/sim"
	"herdlab/reports"
	"herdlab/scenarios"
)

type validateCmd struct {
	Scenarios []string `arg:"" optional:"" help:"Files, or names of the catalogue."`

	command.Selection `embed:""`

	real `embed:""`
	pace `embed:""`

	Calibrate bool `default:"true" negatable:"" help:"Take the round trips of network and cache in the model from the measured run."`
	Quiet     bool `short:"q" help:"No progress."`
}

// Run measures each scenario, foretells it, and prints the two side by side.
func (v validateCmd) Run(c *command.Console) error {
	names := v.Scenarios
	if len(names) == 0 {
		names = []string{short}
	}
	if err := v.check(); err != nil {
		return command.Usage(err)
	}
	scs, err := v.Selection.Load(names, v.Set)
	if err != nil {
		return command.Usage(err)
	}
	apart := 0
	for i, sc := range scs {
		measured, set, err := v.measure(c, sc)
		if err != nil {
			return interrupted(c, err, sc.Name+" is not measured")
		}
		if measured.Interrupted {
			return &command.Exit{Code: command.ExitInterrupted, Err: fmt.Errorf("interrupted: %s is not measured", sc.Name)}
		}
		if err := v.void(measured); err != nil {
			return err
		}
		foretold, err := v.foretell(names[i], set)
		if err != nil {
			return err
		}
		for _, s := range set {
			fmt.Fprintf(c.Out, "calibrated: %s\n", s)
		}
		rows := reports.Validate(measured, foretold)
		apart += len(slices.DeleteFunc(slices.Clone(rows), func(r reports.Validation) bool { return r.Within }))
		if err := reports.ValidationTable(c.Out, sc.Name, rows); err != nil {
			return err
		}
	}
	if apart > 0 {
		return &command.Exit{Code: command.ExitExpectation, Err: fmt.Errorf("%s outside the tolerance", command.Count(apart, "figure is", "figures are"))}
	}
	return nil
}

// check refuses what cannot be compared: an origin behind a network that the
// model has not.
func (v validateCmd) check() error {
	if v.Origin != modelled && v.Origin != "sqlite" && !strings.HasPrefix(v.Origin, "sqlite:") {
		return errors.New("--origin: validate compares with the model, and takes modelled, sqlite or sqlite:PATH")
	}
	return cmp.Or(v.real.check(), v.pace.check())
}

// measure runs the scenario for real, and says which settings make the model
// have the same round trips.
func (v validateCmd) measure(c *command.Console, sc *scenarios.Scenario) (*metrics.File, []string, error) {
	run := runCmd{Selection: v.Selection, real: v.real, pace: v.pace}
	run.Quiet = v.Quiet
	file, trips, err := run.execute(c, sc)
	if err != nil || !v.Calibrate {
		return file, nil, err
	}
	set := []string{fmt.Sprintf("fleet.cache.rtt=%v", trips.cache.Round(time.Microsecond))}
	set = append(set, trips.loads.settings()...)
	if rtt, ok := network(sc, file); ok {
		set = append(set, fmt.Sprintf("client.rtt=%v", rtt.Round(time.Microsecond)))
	}
	return file, set, nil
}

// network is the round trip between client and box: the median of a bystander
// without a cost, which does nothing else.
func network(sc *scenarios.Scenario, file *metrics.File) (time.Duration, bool) {
	var medians []float64
	for _, class := range sc.Workload {
		if !class.Bystander() || class.Cost+sc.Fleet.CPU > 0 {
			continue
		}
		for _, run := range file.Runs {
			if l := run.Classes[class.Class].LatencyMS; l != nil {
				medians = append(medians, l.P50)
			}
		}
	}
	if len(medians) == 0 {
		return 0, false
	}
	slices.Sort(medians)
	return time.Duration(medians[len(medians)/2] * 1e6), true
}

// foretell runs the scenario on the virtual clock.
func (v validateCmd) foretell(name string, set []string) (*metrics.File, error) {
	scs, err := v.Selection.Load([]string{name}, append(slices.Clone(v.Set), set...))
	if err != nil {
		return nil, command.Usage(err)
	}
	return lab.Execute(scs[0], lab.Options{Clock: func() lab.Clock { return sim.New() }, ClockName: "virtual"})
}
