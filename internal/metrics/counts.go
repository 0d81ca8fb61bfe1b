package metrics

// CacheStats counts the operations of the shared cache.
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

// Generator says how well a load generator on the wall clock kept to its
// schedule.
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

// QueueStats is the publish strategy's queue.
type QueueStats struct {
	Jobs      int64    `json:"jobs"`       // run
	Collapsed int64    `json:"collapsed"`  // not queued: one for the key was pending
	Dropped   int64    `json:"dropped"`    // not queued: the queue was full
	Outdated  int64    `json:"outdated"`   // results refused: a newer version was there
	AgeMaxMS  *float64 `json:"age_max_ms"` // longest wait of a job for a worker
}
