package figures

import (
	"slices"

	"github.com/herdlab/herdlab/internal/metrics"
)

// All is the table of the lab.
func All() Table {
	return slices.Concat(ofRequests(), ofOutcomes(), ofLatency(), ofLeaks(), ofLoads(), ofCache(), ofAge(), ofQueue(), ofWarmers(), ofStrategies(), ofBoxes(), ofResources())
}

// ofRequests are what became of the requests.
func ofRequests() []Figure {
	return []Figure{
		{
			Name: "requests", Title: "requests", Unit: Count, Scope: Class, Doc: "requests that arrived",
			Of:    within(requests, func(f *metrics.Figures) int64 { return f.Requests }),
			Bench: 1, Tolerance: &Tolerance{Words: "exact"},
			Series: &Series{Place: 1, Name: "requests", Of: whole(func(s *metrics.Series) []int64 { return s.Requests })},
		}, {
			Name: "failures", Title: "failures", Unit: Count, Scope: Class, Doc: "requests that got no answer they could use",
			Better: Lower, Bad: some, Of: within(requests, func(f *metrics.Figures) int64 { return f.Failures }),
			Column: 1, Bench: 6, PerPhase: true,
			Told: &Told{Place: 4, Weight: 1.5, PerRequests: true, Of: within(requests, failuresInService)},
		}, {
			Name: "failure_ratio", Unit: Share, Scope: Class, Doc: "failures / requests", Better: Lower, Budget: "failures",
			Of: func(_ *metrics.Run, f *metrics.Figures) (float64, bool) { return ratio(f.Failures, f.Requests) },
		}, {
			Name: "hit_ratio", Title: "hit ratio", Unit: Share, Scope: Class, Doc: "fresh and stale hits / reads", Better: Higher,
			Of:     optional(requests, func(f *metrics.Figures) *float64 { return f.HitRatio }),
			Column: 7, Bench: 5, Told: &Told{Place: 7, Weight: 3, Linear: true}, Tolerance: &Tolerance{Absolute: 0.01, Words: "1 point"},
			Series: &Series{Place: 6, Name: "hit_ratio", Of: func(s *metrics.Series) []float64 { return s.HitRatio }},
		}, {
			Name: "stale_served", Unit: Count, Scope: Class, Doc: "values served past their freshness",
			Of: within(requests, func(f *metrics.Figures) int64 { return f.StaleServed }),
		},
	}
}

