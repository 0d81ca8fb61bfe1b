package strategies

import "sync"

// Stats counts what a strategy did that its results do not show. A snapshot:
// two of them can be subtracted.
type Stats struct {
	Loads         int64 // loads started
	LoadErrors    int64 // loads that failed or panicked
	Refreshes     int64 // of Loads, those that had an old value to fall back on
	RefreshErrors int64 // of Refreshes, those that failed: the old value was left
	LocksLost     int64 // locks that expired under their owner
	Discarded     int64 // computed values thrown away instead of being stored
	StoreErrors   int64 // failed operations of the cache
	L1Hits        int64 // reads that a box's own copy answered
	L1Misses      int64 // reads that it could not
}

// StatsReporter is a Strategy that counts.
type StatsReporter interface{ Stats() Stats }

// statsOf is the counts of a strategy beneath another; zeros if it does not count.
func statsOf(s Strategy) Stats {
	if r, ok := s.(StatsReporter); ok {
		return r.Stats()
	}
	return Stats{}
}

// counters is Stats in the making.
type counters struct {
	mu    sync.Mutex
	stats Stats
}

// count adds one to n, which is a field of stats.
func (c *counters) count(n *int64) {
	c.mu.Lock()
	*n++
	c.mu.Unlock()
}

// Stats returns the counts so far.
func (c *counters) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}
