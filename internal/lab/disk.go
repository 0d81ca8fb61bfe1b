package lab

import (
	"fmt"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
)

// fillDisk adds what happened on the disks of the boxes.
func fillDisk(run *metrics.Run, s *world.DiskStats) {
	if s == nil {
		return
	}
	run.Disk = &metrics.DiskStats{
		Entries: int64(s.Entries), EntriesPeak: int64(s.Peak), Bytes: s.Bytes, Culls: s.Culls, Culled: s.Culled,
	}
	if s.Sets > 0 {
		mean := millis(s.CPU) / float64(s.Sets)
		run.Disk.SetCPUMS = &mean
	}
}

// ofBoxes is a figure of the boxes' cores and disks. It has no value where they
// have none.
func ofBoxes(run *metrics.Run, metric string) (v float64, has, known bool) {
	if metric == "cpu" {
		if run.CPU == nil {
			return 0, false, true
		}
		return *run.CPU, true, true
	}
	d := run.Disk
	if d == nil {
		d = new(metrics.DiskStats)
	}
	if metric == "set_cpu" {
		if d.SetCPUMS == nil {
			return 0, false, true
		}
		return *d.SetCPUMS, true, true
	}
	n, known := map[string]int64{
		"entries": d.Entries, "entries_peak": d.EntriesPeak, "disk_bytes": d.Bytes, "culls": d.Culls, "culled": d.Culled,
	}[metric]
	return float64(n), run.Disk != nil, known
}

// diskFaultLabel names a fault of a box on a plot.
func diskFaultLabel(x world.FaultConfig) string {
	if x.Kind == "box-loss" {
		return fmt.Sprintf("box %d lost", x.Box)
	}
	return "cull by a timer"
}
