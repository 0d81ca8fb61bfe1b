package metrics

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
