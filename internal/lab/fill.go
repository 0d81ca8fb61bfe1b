package lab

import (
	"fmt"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/workloads"
)

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
