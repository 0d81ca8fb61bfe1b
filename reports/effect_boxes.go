package reports

import (
	"math"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// boxEffects are those of file caches: what a box came to hold, and what that cost.
// They are in no file whose boxes have none.
func boxEffects(f *metrics.File) []effect {
	has := false
	for _, r := range f.Runs {
		has = has || r.Disk != nil
	}
	if !has {
		return nil
	}
	entries := func(r *metrics.Run) float64 {
		if r.Disk == nil {
			return math.NaN()
		}
		return float64(r.Disk.EntriesPeak)
	}
	cpu := func(r *metrics.Run) float64 { return orNaN(r.CPU) }
	return []effect{
		less("entries of a box", entries, humanize.Count, growing(0.9, 10)),
		less("CPU", cpu, humanize.Percent, growing(0.5, 0.02)),
	}
}
