package world

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/disk"
	"github.com/herdlab/herdlab/internal/world/gauge"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/internal/world/timeline"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// Environment is what a run gives its world besides the configuration: time,
// chance, sizes, and who hears what happens.
type Environment struct {
	Clock Clock

	// Wall says that Clock is the one on the wall, where what goes wrong may be
	// no part of the scenario and is noted. Nothing else may depend on it.
	Wall bool

	// Rand returns the random stream of one purpose. Streams are independent: a part
	// that draws once more changes no other part's numbers.
	Rand func(purpose string) *rand.Rand

	// Size is the length of a key's value in bytes. It may be asked before any
	// request for the key has said it.
	Size func(key string) int

	// Observer hears of the origin's loads, and Record of every request's end.
	Observer origin.Observer
	Record   func(*metrics.Record)

	// CacheRead, if not nil, hears of every read of the shared cache, from any
	// process and perhaps of several at once. It must not wait.
	CacheRead func(at time.Time)

	// Mark, if not nil, hears what the fleet does by itself, in a few words. It must not
	// wait.
	Mark func(at time.Time, label string)

	// Gauges, if not nil, measure how full everything is.
	Gauges *gauge.Board

	// Timelines, if not nil, follow requests.
	Timelines *timeline.Recorder

	// Warmers are the jobs that compute values ahead of their readers, for the faults
	// that befall them.
	Warmers fault.Warmers
}

// Parts make what is not the same on both clocks: whatever takes time because
// something outside the fleet does it. A world asks for them in the
// order of this list, once each, and for a disk once a box; for disks and a front
// only where its fleet has them. [Modelled] makes them for virtual time,
// internal/live real ones.
type Parts interface {
	NewTier() (TierPart, error)
	NewOrigin() (OriginPart, error)
	NewDisk(*Box) (DiskPart, error)
	NewFront(*World) (FrontPart, error)
	NewLoad(*World) (LoadPart, error)

	// Close ends whatever must not outlive the run. It may be called again, when
	// what was still under way at the first call has ended.
	Close()
}

// TierPart is the shared cache. Its nodes are counted as faults count them: the
// shared ones, the gutter's, and those of named caches that have their own. A
// fault that it cannot have is an error, which the world notes.
type TierPart interface {
	// Client returns a new client of a named cache, which puts prefix in front of
	// all keys, for the program of a box; a box below 0 is none of the fleet.
	Client(box int, cache, prefix string) (TierClient, error)

	Stats() metrics.CacheStats

	StopNode(i int, how fault.Outage) error
	StartNode(i int, how fault.Outage) error // after such an end
	FlushNode(i int) error
	ListNode(i int, on bool) error // for all clients at once
}

// TierClient is the way of one program to one named cache: its own view of the ring
// and its own knowledge of which nodes are dead, as a client library in a process has
// it. Two boxes can disagree about who owns a key.
type TierClient interface {
	ProgramCache
	strategies.NewerSetter
	strategies.Extender

	// Use has it go on with another prefix.
	Use(prefix string) error
}

// ProgramCache is a cache as one program has it. Kill cuts it off, when the box
// has crashed: nothing that the program still does reaches what others see.
type ProgramCache interface {
	Cache
	Kill()
}

// DiskPart is the file cache of one box. It outlives programs and crashes, and is gone
// with the box alone. Its culls are CPU time of the box, for which requests compete.
type DiskPart interface {
	// Client returns the disk as a program uses it, beside the locks of the
	// shared cache.
	Client(locks tier.Locks, prefix string) ProgramCache

	Wipe() error // it is a new disk from now on
	ForceCull(context.Context) error
	Entries() int
	Stats() (disk.Stats, error)
}

// OriginPart is what the cache protects. Every value has a version, so that of each one
// that is served it is known how long it had been superseded by then.
type OriginPart interface {
	strategies.Loader

	// Put commits a write and returns what was written. Tells is nil if that is the
	// whole value, or else why it is its version alone.
	Put(ctx context.Context, key string) (strategies.Value, error)
	Tells() error

	// Superseded is when a version later than the given one was committed.
	Superseded(key string, version uint64) (time.Time, bool)

	// Change has faults begin and end. One that cannot be had is an error.
	Change(func(*fault.OriginState)) error
}

// FrontPart is the web server before the boxes. The load goes through it; the world
// only has to tell it of faults.
type FrontPart interface {
	// CacheSessions has the pages of those who are signed in cached, whatever the
	// configuration says, or not any more.
	CacheSessions(bool) error

	Notes() []string // what an operator would have seen in its log
}

// LoadPart is the way that requests take to the boxes. It tells the environment's
// Record of the end of every one, one at a time.
type LoadPart interface {
	// Drive sends the requests that next gives, each at its instant, and returns
	// when all have ended. It calls begin before the first, when time begins.
	Drive(next func(*Request) bool, begin func(now time.Time)) error

	Report() *metrics.Generator // nil where it cannot fall behind
}

// Cache is what the strategy of a box needs of the shared cache: a client of
// its own.
type Cache interface {
	strategies.Store
	strategies.Locker
}

// Clock is what the world needs of time: the strategies' seam, and callbacks
// for what never waits (arrivals, time-outs, faults), which cost no process.
type Clock interface {
	clock.Clock

	// AfterFunc calls f once d has passed. f must not wait.
	AfterFunc(d time.Duration, f func())
}

// background is the context of work that nobody can cancel: a synchronous
// worker is not told that its client left.
var background = context.Background()
