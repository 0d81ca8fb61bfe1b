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

// diskFaultLabel names a fault of a box on a plot.
func diskFaultLabel(x world.FaultConfig) string {
	if x.Kind == "box-loss" {
		return fmt.Sprintf("box %d lost", x.Box)
	}
	return "cull by a timer"
}
