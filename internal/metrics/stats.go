package metrics

import "cmp"

// CacheStats counts the operations of the shared cache, as its nodes or, of a real
// one, its clients see them. An operation that got no answer is among its kind and
// among the errors.
type CacheStats struct {
	Gets      int64 `json:"gets"`
	Sets      int64 `json:"sets"`
	Deletes   int64 `json:"deletes"`
	Locks     int64 `json:"locks"`
	BytesOut  int64 `json:"bytes_out"`
	Errors    int64 `json:"errors"`
	Evictions int64 `json:"evictions"`

	// BytesPeak is the most that values, keys and their administration took, summed
	// over the nodes; null where nobody looked.
	BytesPeak *int64 `json:"bytes_peak"`
}

// Plus adds two counts up. The peaks of nodes need not have been at the same time:
// their sum is what they must all be given.
func (s CacheStats) Plus(o CacheStats) CacheStats {
	sum := CacheStats{
		Gets: s.Gets + o.Gets, Sets: s.Sets + o.Sets, Deletes: s.Deletes + o.Deletes, Locks: s.Locks + o.Locks,
		BytesOut: s.BytesOut + o.BytesOut, Errors: s.Errors + o.Errors, Evictions: s.Evictions + o.Evictions, BytesPeak: cmp.Or(s.BytesPeak, o.BytesPeak),
	}
	if s.BytesPeak != nil && o.BytesPeak != nil {
		sum.BytesPeak = new(*s.BytesPeak + *o.BytesPeak)
	}
	return sum
}

// Generator says how well a load generator on the wall clock kept to its schedule.
// Latencies count from the schedule, so that being late is in them and not hidden by
// them; this says how much of them is the generator's own.
type Generator struct {
	Scheduled   int64     `json:"scheduled"`
	Sent        int64     `json:"sent"`
	Late        int64     `json:"late"` // sent more than LateAfterMS behind the schedule
	Dropped     int64     `json:"dropped"`
	LateAfterMS float64   `json:"late_after_ms"`
	LatenessMS  Quantiles `json:"lateness_ms"`
}

// L1Stats counts the reads of the boxes' own caches.
type L1Stats struct {
	Hits   int64 `json:"hits"`
	Misses int64 `json:"misses"`
}

// QueueStats is the publish strategy's queue, or several of named caches together. How
// far it is behind shows in the age of its jobs; that it is full, in those dropped.
type QueueStats struct {
	Jobs      int64    `json:"jobs"`       // run
	Collapsed int64    `json:"collapsed"`  // not queued: one for the key was pending
	Dropped   int64    `json:"dropped"`    // not queued: the queue was full
	Outdated  int64    `json:"outdated"`   // results refused: a newer version was there
	AgeMaxMS  *float64 `json:"age_max_ms"` // longest wait of a job for a worker
}

// DiskStats is what happened in the file caches of the boxes. Each box has its own, so
// that sizes are those of the fullest box and not a sum: a disk fills up alone.
type DiskStats struct {
	Entries     int64 `json:"entries"`      // at the end, of the fullest one
	EntriesPeak int64 `json:"entries_peak"` // most at once in one of them
	Bytes       int64 `json:"bytes"`        // at the end, of the files of the largest one

	Culls  int64 `json:"culls"`
	Culled int64 `json:"culled"` // entries that they removed

	// SetCPUMS is the mean CPU time that a write cost for the sake of the other
	// entries: walking, opening and removing.
	SetCPUMS *float64 `json:"set_cpu_ms"`
}

// Plus adds the disks of another box: a size is that of the fuller one.
func (s DiskStats) Plus(o DiskStats) DiskStats {
	return DiskStats{
		Entries: max(s.Entries, o.Entries), EntriesPeak: max(s.EntriesPeak, o.EntriesPeak), Bytes: max(s.Bytes, o.Bytes),
		Culls: s.Culls + o.Culls, Culled: s.Culled + o.Culled,
	}
}

// WarmerStats counts what the jobs did that compute values ahead of their
// readers. Their loads are among the run's computes.
type WarmerStats struct {
	Runs     int64    `json:"runs"`       // begun
	Skipped  int64    `json:"skipped"`    // not begun, since one was going on
	AtOnce   int64    `json:"at_once"`    // most runs of one warmer at once
	Computes int64    `json:"computes"`   // loads begun
	Failed   int64    `json:"failed"`     // of Computes
	RunMaxMS *float64 `json:"run_max_ms"` // the longest run
}
