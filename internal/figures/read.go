package figures

import (
	"strings"

	"github.com/herdlab/herdlab/internal/metrics"
)

// reader is how a figure is read off a run.
type reader = func(*metrics.Run, *metrics.Figures) (float64, bool)

// counted reads a count that every set of requests has.
func counted(pick func(*metrics.Figures) int64) reader {
	return func(_ *metrics.Run, f *metrics.Figures) (float64, bool) { return float64(pick(f)), true }
}

// optional reads what is nil where nothing happened.
func optional(pick func(*metrics.Figures) *float64) reader {
	return func(_ *metrics.Run, f *metrics.Figures) (float64, bool) { return value(pick(f)) }
}

// latency reads one number of a distribution, which a set without requests lacks.
func latency(pick func(*metrics.Latency) float64) reader {
	return func(_ *metrics.Run, f *metrics.Figures) (float64, bool) {
		if f.LatencyMS == nil {
			return 0, false
		}
		return pick(f.LatencyMS), true
	}
}

// latencyServed is the median, unless so many fail that it is mostly theirs: a strategy
// that refuses at once would be told as the fastest.
func latencyServed(_ *metrics.Run, f *metrics.Figures) (float64, bool) {
	if f.LatencyMS == nil || 4*f.Failures > f.Requests {
		return 0, false
	}
	return f.LatencyMS.P50, true
}

func age(pick func(*metrics.Quantiles) float64) reader {
	return func(_ *metrics.Run, f *metrics.Figures) (float64, bool) { return quantile(f.AgeMS, pick) }
}

func staleness(pick func(*metrics.Quantiles) float64) reader {
	return func(_ *metrics.Run, f *metrics.Figures) (float64, bool) { return quantile(f.StalenessMS, pick) }
}

func quantile(q *metrics.Quantiles, pick func(*metrics.Quantiles) float64) (float64, bool) {
	if q == nil {
		return 0, false
	}
	return pick(q), true
}

// ofRun reads a count of the whole run.
func ofRun(pick func(*metrics.Run) int64) reader {
	return func(r *metrics.Run, _ *metrics.Figures) (float64, bool) { return float64(pick(r)), true }
}

// loads reads a count of loads, which nobody has where the origin is somebody
// else's.
func loads(pick func(*metrics.Run) int64) reader {
	return func(r *metrics.Run, _ *metrics.Figures) (float64, bool) {
		if r.LoadsUnknown {
			return 0, false
		}
		return float64(pick(r)), true
	}
}

// memory is the most that the cache nodes held.
func memory(r *metrics.Run, _ *metrics.Figures) (float64, bool) {
	if r.Cache == nil || r.Cache.BytesPeak == nil {
		return 0, false
	}
	return float64(*r.Cache.BytesPeak), true
}

// within reads counts of a part that not every run has.
func within[T any](part func(*metrics.Run) *T) func(pick func(*T) int64) reader {
	return func(pick func(*T) int64) reader {
		return func(r *metrics.Run, _ *metrics.Figures) (float64, bool) {
			p := part(r)
			if p == nil {
				return 0, false
			}
			return float64(pick(p)), true
		}
	}
}

// onDisks reads what is of interest where the boxes have file caches.
func onDisks(pick func(*metrics.Run) (float64, bool)) reader {
	return func(r *metrics.Run, _ *metrics.Figures) (float64, bool) {
		if r.Disk == nil {
			return 0, false
		}
		return pick(r)
	}
}

// value is what a pointer that may be nil points to.
func value(v *float64) (float64, bool) {
	if v == nil {
		return 0, false
	}
	return *v, true
}

// ratio has no value of nothing: no requests have no failures, but no failure ratio of
// 0 either, which would pass for a good one.
func ratio(n, of int64) (float64, bool) {
	if of == 0 {
		return 0, false
	}
	return float64(n) / float64(of), true
}

// failuresInService are those that are no loss of a session, which has a figure of
// its own.
func failuresInService(f *metrics.Figures) int64 { return f.Failures - f.Outcomes[metrics.LoggedOut] }

// whole has a series of counts be one of numbers.
func whole(pick func(*metrics.Series) []int64) func(*metrics.Series) []float64 {
	return func(s *metrics.Series) []float64 {
		counts := pick(s)
		list := make([]float64, len(counts))
		for i, n := range counts {
			list[i] = float64(n)
		}
		return list
	}
}

// some makes anything above none stand out.
func some(v, _ float64) bool { return v > 0 }

// slowerThan10 makes a latency stand out that is more than ten times the best
// strategy's, unless it is below 10 ms all the same.
func slowerThan10(v, best float64) bool { return v > 10*best && v > 10 }

// counts is the tolerance of what happened so many times, each time on its own.
func counts() *Tolerance {
	return &Tolerance{Share: 0.05, Absolute: 3, Words: "5 % or √n", Root: true}
}

// times is that of latencies: 5 ms are what the scheduler of a shared machine takes.
func times() *Tolerance { return &Tolerance{Share: 0.15, Absolute: 5, Words: "15 % or 5 ms"} }

// ofAnswers is that of answers which a coincidence decides.
func ofAnswers() *Tolerance {
	return &Tolerance{Share: 0.1, Absolute: 0.01, PerRequests: true, IfAny: true, Words: "10 % or 1 point"}
}

// entriesPerCull is how many entries one cull removes, at most on average in a run.
func entriesPerCull(runs []*metrics.Run) (most float64) {
	for _, r := range runs {
		if r.Disk != nil && r.Disk.Culls > 0 {
			most = max(most, float64(r.Disk.Culled)/float64(r.Disk.Culls))
		}
	}
	return most
}

// words writes an identifier for people: cold_failure is a cold failure.
func words(id string) string { return strings.ReplaceAll(id, "_", " ") }