// ofLatency are the response times, from the intended arrival. A failure has none: how
// soon it was known is a figure of its own, and the effective ones, by which strategies
// are ranked, have it wait as long as its client.
func ofLatency() []Figure {
	list := []Figure{
		{
			Name: "mean", Title: "mean latency", Doc: "mean response time of usable answers, from the intended arrival",
			Of: within(latency, func(l *metrics.Latency) float64 { return l.Mean }), Bench: 7,
		}, {
			Name: "p50", Title: "p50", Doc: "response time that half of the usable answers do not exceed",
			Of: within(latency, func(l *metrics.Latency) float64 { return l.P50 }), Column: 3, Bench: 8, Tolerance: times(0.5),
			Told:   &Told{Place: 8, Weight: 0.5, Least: 0.1, Like: "latency", Of: unlessFailed(0.5, func(l *metrics.Latency) float64 { return l.P50 })},
			Series: &Series{Place: 2, Name: "p50_ms", Of: func(s *metrics.Series) []float64 { return s.P50 }},
		}, {
			Name: "p90", Title: "p90", Doc: "response time that 90 % of the usable answers do not exceed",
			Of:     within(latency, func(l *metrics.Latency) float64 { return l.P90 }),
			Series: &Series{Place: 3, Name: "p90_ms", Of: func(s *metrics.Series) []float64 { return s.P90 }},
		}, {
			Name: "p99", Title: "p99", Doc: "response time that 99 % of the usable answers do not exceed",
			Of: within(latency, func(l *metrics.Latency) float64 { return l.P99 }), Column: 4, Bench: 9, PerPhase: true, Tolerance: times(0.99),
			Told:   &Told{Place: 9, Weight: 1, Least: 0.1, Like: "latency", Of: unlessFailed(0.99, func(l *metrics.Latency) float64 { return l.P99 })},
			Series: &Series{Place: 4, Name: "p99_ms", Of: func(s *metrics.Series) []float64 { return s.P99 }},
		}, {
			Name: "p999", Title: "p99.9", Doc: "response time that 99.9 % of the usable answers do not exceed",
			Of: within(latency, func(l *metrics.Latency) float64 { return l.P999 }),
		}, {
			Name: "max", Title: "max", Doc: "longest response time of a usable answer",
			Of: within(latency, func(l *metrics.Latency) float64 { return l.Max }), Bench: 10,
			Told:   &Told{Place: 10, Weight: 0.4, Least: 0.1, Like: "latency", Of: unlessFailed(1, func(l *metrics.Latency) float64 { return l.Max })},
			Series: &Series{Place: 5, Name: "max_ms", Of: func(s *metrics.Series) []float64 { return s.Max }},
		}, {
			Name: "effective_mean", Title: "effective mean", Doc: "mean response time of all requests, a failure counted as the client's time-out (or as the time it took, if longer)",
			Of: within(effective, func(l *metrics.Latency) float64 { return l.Mean }), Bench: 12,
		}, {
			Name: "effective_p50", Title: "effective p50", Doc: "response time that half of all requests do not exceed, a failure counted as the client's time-out",
			Of: within(effective, func(l *metrics.Latency) float64 { return l.P50 }),
		}, {
			Name: "effective_p99", Title: "effective p99", Doc: "response time that 99 % of all requests do not exceed, a failure counted as the client's time-out",
			Of: within(effective, func(l *metrics.Latency) float64 { return l.P99 }), Column: 2, Bench: 13, PerPhase: true, Budget: "p99",
			Series: &Series{Place: 13, Name: "effective_p99_ms", Of: func(s *metrics.Series) []float64 { return s.EffectiveP99 }},
		}, {
			Name: "failed_p50", Title: "time to a failure, p50", Doc: "time until a failure was known that half of the failures do not exceed",
			Of: within(failed, func(q *metrics.Quantiles) float64 { return q.P50 }),
		}, {
			Name: "failed_p99", Title: "time to a failure, p99", Doc: "time until a failure was known that 99 % of the failures do not exceed",
			Of: within(failed, func(q *metrics.Quantiles) float64 { return q.P99 }),
		}, {
			Name: "failed_max", Title: "time to a failure, max", Doc: "longest time until a failure was known",
			Of: within(failed, func(q *metrics.Quantiles) float64 { return q.Max }),
		},
	}
	for i := range list {
		f := &list[i]
		f.Unit, f.Scope, f.Better = Latency, Class, Lower
		if f.Column > 0 {
			f.Bad = slowerThan10
		}
	}
	return append(list, Figure{
		Name: "bystander_failures", Title: "bystanders failed", Unit: Count, Doc: "failures of the classes that never touch the cache",
		Better: Lower, Bad: some, Of: within(bystanders, func(f *metrics.Figures) int64 { return f.Failures }),
		Column: 5, IfAny: true, Bench: 14, Tolerance: counts(), Told: &Told{Place: 22, Weight: 1, PerRequests: true},
		Series: &Series{Place: 14, Name: "bystander_failures", Of: whole(func(s *metrics.Series) []int64 { return s.BystanderFailures })},
	}, Figure{
		Name: "bystander_p99", Title: "bystander p99", Unit: Latency, Doc: "response time that 99 % of the usable answers of the classes that never touch the cache do not exceed",
		Better: Lower, Bad: slowerThan10, Of: optional(bystanders, func(f *metrics.Figures) *float64 {
			if f.LatencyMS == nil {
				return nil
			}
			return &f.LatencyMS.P99
		}),
		Column: 6, IfAny: true, Bench: 11, Told: &Told{Place: 11, Weight: 0.9, Least: 0.1},
		Series: &Series{Place: 12, Name: "bystander_p99_ms", Of: func(s *metrics.Series) []float64 { return s.BystanderP99 }},
	})
}

