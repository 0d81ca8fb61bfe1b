package view

import (
	"math"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// effect is a figure by which a fix is told.
type effect struct {
	Name  string
	Value func(*metrics.Run) float64
	write func(float64) string
	Weigh func(from, to float64) float64 // of its change: 0.7 is twice as much, or half
	more  bool                           // is better
	kin   string                         // what it says as others do, in its way; empty for none
}

// less is a figure of which less is better.
func less(name string, value func(*metrics.Run) float64, write func(float64) string, weigh func(from, to float64) float64) effect {
	return effect{Name: name, Value: value, write: write, Weigh: weigh}
}

// of makes it one of some figures that say the same.
func (e effect) of(kin string) effect {
	e.kin = kin
	return e
}

// effects are those figures, in the order in which a sentence tells them. One
// that a run does not have is NaN.
func effects(f *View) []effect {
	many := max(1, mostRequests(f)/1000)
	return append([]effect{
		less(ShownToOthers, leaked, humanize.Count, growing(2.5, many)),
		less("computes", loads(func(r *metrics.Run) int64 { return r.Computes }), humanize.Count, growing(1.3, many)),
		less("loads before the traffic", func(r *metrics.Run) float64 { return float64(r.WarmComputes) }, humanize.Count, growing(0.8, many)),
		less("failures", failuresInService, humanize.Count, growing(1.5, many)),
		less("users logged out", func(r *metrics.Run) float64 { return float64(r.Outcomes[metrics.LoggedOut]) }, humanize.Count, growing(1.5, many)),
		less("herd", loads(func(r *metrics.Run) int64 { return r.HerdPeak }), humanize.Count, growing(0.7, 5)),
		{Name: "hit ratio", Value: HitRatio, write: humanize.Percent, Weigh: func(from, to float64) float64 { return 3 * math.Abs(to-from) }, more: true},
		less("p50", p50Served, humanize.Latency, growing(0.5, 0.1)).of("latency"),
		less("p99", LatencyOf(func(l *metrics.Latency) float64 { return l.P99 }), humanize.Latency, growing(1, 0.1)).of("latency"),
		less("max", LatencyOf(func(l *metrics.Latency) float64 { return l.Max }), humanize.Latency, growing(0.4, 0.1)).of("latency"),
		less("bystander p99", BystanderP99(f.Bystanders), humanize.Latency, growing(0.9, 0.1)),
		less("evictions", inCache(func(c *metrics.CacheStats) int64 { return c.Evictions }), humanize.Count, growing(0.3, many)),
		less("ejections", func(r *metrics.Run) float64 { return float64(r.Ejections) }, humanize.Count, growing(1.2, 0.5)),
		less("cache reads", cacheReads, humanize.PerSecond, growing(0.9, 1)).of("cache reads"),
		less("cache reads within "+humanize.Duration(f.WindowMS), cacheBurst, humanize.Count, growing(0.5, 5)).of("cache reads"),
		less("outdated answers", func(r *metrics.Run) float64 { return float64(r.Outdated) }, humanize.Count, growing(1.1, many)),
		less("staleness", staleness, humanize.Duration, growing(0.7, 500)),
	}, boxEffects(f)...)
}

// AgeEffect is a figure by which one fix is told from another. Beside what was before
// it says little: a cache that never hits is always fresh.
func AgeEffect() effect {
	return less("age p99", quantileOf(ageOf, func(q *metrics.Quantiles) float64 { return q.P99 }), humanize.Duration, growing(0.5, 1000))
}

// p50Served is the median latency, unless so many fail that it is mostly theirs.
func p50Served(r *metrics.Run) float64 {
	if r.LatencyMS == nil || 4*r.Failures > r.Requests {
		return math.NaN()
	}
	return r.LatencyMS.P50
}

// inCache is a count of the shared cache, which may be unknown.
func inCache(of func(*metrics.CacheStats) int64) func(*metrics.Run) float64 {
	return func(r *metrics.Run) float64 {
		if r.Cache == nil {
			return math.NaN()
		}
		return float64(of(r.Cache))
	}
}

// cacheReads are the reads of the shared cache a second.
func cacheReads(r *metrics.Run) float64 {
	if r.CacheGetsPerS == nil {
		return math.NaN()
	}
	return *r.CacheGetsPerS
}

// failuresInService are those that are no loss of a session, which has a figure of
// its own.
func failuresInService(r *metrics.Run) float64 {
	return float64(r.Failures - r.Outcomes[metrics.LoggedOut])
}

// cacheBurst is the most of them in one window.
func cacheBurst(r *metrics.Run) float64 {
	if r.CacheGetsPeak == nil {
		return math.NaN()
	}
	return float64(*r.CacheGetsPeak)
}

// growing weighs by how often a figure doubled or halved, of which less than least
// is next to nothing: beyond fifty times more is not told from more.
func growing(weight, least float64) func(from, to float64) float64 {
	return func(from, to float64) float64 {
		return weight * min(math.Abs(math.Log((to+least)/(from+least))), math.Log(50))
	}
}

// staleness is for how long the origin had a newer version of the value served
// that was worst, and 0 where none was.
func staleness(r *metrics.Run) float64 {
	if r.StalenessMS == nil {
		return 0
	}
	return r.StalenessMS.Max
}

func mostRequests(f *View) float64 {
	most := 0.0
	for _, r := range f.Runs {
		most = max(most, float64(r.Requests))
	}
	return most
}

// boxEffects are those of file caches: what a box came to hold, and what that cost.
// They are in no file whose boxes have none.
func boxEffects(f *View) []effect {
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
	cpu := func(r *metrics.Run) float64 { return OrNaN(r.CPU) }
	return []effect{
		less("entries of a box", entries, humanize.Count, growing(0.9, 10)),
		less("CPU", cpu, humanize.Percent, growing(0.5, 0.02)),
	}
}

// ShownToOthers names what must not be: a page of one user's that another is served.
const ShownToOthers = "pages shown to others"

func leaked(r *metrics.Run) float64 { return float64(r.Leaks) }

// OrNaN is a figure that a run may lack.
func OrNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}
