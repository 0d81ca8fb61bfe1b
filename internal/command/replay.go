package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/workloads"
	"github.com/herdlab/herdlab/workloads/trace"
)

// replayName is the scenario that --trace runs when none is named.
const replayName = "replay"

// replay turns --trace into settings: the trace takes the place of the traffic
// of the class that has keys, and the scenario lasts as long as the trace. The
// whole trace is read before, so that one that is torn or of another
// format ends the command before anything runs.
func (r *runCmd) replay() (names, set []string, err error) {
	names = r.Scenarios
	if len(r.Trace) == 0 {
		return names, r.Set, nil
	}
	if len(names) > 1 {
		return nil, nil, errors.New("--trace: name one scenario, or none")
	}
	name := replayName
	if len(names) == 1 {
		name = names[0]
	}
	if name == trace.Stdin && slices.Contains(r.Trace, trace.Stdin) {
		return nil, nil, errors.New("--trace -: the scenario comes from standard input as well: give one of them as a file")
	}
	r.Speed, r.MaxBad = cmp.Or(r.Speed, new(1.0)), cmp.Or(r.MaxBad, new("5%"))
	if *r.Speed <= 0 {
		return nil, nil, fmt.Errorf("--speed %g: give a number above 0", *r.Speed)
	}
	t := &workloads.Trace{File: r.Trace[0], Files: r.Trace[1:], Format: "auto", Speed: *r.Speed}
	if t.MaxBad, err = units.ParseShare(*r.MaxBad); err != nil {
		return nil, nil, fmt.Errorf("--max-bad %s: %w", *r.MaxBad, err)
	}
	length, err := lab.TraceLength(t, r.traces)
	if err != nil {
		return nil, nil, fmt.Errorf("--trace: %w", err)
	}
	class, err := keyedClass(name)
	if err != nil {
		return nil, nil, err
	}
	past, err := r.pastCache(t)
	if err != nil {
		return nil, nil, err
	}
	traffic := fmt.Sprintf("workload.%s={class: %s%s, trace: {file: %s, files: %s, speed: %g, max_bad: %s%s}}",
		class, strconv.Quote(class), past.class, strconv.Quote(r.Trace[0]), quoted(r.Trace[1:]), *r.Speed, *r.MaxBad, past.trace)
	return []string{name}, append([]string{traffic, fmt.Sprintf("duration=%v", length)}, r.Set...), nil
}

// settingsOf is what is added to the settings of a class and of its trace.
type settingsOf struct{ class, trace string }

// pastCache is how a log is replayed in which nothing is read. A POST for an address that
// is asked for in no other way is a question as well, as of GraphQL and JSON-RPC, which no
// cache of HTTP answers: each takes what the page takes.
func (r *runCmd) pastCache(t *workloads.Trace) (settingsOf, error) {
	stats, err := r.traces.Stats(t)
	if err != nil || stats.Writes < stats.Requests || stats.Files[0].Format != trace.AccessLog {
		return settingsOf{}, err
	}
	var names []string
	for _, m := range stats.Methods {
		if !slices.Contains(stats.Skipped, m) {
			names = append(names, m.Name)
		}
	}
	return settingsOf{", cache: none", ", reads: " + quoted(names)}, nil
}

// quoted is a list of texts in YAML.
func quoted(list []string) string {
	var all []string
	for _, text := range list {
		all = append(all, strconv.Quote(text))
	}
	return "[" + strings.Join(all, ", ") + "]"
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
	if len(r.Trace) == 0 {
		return nil
	}
	var words []string
	for _, file := range r.Trace {
		words = append(words, "--trace "+command.Quote(file))
	}
	return append(words, fmt.Sprintf("--speed %g", *r.Speed), "--max-bad "+*r.MaxBad)
}
