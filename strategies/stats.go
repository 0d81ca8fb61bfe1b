package strategies

import "sync/atomic"

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

// plus adds two counts up.
func (s Stats) plus(o Stats) Stats {
	return Stats{
		Loads: s.Loads + o.Loads, LoadErrors: s.LoadErrors + o.LoadErrors,
		Refreshes: s.Refreshes + o.Refreshes, RefreshErrors: s.RefreshErrors + o.RefreshErrors,
		LocksLost: s.LocksLost + o.LocksLost, Discarded: s.Discarded + o.Discarded,
		StoreErrors: s.StoreErrors + o.StoreErrors,
		L1Hits:      s.L1Hits + o.L1Hits, L1Misses: s.L1Misses + o.L1Misses,
	}
}

// counters is Stats in the making.
type counters struct {
	loads, loadErrors, refreshes, refreshErrors atomic.Int64
	locksLost, discarded, storeErrors           atomic.Int64
	l1Hits, l1Misses                            atomic.Int64
}

// Stats returns the counts so far.
func (c *counters) Stats() Stats {
	return Stats{
		Loads: c.loads.Load(), LoadErrors: c.loadErrors.Load(),
		Refreshes: c.refreshes.Load(), RefreshErrors: c.refreshErrors.Load(),
		LocksLost: c.locksLost.Load(), Discarded: c.discarded.Load(),
		StoreErrors: c.storeErrors.Load(),
		L1Hits:      c.l1Hits.Load(), L1Misses: c.l1Misses.Load(),
	}
}
