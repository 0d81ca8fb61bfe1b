package reports

import (
	"math"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// boxDetails are those of the boxes' cores and of their file caches.
func boxDetails(add func(string, func(float64) string, func(*metrics.Run) float64)) {
	of := func(pick func(*metrics.DiskStats) float64) func(*metrics.Run) float64 {
		return func(r *metrics.Run) float64 {
			if r.Disk == nil {
				return math.NaN()
			}
			return pick(r.Disk)
		}
	}
	add("cores of the boxes, asked for", humanize.Percent, func(r *metrics.Run) float64 { return orNaN(r.CPU) })
	add("disk cache: entries, at the end", humanize.Count, of(func(d *metrics.DiskStats) float64 { return float64(d.Entries) }))
	add("disk cache: entries, peak", humanize.Count, of(func(d *metrics.DiskStats) float64 { return float64(d.EntriesPeak) }))
	add("disk cache: bytes, at the end", humanize.Count, of(func(d *metrics.DiskStats) float64 { return float64(d.Bytes) }))
	add("disk cache: culls", humanize.Count, of(func(d *metrics.DiskStats) float64 { return float64(d.Culls) }))
	add("disk cache: entries culled", humanize.Count, of(func(d *metrics.DiskStats) float64 { return float64(d.Culled) }))
	add("disk cache: CPU of a write for other entries", humanize.Duration, of(func(d *metrics.DiskStats) float64 { return orNaN(d.SetCPUMS) }))
}
