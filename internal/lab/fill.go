package lab

import (
	"fmt"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/workloads"
)

// fillWorld adds what the world counted.
func fillWorld(run *metrics.Run, r world.Report) {
	if !r.CacheUnknown {
		fillCache(run, r.Cache)
	}
	if p := r.Processes; p.Hits+p.Misses > 0 {
		run.L1 = &metrics.L1Stats{Hits: p.Hits, Misses: p.Misses}
		run.Cache.Evictions += p.Evictions
	}
	fillDisk(run, r.Disk)
	run.CPU = r.CPU
	if l := r.Loads; l != nil {
		run.Computes, run.DuplicateComputes, run.HerdPeak, run.OriginInFlightPeak = l.Computes, l.Duplicates, l.HerdPeak, l.InFlightPeak
	}
	run.LoadsUnknown = r.LoadsUnknown
	if r.Loads != nil || r.LoadsUnknown { // nobody said when they were
		run.Series.Herd, run.Series.InFlight, run.Series.Computes = nil, nil, nil
		run.WithoutRates()
	}
	run.Crashes, run.Ejections = int64(r.Crashes), int64(r.Ejections)
	run.Warnings = append(run.Warnings, r.Notes...)
	if g := r.Generator; g != nil {
		run.Generator = &metrics.Generator{
			Scheduled: g.Scheduled, Sent: g.Sent, Late: g.Late, Dropped: g.Scheduled - g.Sent, LateAfterMS: millis(g.LateAfter),
			LatenessMS: metrics.Quantiles{P50: millis(g.P50), P99: millis(g.P99), Max: millis(g.Max)},
		}
	}
	if r.Ejections > len(r.Notes) {
		run.Warnings = append(run.Warnings, fmt.Sprintf("the balancer ejected boxes %d times in all", r.Ejections))
	}
}

func fillCache(run *metrics.Run, c world.CacheStats) {
	run.Cache = &metrics.CacheStats{
		Gets: c.Gets, Sets: c.Sets, Deletes: c.Deletes, Locks: c.Locks,
		BytesOut: c.BytesOut, Errors: c.Errors, Evictions: c.Evictions,
	}
	if n := c.BytesPeak; n > 0 {
		run.Cache.BytesPeak = &n
	}
}

// fillTraffic adds what is to be said of the traces that were replayed.
func fillTraffic(run *metrics.Run, traffic *workloads.Workload) {
	for _, t := range traffic.TraceStats() {
		run.Warnings = append(run.Warnings, traceWarnings(t)...)
	}
	if run.Requests == 0 {
		run.Warnings = append(run.Warnings, "no request of a class that uses the cache: the figures say nothing")
	}
}

// fillClock adds the event trace of a virtual clock.
func fillClock(run *metrics.Run, clk Clock) {
	if t, ok := clk.(interface {
		Events() int64
		TraceHash() uint64
	}); ok {
		run.Events = t.Events()
		run.TraceHash = fmt.Sprintf("%016x", t.TraceHash())
	}
}
