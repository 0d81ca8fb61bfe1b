package reports

import (
	"math"

	"github.com/herdlab/herdlab/internal/metrics"
)

// validateBoxes compares what became of the boxes, where they have file caches.
func validateBoxes(add comparing, runs []*metrics.Run) {
	disk := func(pick func(*metrics.DiskStats) float64) func(*metrics.Run) float64 {
		return func(r *metrics.Run) float64 {
			if r.Disk == nil {
				return math.NaN()
			}
			return pick(r.Disk)
		}
	}
	add("ejections", tolerance{share: 0.1, absolute: 1, words: "10 % or 1"}, func(r *metrics.Run) float64 {
		if r.Disk == nil {
			return math.NaN()
		}
		return float64(r.Ejections)
	})
	add("CPU", tolerance{share: 0.1, absolute: 0.05, words: "10 % or 5 points"}, func(r *metrics.Run) float64 {
		if r.Disk == nil {
			return math.NaN()
		}
		return orNaN(r.CPU)
	})
	add("entries, peak", counts(), disk(func(d *metrics.DiskStats) float64 { return float64(d.EntriesPeak) }))
	add("culls", counts(), disk(func(d *metrics.DiskStats) float64 { return float64(d.Culls) }))
	add("entries culled", tolerance{share: 0.05, absolute: perCull(runs), words: "5 % or one cull"}, disk(func(d *metrics.DiskStats) float64 { return float64(d.Culled) }))
	add("CPU of a set, ms", tolerance{share: 0.15, absolute: 1, words: "15 % or 1 ms"}, disk(func(d *metrics.DiskStats) float64 { return orNaN(d.SetCPUMS) }))
}

// perCull is how many entries one cull removes.
func perCull(runs []*metrics.Run) (most float64) {
	for _, r := range runs {
		if r.Disk != nil && r.Disk.Culls > 0 {
			most = max(most, float64(r.Disk.Culled)/float64(r.Disk.Culls))
		}
	}
	return most
}
