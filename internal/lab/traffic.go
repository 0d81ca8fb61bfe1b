package lab

import (
	"errors"
	"slices"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/workloads"
	"github.com/herdlab/herdlab/workloads/trace"
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

// newTraffic readies the traffic. Traces are read here, for the clock on the wall does not
// wait.
func newTraffic(sc *scenarios.Scenario, seed uint64, on Setup, sizes *sizes) (*traffic, error) {
	make := workloads.New
	if on.Recordings != nil {
		make = on.Recordings.New
	}
	w, err := make(seed, sc.Duration, sc.Workload)
	if err != nil {
		return nil, err
	}
	if err := w.Open(); errors.Is(err, trace.ErrStopped) {
		return nil, ErrStopped
	} else if err != nil {
		return nil, &InputError{err}
	}
	return &traffic{Workload: w, classes: sc.Workload, caches: sc.CacheOf(), sizes: sizes, watch: on.Watch}, nil
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
		class := slices.IndexFunc(t.classes, func(c workloads.Class) bool { return c.Class == stats.Class })
		run.Warnings = append(run.Warnings, traceWarnings(stats, &t.classes[class])...)
	}
	if run.Requests == 0 {
		run.Warnings = append(run.Warnings, "no request of a class that uses the cache: the figures say nothing")
	}
}
