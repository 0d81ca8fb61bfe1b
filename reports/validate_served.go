package reports

import (
	"math"
	"slices"

	"github.com/herdlab/herdlab/internal/metrics"
)

// validateServed compares what the users were given and what the shared cache had
// to do for it, where there was any of it.
func validateServed(add comparing, runs []*metrics.Run) {
	requests := overSeeds(runs, func(r *metrics.Run) float64 { return float64(r.Requests) })
	answers := tolerance{share: 0.1, absolute: requests / 100, words: "10 % or 1 point"}
	if slices.ContainsFunc(runs, func(r *metrics.Run) bool { return r.Outdated > 0 }) {
		add("outdated answers", answers, func(r *metrics.Run) float64 { return float64(r.Outdated) })
	}
	if slices.ContainsFunc(runs, func(r *metrics.Run) bool { return r.Leaks > 0 }) {
		add("pages shown to others", answers, func(r *metrics.Run) float64 { return float64(r.Leaks) })
	}
	add("cache reads/s", tolerance{share: 0.05, absolute: 1, words: "5 % or 1/s"}, func(r *metrics.Run) float64 { return orNaN(r.CacheGetsPerS) })
}

// validateBystanders compares how long those waited who never touched the cache.
func validateBystanders(add comparing, classes []metrics.ClassInfo) {
	for _, c := range classes {
		if !c.Bystander {
			continue
		}
		add(c.Name+" p99 ms", tolerance{share: 0.15, absolute: 5, words: "15 % or 5 ms"}, func(r *metrics.Run) float64 {
			if l := r.Classes[c.Name].LatencyMS; l != nil {
				return l.P99
			}
			return math.NaN()
		})
	}
}
