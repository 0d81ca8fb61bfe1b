package lab

import (
	"fmt"
	"time"

	"github.com/herdlab/herdlab/workloads"
)

// shown is how many of a trace's bad lines a warning quotes.
const shown = 3

// TraceLength reads a trace to its end and returns how long its replay takes,
// rounded up to a second. A trace that cannot be replayed is an error.
func TraceLength(file string, speed, maxBad float64) (time.Duration, error) {
	const ever = 400 * 24 * time.Hour
	w, err := workloads.New(1, ever, []workloads.Class{{
		Class: "trace", Trace: &workloads.Trace{File: file, Format: "auto", Speed: speed, MaxBad: maxBad},
	}})
	if err != nil {
		return 0, err
	}
	defer w.Close()
	var last time.Duration
	for r := range w.All() {
		last = r.At
	}
	return last.Truncate(time.Second) + time.Second, w.Err()
}

// traceWarnings are what a reader of the figures has to know of a trace.
func traceWarnings(t workloads.TraceStats) (warnings []string) {
	if t.Bad > 0 {
		warnings = append(warnings, fmt.Sprintf("%s: %d of %d lines did not parse and were left out", t.File, t.Bad, t.Lines))
		for _, b := range t.FirstBad[:min(shown, len(t.FirstBad))] {
			warnings = append(warnings, fmt.Sprintf("%s:%d:%d: %s", t.File, b.Line, b.Column, b.Reason))
		}
	}
	if t.Late > 0 {
		warnings = append(warnings, fmt.Sprintf("%s: %d lines were out of order by more than the reordering window and were moved", t.File, t.Late))
	}
	return warnings
}