// ofLeaks are the pages that the wrong users saw, and what else went on.
func ofLeaks() []Figure {
	return []Figure{
		{
			Name: "leaks", Title: "pages shown to others", Unit: Count, Scope: Class, Doc: "pages of a user's that were served to somebody else",
			Better: Lower, Of: within(requests, func(f *metrics.Figures) int64 { return f.Leaks }),
			Told: &Told{Place: 1, Weight: 2.5, PerRequests: true}, Tolerance: ofAnswers(),
		}, {
			Name: "victims", Title: "users whose pages were shown to others", Unit: Count, Doc: "users whose pages were served to others",
			Better: Lower, Of: within(wholeRun, func(r *metrics.Run) int64 { return r.Victims }),
		}, {
			Name: "attempts", Title: "attempts, retries included", Unit: Count, Doc: "requests sent, retries included",
			Of: within(wholeRun, func(r *metrics.Run) int64 { return r.Attempts }),
		}, {
			Name: "writes", Title: "writes", Unit: Count, Scope: Class, Doc: "requests that were writes",
			Of: within(requests, func(f *metrics.Figures) int64 { return f.Writes }),
		},
	}
}

// ofLoads are the loads of the origin.
func ofLoads() []Figure {
	return []Figure{
		{
			Name: "computes", Title: "computes", Unit: Count, Doc: "origin loads begun", Better: Lower,
			Of:     within(loads, func(r *metrics.Run) int64 { return r.Computes }),
			Column: 8, Bench: 2, Tolerance: counts(), Told: &Told{Place: 2, Weight: 1.3, PerRequests: true},
			Series: &Series{Place: 9, Name: "computes", Of: whole(func(s *metrics.Series) []int64 { return s.Computes })},
		}, {
			Name: "duplicate_computes", Title: "duplicates", Unit: Count, Doc: "origin loads begun while another of the same key was under way",
			Better: Lower, Bad: some, Of: within(loads, func(r *metrics.Run) int64 { return r.DuplicateComputes }),
			Bench: 3, Tolerance: &Tolerance{Share: 0.1, Absolute: 5, Words: "10 % or 5"},
		}, {
			Name: "herd_peak", Title: "herd peak", Unit: Count, Doc: "most origin loads of one key at once", Better: Lower,
			Bad: func(v, _ float64) bool { return v > 1 }, Of: within(loads, func(r *metrics.Run) int64 { return r.HerdPeak }),
			Column: 9, Bench: 4, Tolerance: &Tolerance{Share: 0.1, Absolute: 3, Words: "10 % or 3"},
			Told:   &Told{Place: 6, Name: "herd", Weight: 0.7, Least: 5},
			Series: &Series{Place: 7, Name: "herd", Of: whole(func(s *metrics.Series) []int64 { return s.Herd })},
		}, {
			Name: "origin_in_flight_peak", Title: "loads in all, peak", Unit: Count, Doc: "most origin loads at once", Better: Lower,
			Of:     within(loads, func(r *metrics.Run) int64 { return r.OriginInFlightPeak }),
			Told:   &Told{Place: 21, Name: "loads at once", Weight: 1.1, Least: 1, Drawn: true},
			Series: &Series{Place: 8, Name: "origin_in_flight", Of: whole(func(s *metrics.Series) []int64 { return s.InFlight })},
		}, {
			Name: "computes_per_s", Unit: PerSecond, Scope: Phase, Doc: "origin loads begun a second, while the traffic lasts; of no class",
			Better: Lower, Of: optional(requests, func(f *metrics.Figures) *float64 { return f.ComputesPerS }),
		}, {
			Name: "compute_rate_max", Unit: PerSecond, Budget: "computes", Doc: "most origin loads begun in a second, over one step of the figures over time",
			Better: Lower, Of: func(r *metrics.Run, _ *metrics.Figures) (float64, bool) {
				return r.ComputeRateMax, r.ComputesPerS != nil
			},
		}, {
			Name: "warm_computes", Title: "loads before the traffic", Unit: Count, Doc: "origin loads before the requests began", Better: Lower,
			Of:   within(wholeRun, func(r *metrics.Run) int64 { return r.WarmComputes }),
			Told: &Told{Place: 3, Weight: 0.8, PerRequests: true},
		}, {
			Name: "warm_time", Title: "wait for them", Unit: Duration, Doc: "how long the requests had to wait for the warm-up before them",
			Better: Lower, Of: func(r *metrics.Run, _ *metrics.Figures) (float64, bool) { return r.WarmMS, true },
		},
	}
}

