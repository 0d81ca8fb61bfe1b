package reports

import (
	"math"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// keyDetails are those of the keys on the nodes: two versions while a deploy is on
// its way, and what they take.
func keyDetails(add func(string, func(float64) string, func(*metrics.Run) float64)) {
	add("hit ratio of boxes with the old release", humanize.Percent, func(r *metrics.Run) float64 { return orNaN(r.HitRatioOld) })
	add("hit ratio of boxes with the new release", humanize.Percent, func(r *metrics.Run) float64 { return orNaN(r.HitRatioNew) })
	add("cache memory, peak, in MB", humanize.Count, func(r *metrics.Run) float64 {
		if r.Cache == nil || r.Cache.BytesPeak == nil {
			return math.NaN()
		}
		return float64(*r.Cache.BytesPeak) / 1e6
	})
	add("cache reads a second", humanize.Count, cacheReads)
}
