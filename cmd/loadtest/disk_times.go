package main

import (
	"fmt"
	"time"

	"github.com/herdlab/herdlab/internal/live/disk"
)

// disk hears what the disks of the boxes took in a run.
func (t *trips) disk(took disk.Times) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.runs[len(t.runs)-1].disk = took
}

// disks make the model's disks take as long as the real ones did under a strategy,
// on this machine. What was never done keeps the scenario's cost.
func (t *trips) disks(strategy string) (set []string) {
	for _, cost := range []struct {
		field string
		of    func(disk.Times) time.Duration
	}{
		{"per_object", func(d disk.Times) time.Duration { return d.PerObject }},
		{"per_open", func(d disk.Times) time.Duration { return d.PerOpen }},
		{"per_delete", func(d disk.Times) time.Duration { return d.PerDelete }},
		{"read", func(d disk.Times) time.Duration { return d.Read }},
		{"write", func(d disk.Times) time.Duration { return d.Write }},
	} {
		var sum, n time.Duration
		for _, r := range t.runs {
			if took := cost.of(r.disk); r.strategy == strategy && took > 0 {
				sum += took
				n++
			}
		}
		if n > 0 {
			set = append(set, fmt.Sprintf("fleet.disk.%s=%v", cost.field, (sum/n).Round(100*time.Nanosecond)))
		}
	}
	return set
}
