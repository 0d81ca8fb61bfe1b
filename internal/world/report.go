package world

import (
	"time"

	"github.com/herdlab/herdlab/internal/world/disk"
)

// Report is what a world counted.
type Report struct {
	Cache     CacheStats
	Processes ProcessStats
	Disk      *disk.Stats // of all boxes; nil where they have none
	CPU       *float64    // mean share of the boxes' cores that was asked for; nil without a limit
	Crashes   int         // boxes lost
	Ejections int         // of boxes, by the balancer
	Notes     []string    // what an operator would have seen in the logs, the first few

	Generator *Generator // of a real load; nil where the load cannot fall behind

	Loads        *Loads // as the origin counted them; nil where the observer heard of each
	LoadsUnknown bool   // nobody counted them
	CacheUnknown bool   // nobody counted what Cache is to say
}

// Loads are the counts of an origin that is not a part of the world.
type Loads struct{ Computes, Duplicates, HerdPeak, InFlightPeak int64 }

// Generator says how well a real load generator kept to its schedule.
type Generator struct {
	Scheduled, Sent int64
	Late            int64 // sent more than LateAfter behind the schedule
	LateAfter       time.Duration
	P50, P99, Max   time.Duration // lateness
}

// AddDisk adds what happened on the disk of a box, whose reads and writes are the
// cache's.
func (r *Report) AddDisk(s disk.Stats) {
	if r.Disk == nil {
		r.Disk = new(disk.Stats)
	}
	*r.Disk = r.Disk.Plus(s)
	r.Cache.Gets, r.Cache.Sets, r.Cache.Deletes = r.Cache.Gets+s.Gets, r.Cache.Sets+s.Sets, r.Cache.Deletes+s.Deletes
	r.Cache.BytesOut, r.Cache.Errors = r.Cache.BytesOut+s.BytesOut, r.Cache.Errors+s.Errors
}

// BoxSample is a box at one instant.
type BoxSample struct {
	CPU     time.Duration // asked of it so far
	Entries int           // on its disk
	In      bool          // the balancer sends it requests
}