// ofCache are the operations of the shared cache and what it holds.
func ofCache() []Figure {
	memory := optional(cache, func(c *metrics.CacheStats) *int64 { return c.BytesPeak })
	gets := optional(requests, func(f *metrics.Figures) *float64 { return f.CacheGetsPerS })
	return []Figure{
		{Name: "cache_gets", Title: "cache gets", Unit: Count, Doc: "reads of the shared cache", Of: within(cache, func(c *metrics.CacheStats) int64 { return c.Gets })},
		{Name: "cache_sets", Title: "cache sets", Unit: Count, Doc: "writes to the shared cache", Of: within(cache, func(c *metrics.CacheStats) int64 { return c.Sets })},
		{Name: "cache_deletes", Title: "cache deletes", Unit: Count, Doc: "deletes in the shared cache", Of: within(cache, func(c *metrics.CacheStats) int64 { return c.Deletes })},
		{Name: "cache_locks", Title: "cache locks", Unit: Count, Doc: "attempts to take a lock, or a lease, in the shared cache", Of: within(cache, func(c *metrics.CacheStats) int64 { return c.Locks })},
		{Name: "cache_bytes_out", Title: "cache bytes read", Unit: Bytes, Doc: "bytes of the values read from the shared cache", Of: within(cache, func(c *metrics.CacheStats) int64 { return c.BytesOut })},
		{Name: "cache_errors", Title: "cache errors", Unit: Count, Doc: "operations of the shared cache without an answer", Better: Lower, Of: within(cache, func(c *metrics.CacheStats) int64 { return c.Errors })},
		{
			Name: "evictions", Title: "cache evictions", Unit: Count, Doc: "values that full cache nodes, or processes, gave up", Better: Lower,
			Of:   within(cache, func(c *metrics.CacheStats) int64 { return c.Evictions }),
			Told: &Told{Place: 12, Name: "evictions", Weight: 0.3, PerRequests: true},
		}, {
			Name: "hit_ratio_old", Title: "hit ratio of boxes with the old release", Unit: Share, Scope: Class,
			Doc:    "the hit ratio of the boxes without the newest release, while a deploy is under way",
			Better: Higher, Of: optional(requests, func(f *metrics.Figures) *float64 { return f.HitRatioOld }),
		}, {
			Name: "hit_ratio_new", Title: "hit ratio of boxes with the new release", Unit: Share, Scope: Class, Doc: "the hit ratio of the boxes with the newest release, while a deploy is under way",
			Better: Higher, Of: optional(requests, func(f *metrics.Figures) *float64 { return f.HitRatioNew }),
		}, {
			Name: "cache_bytes_peak", Title: "cache memory, peak, in MB", Unit: Bytes,
			Doc:   "most bytes that values, keys and their administration took in the cache nodes, summed over them",
			Of:    memory,
			Shown: &Shown{Unit: Count, Of: func(r *metrics.Run, f *metrics.Figures) (float64, bool) { v, ok := memory(r, f); return v / 1e6, ok }},
		}, {
			Name: "cache_gets_per_s", Title: "cache reads a second", Unit: PerSecond, Scope: Phase,
			Doc:    "reads of the shared cache a second, while the traffic lasts; of no class",
			Better: Lower, Of: gets, Shown: &Shown{Unit: Count, Of: gets},
			Told:      &Told{Place: 14, Name: "cache reads", Weight: 0.9, Least: 1, Like: "cache reads"},
			Tolerance: &Tolerance{Share: 0.05, Absolute: 1, Words: "5 % or 1/s"},
		}, {
			Name: "cache_gets_peak", Unit: Count, Doc: "most reads of the shared cache in one window", Better: Lower,
			Of:   optional(wholeRun, func(r *metrics.Run) *int64 { return r.CacheGetsPeak }),
			Told: &Told{Place: 15, Name: "cache reads", Weight: 0.5, Least: 5, Like: "cache reads", Window: true},
		}, {
			Name: "l1_hit_ratio", Title: "L1 hit ratio", Unit: Share, Doc: "reads of the boxes' own caches that found a value", Better: Higher,
			Of: func(r *metrics.Run, _ *metrics.Figures) (float64, bool) {
				if r.L1 == nil {
					return 0, false
				}
				return ratio(r.L1.Hits, r.L1.Hits+r.L1.Misses)
			},
		},
	}
}

