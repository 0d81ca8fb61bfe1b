package lab

import (
	"fmt"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/workloads"
)

// traffic hands the workload's requests to the world, one by one. Which they are depends
// on the seed alone and on nothing that a strategy does: every strategy of a scenario
// faces the same, and differences between them are paired (common random numbers).
type traffic struct {
	*workloads.Workload
	classes []workloads.Class
	caches  []int // the named cache of every class
	sizes   *sizes
	watch   Watch

	given   int64 // to the world
	stopped bool
}

func newTraffic(sc *scenarios.Scenario, seed uint64, watch Watch, sizes *sizes) (*traffic, error) {
	w, err := workloads.New(seed, sc.Duration, sc.Workload)
	if err != nil {
		return nil, err
	}
	return &traffic{Workload: w, classes: sc.Workload, caches: sc.CacheOf(), sizes: sizes, watch: watch}, nil
}

// next is the next request, or false at the end or when the run is to stop.
func (t *traffic) next(to *world.Request) bool {
	if t.watch.stops() {
		t.stopped = true
		return false
	}
	r := &to.Request
	if !t.Next(r) {
		return false
	}
	if t.watch.Progress != nil {
		t.watch.Progress(r.At)
	}
	if t.watch.Sent != nil {
		t.watch.Sent(r)
	}
	if r.Key != "" {
		t.sizes.noteSize(r.Key, r.Size)
	}
	t.given++
	class := &t.classes[r.Class]
	to.Cost, to.Cache, to.Session = class.Cost, t.caches[r.Class], class.Session
	return true
}

// report adds what is to be said of the traces that were replayed.
func (t *traffic) report(run *metrics.Run) {
	for _, stats := range t.TraceStats() {
		run.Warnings = append(run.Warnings, traceWarnings(stats)...)
	}
	if run.Requests == 0 {
		run.Warnings = append(run.Warnings, "no request of a class that uses the cache: the figures say nothing")
	}
}

// shown is how many of a trace's bad lines a warning quotes.
const shown = 3

const day = 24 * time.Hour

// TraceLength reads a trace to its end and returns how long its replay takes,
// rounded up to a second. A trace that cannot be replayed, all of it, is an error;
// [ErrStopped] if stop, asked again and again, says so.
func TraceLength(file string, speed, maxBad float64, stop func() bool) (time.Duration, error) {
	const ever = 400 * day
	w, err := workloads.New(1, ever, []workloads.Class{{
		Class: "trace", Trace: &workloads.Trace{File: file, Format: "auto", Speed: speed, MaxBad: maxBad},
	}})
	if err != nil {
		return 0, err
	}
	defer w.Close()
	var last time.Duration
	for r := range w.All() {
		if stop() {
			return 0, ErrStopped
		}
		last = r.At
	}
	if stats := w.TraceStats()[0]; w.Err() == nil && stats.Cut {
		return 0, fmt.Errorf("%s:%d:1: a request %s after the line before it, and a replay lasts up to 400 days: if the times are of two clocks, make them one; else remove what lies apart, or raise --speed",
			file, stats.GapLine, comes(stats.Gap))
	}
	return last.Truncate(time.Second) + time.Second, w.Err()
}

// comes says by how much a request is later.
func comes(gap time.Duration) string {
	if gap < 2*day {
		return fmt.Sprintf("comes %v", gap)
	}
	return fmt.Sprintf("comes %d days", gap/day)
}

// traceWarnings are what a reader of the figures has to know of a trace.
func traceWarnings(t workloads.TraceStats) (warnings []string) {
	if t.Bad > 0 {
		warnings = append(warnings, fmt.Sprintf("%s: %d of %d lines did not parse and were left out", t.File, t.Bad, t.Lines))
		for _, b := range t.FirstBad[:min(shown, len(t.FirstBad))] {
			warnings = append(warnings, fmt.Sprintf("%s:%d:%d: %s", t.File, b.Line, b.Column, b.Reason))
		}
	}
	if t.Cut {
		warnings = append(warnings, fmt.Sprintf("%s: the run ends before the trace does, of which at most %d lines were replayed", t.File, t.Lines-1))
	}
	if t.Late > 0 {
		warnings = append(warnings, fmt.Sprintf("%s: %d lines were out of order by more than the reordering window and were moved", t.File, t.Late))
	}
	return warnings
}
