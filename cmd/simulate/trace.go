package main

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/scenarios"
)

// replayName is the scenario that --trace runs when none is named.
const replayName = "replay"

// replay turns --trace into settings: the trace takes the place of the traffic
// of the class that has keys, and the scenario lasts as long as the trace. The
// whole trace is read once before, so that one that is torn or of another
// format ends the command before anything runs.
func (r *runCmd) replay(stop func() bool) (names, set []string, err error) {
	names = r.Scenarios
	if r.Trace == "" {
		return names, r.Set, nil
	}
	if len(names) > 1 {
		return nil, nil, errors.New("--trace: name one scenario, or none")
	}
	name := replayName
	if len(names) == 1 {
		name = names[0]
	}
	r.Speed, r.MaxBad = cmp.Or(r.Speed, new(1.0)), cmp.Or(r.MaxBad, new("5%"))
	if *r.Speed <= 0 {
		return nil, nil, fmt.Errorf("--speed %g: give a number above 0", *r.Speed)
	}
	share, err := units.ParseShare(*r.MaxBad)
	if err != nil {
		return nil, nil, fmt.Errorf("--max-bad %s: %w", *r.MaxBad, err)
	}
	length, err := lab.TraceLength(r.Trace, *r.Speed, share, stop)
	if err != nil {
		return nil, nil, fmt.Errorf("--trace: %w", err)
	}
	class, err := keyedClass(name)
	if err != nil {
		return nil, nil, err
	}
	traffic := fmt.Sprintf("workload.%s={class: %s, trace: {file: %s, speed: %g, max_bad: %s}}",
		class, strconv.Quote(class), strconv.Quote(r.Trace), *r.Speed, *r.MaxBad)
	return []string{name}, append([]string{traffic, fmt.Sprintf("duration=%v", length)}, r.Set...), nil
}

// keyedClass is the first class of a scenario that uses the cache: the one whose
// requests the trace replaces.
func keyedClass(name string) (string, error) {
	sc, err := scenarios.Open(name, nil)
	if err != nil {
		return "", err
	}
	for _, c := range sc.Workload {
		if !c.Bystander() {
			return c.Class, nil
		}
	}
	return "", fmt.Errorf("--trace: no class of %s has keys, so none can be replaced by the trace", name)
}

// replayFlags are the words of the command line that make the replay again.
func (r runCmd) replayFlags() []string {
	if r.Trace == "" {
		return nil
	}
	return []string{"--trace " + command.Quote(r.Trace), fmt.Sprintf("--speed %g", *r.Speed), "--max-bad " + *r.MaxBad}
}