// ofAge are how old and how outdated the answers were.
func ofAge() []Figure {
	return []Figure{
		{
			Name: "age_p50", Title: "age at serve, median", Unit: Duration, Scope: Class, Doc: "age at serve that half of the served values do not exceed",
			Better: Lower, Of: within(age, func(q *metrics.Quantiles) float64 { return q.P50 }),
			Series: &Series{Place: 10, Name: "age_p50_ms", Of: func(s *metrics.Series) []float64 { return s.AgeP50 }},
		}, {
			Name: "age_p99", Title: "age at serve, p99", Unit: Duration, Scope: Class, Doc: "age at serve that 99 % of the served values do not exceed",
			Better: Lower, Of: within(age, func(q *metrics.Quantiles) float64 { return q.P99 }),
			Told: &Told{Place: 20, Name: "age p99", Weight: 0.5, Least: 1000, Beside: true},
		}, {
			Name: "age_max", Title: "age at serve, max", Unit: Duration, Scope: Class, Doc: "oldest served value's age at serve",
			Budget: "age", Better: Lower, Of: within(age, func(q *metrics.Quantiles) float64 { return q.Max }),
			Series: &Series{Place: 11, Name: "age_max_ms", Of: func(s *metrics.Series) []float64 { return s.AgeMax }},
		}, {
			Name: "outdated", Title: "served although the origin had newer", Unit: Count, Scope: Class, Doc: "values served although the origin had a newer version",
			Better: Lower, Of: within(requests, func(f *metrics.Figures) int64 { return f.Outdated }),
			Told: &Told{Place: 16, Name: "outdated answers", Weight: 1.1, PerRequests: true}, Tolerance: ofAnswers(),
		}, {
			Name: "staleness_p99", Unit: Duration, Scope: Class, Zero: true,
			Doc:    "of outdated answers, the time since a newer version was written that 99 % do not exceed; 0 without any",
			Better: Lower, Of: within(staleness, func(q *metrics.Quantiles) float64 { return q.P99 }),
		}, {
			Name: "staleness_max", Title: "staleness of those, max", Unit: Duration, Scope: Class, Zero: true,
			Doc:    "of outdated answers, the longest time since a newer version was written; 0 without any",
			Budget: "stale", Better: Lower, Of: within(staleness, func(q *metrics.Quantiles) float64 { return q.Max }),
			Told: &Told{Place: 17, Name: "staleness", Weight: 0.7, Least: 500},
		},
	}
}

