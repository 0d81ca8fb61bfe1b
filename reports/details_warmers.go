package reports

import (
	"math"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// warmerDetails are those of what is computed ahead of the readers.
func warmerDetails(add func(string, func(float64) string, func(*metrics.Run) float64)) {
	of := func(pick func(*metrics.WarmerStats) float64) func(*metrics.Run) float64 {
		return func(r *metrics.Run) float64 {
			if r.Warmers == nil {
				return math.NaN()
			}
			return pick(r.Warmers)
		}
	}
	add("warmers' runs", humanize.Count, of(func(w *metrics.WarmerStats) float64 { return float64(w.Runs) }))
	add("warmers' runs left out", humanize.Count, of(func(w *metrics.WarmerStats) float64 { return float64(w.Skipped) }))
	add("warmers' runs at once", humanize.Count, of(func(w *metrics.WarmerStats) float64 { return float64(w.AtOnce) }))
	add("warmers' loads", humanize.Count, of(func(w *metrics.WarmerStats) float64 { return float64(w.Computes) }))
	add("warmers' failed loads", humanize.Count, of(func(w *metrics.WarmerStats) float64 { return float64(w.Failed) }))
	add("warmers' longest run", humanize.Duration, of(func(w *metrics.WarmerStats) float64 {
		if w.RunMaxMS == nil {
			return math.NaN()
		}
		return *w.RunMaxMS
	}))
}
