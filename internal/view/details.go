package view

import (
	"math"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Detail is one line of the table of details: a figure for every strategy.
type Detail struct {
	Name   string
	Values []string
}

// details are the figures that the summary leaves out, without those that are
// zero or missing everywhere.
func details(v *View) (lines []Detail) {
	add := func(name string, write func(float64) string, value func(*metrics.Run) float64) {
		d := Detail{Name: name}
		happened := false
		for _, g := range v.Groups {
			median := g.Estimate(value).Median
			happened = happened || median > 0
			d.Values = append(d.Values, write(median))
		}
		if happened {
			lines = append(lines, d)
		}
	}
	counted := func(name string, value func(*metrics.Run) int64) {
		add(name, humanize.Count, func(r *metrics.Run) float64 { return float64(value(r)) })
	}
	for o := range metrics.NumOutcomes {
		add(humanize.Words(metrics.Outcome(o).String()), humanize.Percent, func(r *metrics.Run) float64 {
			if r.Requests == 0 {
				return math.NaN()
			}
			return float64(r.Outcomes[o]) / float64(r.Requests)
		})
	}
	add("mean latency", humanize.Latency, LatencyOf(func(l *metrics.Latency) float64 { return l.Mean }))
	add("p90", humanize.Latency, LatencyOf(func(l *metrics.Latency) float64 { return l.P90 }))
	add("p99.9", humanize.Latency, LatencyOf(func(l *metrics.Latency) float64 { return l.P999 }))
	for _, p := range v.Phases {
		if p.WarmUp {
			continue
		}
		counted("in "+p.Name+": failures", func(r *metrics.Run) int64 { return r.Phases[p.Name].Failures })
		add("in "+p.Name+": p99", humanize.Latency, func(r *metrics.Run) float64 {
			if l := r.Phases[p.Name].LatencyMS; l != nil {
				return l.P99
			}
			return math.NaN()
		})
	}
	counted(ShownToOthers, func(r *metrics.Run) int64 { return r.Leaks })
	counted("users whose pages were shown to others", func(r *metrics.Run) int64 { return r.Victims })
	counted("attempts, retries included", func(r *metrics.Run) int64 { return r.Attempts })
	counted("writes", func(r *metrics.Run) int64 { return r.Writes })
	counted("loads in all, peak", func(r *metrics.Run) int64 { return r.OriginInFlightPeak })
	counted("loads before the traffic", func(r *metrics.Run) int64 { return r.WarmComputes })
	add("wait for them", humanize.Duration, func(r *metrics.Run) float64 { return r.WarmMS })
	add("cache gets", humanize.Count, inCache(func(c *metrics.CacheStats) int64 { return c.Gets }))
	add("cache sets", humanize.Count, inCache(func(c *metrics.CacheStats) int64 { return c.Sets }))
	add("cache deletes", humanize.Count, inCache(func(c *metrics.CacheStats) int64 { return c.Deletes }))
	add("cache locks", humanize.Count, inCache(func(c *metrics.CacheStats) int64 { return c.Locks }))
	add("cache bytes read", humanize.Count, inCache(func(c *metrics.CacheStats) int64 { return c.BytesOut }))
	add("cache errors", humanize.Count, inCache(func(c *metrics.CacheStats) int64 { return c.Errors }))
	add("cache evictions", humanize.Count, inCache(func(c *metrics.CacheStats) int64 { return c.Evictions }))
	keyDetails(add)
	add("L1 hit ratio", humanize.Percent, l1Ratio)
	add("age at serve, median", humanize.Duration, quantileOf(ageOf, func(q *metrics.Quantiles) float64 { return q.P50 }))
	add("age at serve, p99", humanize.Duration, quantileOf(ageOf, func(q *metrics.Quantiles) float64 { return q.P99 }))
	add("age at serve, max", humanize.Duration, quantileOf(ageOf, func(q *metrics.Quantiles) float64 { return q.Max }))
	counted("served although the origin had newer", func(r *metrics.Run) int64 { return r.Outdated })
	add("staleness of those, max", humanize.Duration, quantileOf(stalenessOf, func(q *metrics.Quantiles) float64 { return q.Max }))
	queueDetails(add)
	warmerDetails(add)
	counted("locks that expired under their owner", func(r *metrics.Run) int64 { return r.LocksLost })
	counted("computed values thrown away", func(r *metrics.Run) int64 { return r.Discarded })
	counted("failed loads", func(r *metrics.Run) int64 { return r.LoadErrors })
	counted("failed refreshes", func(r *metrics.Run) int64 { return r.RefreshErrors })
	boxDetails(add)
	counted("boxes ejected", func(r *metrics.Run) int64 { return r.Ejections })
	counted("crashes", func(r *metrics.Run) int64 { return r.Crashes })
	return lines
}

// queueDetails are those of strategies with a queue.
func queueDetails(add func(string, func(float64) string, func(*metrics.Run) float64)) {
	of := func(pick func(*metrics.QueueStats) float64) func(*metrics.Run) float64 {
		return func(r *metrics.Run) float64 {
			if r.Queue == nil {
				return math.NaN()
			}
			return pick(r.Queue)
		}
	}
	add("queue: jobs run", humanize.Count, of(func(q *metrics.QueueStats) float64 { return float64(q.Jobs) }))
	add("queue: collapsed", humanize.Count, of(func(q *metrics.QueueStats) float64 { return float64(q.Collapsed) }))
	add("queue: dropped", humanize.Count, of(func(q *metrics.QueueStats) float64 { return float64(q.Dropped) }))
	add("queue: outdated results", humanize.Count, of(func(q *metrics.QueueStats) float64 { return float64(q.Outdated) }))
	add("queue: longest wait", humanize.Duration, of(func(q *metrics.QueueStats) float64 {
		if q.AgeMaxMS == nil {
			return math.NaN()
		}
		return *q.AgeMaxMS
	}))
}

func ageOf(r *metrics.Run) *metrics.Quantiles       { return r.AgeMS }
func stalenessOf(r *metrics.Run) *metrics.Quantiles { return r.StalenessMS }

func quantileOf(of func(*metrics.Run) *metrics.Quantiles, pick func(*metrics.Quantiles) float64) func(*metrics.Run) float64 {
	return func(r *metrics.Run) float64 {
		if q := of(r); q != nil {
			return pick(q)
		}
		return math.NaN()
	}
}

func l1Ratio(r *metrics.Run) float64 {
	if r.L1 == nil || r.L1.Hits+r.L1.Misses == 0 {
		return math.NaN()
	}
	return float64(r.L1.Hits) / float64(r.L1.Hits+r.L1.Misses)
}

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
	add("cores of the boxes, asked for", humanize.Percent, func(r *metrics.Run) float64 { return OrNaN(r.CPU) })
	add("disk cache: entries, at the end", humanize.Count, of(func(d *metrics.DiskStats) float64 { return float64(d.Entries) }))
	add("disk cache: entries, peak", humanize.Count, of(func(d *metrics.DiskStats) float64 { return float64(d.EntriesPeak) }))
	add("disk cache: bytes, at the end", humanize.Count, of(func(d *metrics.DiskStats) float64 { return float64(d.Bytes) }))
	add("disk cache: culls", humanize.Count, of(func(d *metrics.DiskStats) float64 { return float64(d.Culls) }))
	add("disk cache: entries culled", humanize.Count, of(func(d *metrics.DiskStats) float64 { return float64(d.Culled) }))
	add("disk cache: CPU of a write for other entries", humanize.Duration, of(func(d *metrics.DiskStats) float64 { return OrNaN(d.SetCPUMS) }))
}

// keyDetails are those of the keys on the nodes: two versions while a deploy is on
// its way, and what they take.
func keyDetails(add func(string, func(float64) string, func(*metrics.Run) float64)) {
	add("hit ratio of boxes with the old release", humanize.Percent, func(r *metrics.Run) float64 { return OrNaN(r.HitRatioOld) })
	add("hit ratio of boxes with the new release", humanize.Percent, func(r *metrics.Run) float64 { return OrNaN(r.HitRatioNew) })
	add("cache memory, peak, in MB", humanize.Count, func(r *metrics.Run) float64 {
		if r.Cache == nil || r.Cache.BytesPeak == nil {
			return math.NaN()
		}
		return float64(*r.Cache.BytesPeak) / 1e6
	})
	add("cache reads a second", humanize.Count, cacheReads)
}

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