// ofQueue are those of a strategy with a queue of jobs.
func ofQueue() []Figure {
	return []Figure{
		{Name: "queue_jobs", Title: "queue: jobs run", Unit: Count, Doc: "publish jobs that were run", Of: within(queue, func(q *metrics.QueueStats) int64 { return q.Jobs })},
		{Name: "queue_collapsed", Title: "queue: collapsed", Unit: Count, Doc: "publish jobs not queued, since one for the key was pending", Of: within(queue, func(q *metrics.QueueStats) int64 { return q.Collapsed })},
		{Name: "queue_dropped", Title: "queue: dropped", Unit: Count, Doc: "publish jobs not queued, since the queue was full", Better: Lower, Of: within(queue, func(q *metrics.QueueStats) int64 { return q.Dropped })},
		{Name: "queue_outdated", Title: "queue: outdated results", Unit: Count, Doc: "results of publish jobs that were refused for a newer version", Of: within(queue, func(q *metrics.QueueStats) int64 { return q.Outdated })},
		{
			Name: "queue_age_max", Title: "queue: longest wait", Unit: Duration, Doc: "longest wait of a publish job for a worker", Better: Lower,
			Of: optional(queue, func(p *metrics.QueueStats) *float64 { return p.AgeMaxMS }),
		},
	}
}

// ofWarmers are those of the jobs that compute ahead of the readers.
func ofWarmers() []Figure {
	list := []Figure{
		{Name: "warmer_runs", Title: "warmers' runs", Unit: Count, Doc: "runs that the warmers began", Of: within(warmers, func(w *metrics.WarmerStats) int64 { return w.Runs })},
		{Name: "warmer_skipped", Title: "warmers' runs left out", Unit: Count, Doc: "runs that the warmers left out, since one was going on", Of: within(warmers, func(w *metrics.WarmerStats) int64 { return w.Skipped })},
		{Name: "warmer_at_once", Title: "warmers' runs at once", Unit: Count, Doc: "most runs of one warmer at once", Of: within(warmers, func(w *metrics.WarmerStats) int64 { return w.AtOnce })},
		{Name: "warmer_computes", Title: "warmers' loads", Unit: Count, Doc: "origin loads that the warmers began, which are among computes", Of: within(warmers, func(w *metrics.WarmerStats) int64 { return w.Computes })},
		{Name: "warmer_failed", Title: "warmers' failed loads", Unit: Count, Doc: "origin loads that the warmers began and that failed", Of: within(warmers, func(w *metrics.WarmerStats) int64 { return w.Failed })},
		{
			Name: "warmer_run_max", Title: "warmers' longest run", Unit: Duration, Doc: "the longest run of a warmer; 0 without any",
			Of: optional(warmers, func(p *metrics.WarmerStats) *float64 { return p.RunMaxMS }),
		},
	}
	for i := range list {
		list[i].Zero = true
	}
	return list
}

// ofStrategies are what the strategies count themselves.
func ofStrategies() []Figure {
	return []Figure{
		{
			Name: "locks_lost", Title: "locks that expired under their owner", Unit: Count, Doc: "locks that expired under their owner", Better: Lower,
			Of: within(wholeRun, func(r *metrics.Run) int64 { return r.LocksLost }),
		}, {
			Name: "discarded", Title: "computed values thrown away", Unit: Count, Better: Lower,
			Doc: "values computed and not stored, for a newer version, a lost lock or a lost lease",
			Of:  within(wholeRun, func(r *metrics.Run) int64 { return r.Discarded }),
		}, {
			Name: "load_errors", Title: "failed loads", Unit: Count, Better: Lower,
			Doc:   "origin loads that failed, those included for which nobody waited and those of a warm-up",
			Of:    within(loads, func(r *metrics.Run) int64 { return r.LoadErrors }),
			Shown: &Shown{Unit: Count, Of: within(wholeRun, func(r *metrics.Run) int64 { return r.LoadErrors })}, // as the strategies saw them
		}, {
			Name: "refresh_errors", Title: "failed refreshes", Unit: Count, Doc: "refreshes that failed and left the old value", Better: Lower,
			Of: within(wholeRun, func(r *metrics.Run) int64 { return r.RefreshErrors }),
		},
	}
}

