package live

import (
	"fmt"

	"github.com/herdlab/herdlab/internal/world"
)

// Report returns the counts so far.
func (w *World) Report() world.Report {
	r := world.Report{Cache: w.cfg.Tier.stats(), Processes: w.processes.Stats(), Crashes: int(w.crashes.Load()), Generator: w.traffic.report()}
	r.CPU = w.usage.CPU(w.clusterBoxes())
	w.reportDisks(&r)
	r.Ejections, r.Notes = w.balancer.Notes()
	w.mu.Lock()
	defer w.mu.Unlock()
	r.Notes = append(r.Notes, w.notes...)
	if n := w.refused.Load(); n > 0 {
		r.Notes = append(r.Notes, w.front.cfg.ExhaustedNote(n))
	}
	if c := r.Cache; c.Errors > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%d of %d operations of the cache failed", c.Errors, c.Gets+c.Sets+c.Deletes+c.Locks))
	}
	return r
}

// note keeps what an operator would have seen, the first few.
func (w *World) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.notes) < 10 {
		w.notes = append(w.notes, fmt.Sprintf(format, args...))
	}
}
