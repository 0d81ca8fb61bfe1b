package command

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/workloads"
	"github.com/herdlab/herdlab/workloads/trace"
)

// Replay is the flags of a trace that takes the place of a scenario's traffic.
type Replay struct {
	Trace  []string `placeholder:"FILE" sep:"none" help:"Replay access logs or tables (time,key,size), plain or packed, as the traffic; may be repeated, and be a pattern or - for standard input: all are merged by time."`
	Speed  *float64 `placeholder:"1" help:"With --trace: how many times faster than it was recorded; ttls and waits stay as they are, as for so many times the users. Default: 1."`
	MaxBad *string  `placeholder:"5%" help:"With --trace: share of lines that may fail to parse. Default: 5%."`
}

// replayName is the scenario that --trace runs when none is named.
const replayName = "replay"

// Settings turns --trace into settings: the trace takes the place of the traffic
// of the class that has keys, and the scenario lasts as long as the trace. The
// whole trace is read before, so that one that is torn or of another
// format ends the command before anything runs; say hears what was read.
func (r *Replay) Settings(names, set []string, read *workloads.Recordings, say io.Writer) (_, _ []string, err error) {
	switch {
	case len(r.Trace) == 0 && (r.Speed != nil || r.MaxBad != nil):
		return nil, nil, errors.New("--speed and --max-bad say how a trace is read: give --trace FILE too, or remove them")
	case len(r.Trace) == 0:
		return names, set, nil
	case len(names) > 1:
		return nil, nil, errors.New("--trace: name one scenario, or none")
	case len(names) == 0:
		names = []string{replayName}
	}
	if names[0] == trace.Stdin && slices.Contains(r.Trace, trace.Stdin) {
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
	length, err := read.Length(t)
	if err != nil {
		return nil, nil, fmt.Errorf("--trace: %w", err)
	}
	stats, err := read.Stats(t)
	if err != nil {
		return nil, nil, err
	}
	sayRead(say, &stats)
	class, err := keyedClass(names[0])
	if err != nil {
		return nil, nil, err
	}
	past := pastCache(&stats)
	traffic := fmt.Sprintf("workload.%s={class: %s%s, trace: {file: %s, files: %s, speed: %g, max_bad: %s%s}}",
		class, strconv.Quote(class), past.class, strconv.Quote(r.Trace[0]), quoted(r.Trace[1:]), *r.Speed, *r.MaxBad, past.trace)
	return names, append([]string{traffic, fmt.Sprintf("duration=%v", length)}, set...), nil
}

// sayRead says what every file was taken for.
func sayRead(to io.Writer, stats *trace.Stats) {
	for _, f := range stats.Files {
		text := fmt.Sprintf("%s: read as %s", f.File, cmp.Or(f.Format, "nothing: it is empty"))
		if f.Bad > 0 {
			text += fmt.Sprintf(", %d of %d lines unreadable: the first is line %d", f.Bad, f.Lines, f.FirstBad[0].Line)
		}
		fmt.Fprintln(to, text)
	}
}

// settingsOf is what is added to the settings of a class and of its trace.
type settingsOf struct{ class, trace string }

// pastCache is how a log is replayed in which nothing is read. A POST for an address that
// is asked for in no other way is a question as well, as of GraphQL and JSON-RPC, which no
// cache of HTTP answers: each takes what the page takes.
func pastCache(stats *trace.Stats) settingsOf {
	isPost := func(m trace.Count) bool { return m.Name == "POST" } // which no cache has among its operations
	if stats.Writes < stats.Requests || !slices.ContainsFunc(stats.Methods, isPost) {
		return settingsOf{}
	}
	var names []string
	for _, m := range stats.Methods {
		if !slices.Contains(stats.Skipped, m) {
			names = append(names, m.Name)
		}
	}
	return settingsOf{", cache: none", ", reads: " + quoted(names)}
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

// Flags are the words of the command line that make the replay again.
func (r *Replay) Flags() []string {
	if len(r.Trace) == 0 {
		return nil
	}
	var words []string
	for _, file := range r.Trace {
		words = append(words, "--trace "+Quote(file))
	}
	return append(words, fmt.Sprintf("--speed %g", *r.Speed), "--max-bad "+*r.MaxBad)
}