// ofBoxes are the boxes' cores and file caches, and which boxes were taken out.
func ofBoxes() []Figure {
	cpu := func(r *metrics.Run) *float64 { return r.CPU }
	ejections := func(r *metrics.Run) int64 { return r.Ejections }
	return []Figure{
		{
			Name: "cpu", Title: "cores of the boxes, asked for", Unit: Share, Better: Lower,
			Doc:       "share of the boxes' cores that was asked for, above 100 % where it was more than there is; without a value where cores are without limit",
			Of:        optional(wholeRun, cpu),
			Told:      &Told{Place: 19, Name: "CPU", Weight: 0.5, Least: 0.02, Of: optional(withDisks, cpu)},
			Tolerance: &Tolerance{Share: 0.1, Absolute: 0.05, Words: "10 % or 5 points", Of: optional(withDisks, cpu)},
		}, {
			Name: "entries", Title: "disk cache: entries, at the end", Unit: Count, Doc: "entries in the fullest file cache of a box at the end",
			Of: within(disk, func(d *metrics.DiskStats) int64 { return d.Entries }),
		}, {
			Name: "entries_peak", Title: "disk cache: entries, peak", Unit: Count, Doc: "most entries at once in the file cache of one box", Better: Lower,
			Of: within(disk, func(d *metrics.DiskStats) int64 { return d.EntriesPeak }), Tolerance: counts(),
			Told: &Told{Place: 18, Name: "entries of a box", Weight: 0.9, Least: 10},
		}, {
			Name: "disk_bytes", Title: "disk cache: bytes, at the end", Unit: Bytes, Doc: "bytes in the largest file cache of a box at the end",
			Of: within(disk, func(d *metrics.DiskStats) int64 { return d.Bytes }),
		}, {
			Name: "culls", Title: "disk cache: culls", Unit: Count, Doc: "culls of the boxes' file caches",
			Of: within(disk, func(d *metrics.DiskStats) int64 { return d.Culls }), Tolerance: counts(),
		}, {
			Name: "culled", Title: "disk cache: entries culled", Unit: Count, Doc: "entries that those removed",
			Of:        within(disk, func(d *metrics.DiskStats) int64 { return d.Culled }),
			Tolerance: &Tolerance{Share: 0.05, More: entriesPerCull, Words: "5 % or one cull"},
		}, {
			Name: "set_cpu", Title: "disk cache: CPU of a write for other entries", Unit: Duration, Better: Lower,
			Doc:       "mean CPU time of a write to a file cache for the sake of the other entries",
			Of:        optional(disk, func(d *metrics.DiskStats) *float64 { return d.SetCPUMS }),
			Tolerance: &Tolerance{Share: 0.15, Absolute: 1, Words: "15 % or 1 ms"},
		}, {
			Name: "ejections", Title: "boxes ejected", Unit: Count, Doc: "boxes that the balancer's health check took out", Better: Lower,
			Of:   within(wholeRun, ejections),
			Told: &Told{Place: 13, Name: "ejections", Weight: 1.2, Least: 0.5},
			Tolerance: &Tolerance{Share: 0.1, Absolute: 1, Words: "10 % or 1",
				Of: within(withDisks, ejections)},
		}, {
			Name: "crashes", Title: "crashes", Unit: Count, Doc: "boxes lost", Better: Lower,
			Of: within(wholeRun, func(r *metrics.Run) int64 { return r.Crashes }),
		},
	}
}
