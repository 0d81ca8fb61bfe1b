package figures

import (
	"github.com/herdlab/herdlab/internal/metrics"
)

// reader is how a figure is read off a run.
type reader = func(*metrics.Run, *metrics.Figures) (float64, bool)

// within reads a number of a part that not every run, or set of requests, has: it is
// nil where there is none.
func within[T any, N int64 | float64](part func(*metrics.Run, *metrics.Figures) *T, pick func(*T) N) reader {
	return optional(part, func(p *T) *N { n := pick(p); return &n })
}

// optional reads a number that a part of a run may lack, as the run may lack the part.
func optional[T any, N int64 | float64](part func(*metrics.Run, *metrics.Figures) *T, pick func(*T) *N) reader {
	return func(r *metrics.Run, f *metrics.Figures) (float64, bool) {
		p := part(r, f)
		if p == nil {
			return 0, false
		}
		n := pick(p)
		if n == nil {
			return 0, false
		}
		return float64(*n), true
	}
}

// The parts: the requests of a set always, their latencies where there was one, ages
// where something was served, and what the run has of the rest.
func requests(_ *metrics.Run, f *metrics.Figures) *metrics.Figures    { return f }
func latency(_ *metrics.Run, f *metrics.Figures) *metrics.Latency     { return f.LatencyMS }
func effective(_ *metrics.Run, f *metrics.Figures) *metrics.Latency   { return f.EffectiveMS }
func failed(_ *metrics.Run, f *metrics.Figures) *metrics.Quantiles    { return f.FailedMS }
func age(_ *metrics.Run, f *metrics.Figures) *metrics.Quantiles       { return f.AgeMS }
func staleness(_ *metrics.Run, f *metrics.Figures) *metrics.Quantiles { return f.StalenessMS }
func bystanders(r *metrics.Run, _ *metrics.Figures) *metrics.Figures  { return r.Bystanders }
func wholeRun(r *metrics.Run, _ *metrics.Figures) *metrics.Run        { return r }
func cache(r *metrics.Run, _ *metrics.Figures) *metrics.CacheStats    { return r.Cache }
func queue(r *metrics.Run, _ *metrics.Figures) *metrics.QueueStats    { return r.Queue }
func warmers(r *metrics.Run, _ *metrics.Figures) *metrics.WarmerStats { return r.Warmers }
func disk(r *metrics.Run, _ *metrics.Figures) *metrics.DiskStats      { return r.Disk }

// loads is a run whose loads were counted, which nobody can where the origin is
// somebody else's.
func loads(r *metrics.Run, _ *metrics.Figures) *metrics.Run {
	if r.LoadsUnknown {
		return nil
	}
	return r
}

// withDisks is a run whose boxes have file caches: some figures are of interest there
// alone.
func withDisks(r *metrics.Run, _ *metrics.Figures) *metrics.Run {
	if r.Disk == nil {
		return nil
	}
	return r
}

// unlessFailed is a latency that a share of the requests do not exceed, where failures
// are no more than a tenth of the rest, which is what the figure is about. Of a strategy
// that fails more it says nothing of what users had, and told beside one that answers
// it would praise the wrong one.
func unlessFailed(share float64, pick func(*metrics.Latency) float64) reader {
	return func(_ *metrics.Run, f *metrics.Figures) (float64, bool) {
		if f.LatencyMS == nil || 10*float64(f.Failures) > (1-share)*float64(f.Requests) {
			return 0, false
		}
		return pick(f.LatencyMS), true
	}
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

// times is that of the latency which has a rank among all: 5 ms are what the scheduler of
// a shared machine takes.
func times(rank float64) *Tolerance {
	return &Tolerance{Share: 0.15, Absolute: 5, Rank: rank, Words: "15 % or 5 ms"}
}

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
