// Package world is the fleet under test: boxes behind a balancer, their programs
// and releases, what faults do to them, and what came of it. It is written once, for
// virtual time and for the wall clock. What differs are five parts that [Parts]
// makes: cache tier, disks, origin, front and load. This package and its leaves have
// modelled ones ([Modelled]), internal/live has real ones.
//
// A request goes this way:
//
//	load      sends an attempt at its instant, waits, tries again ([Clients])
//	front     answers from the cache, or passes it on (where there is one)
//	Balancer  picks one of the healthy boxes, or none
//	Box       gives it a worker or a place in its queue, or rejects it
//	Program   answers by its strategy, whose cache clients and way to the origin
//	          end with the program
//	load      records how it ended
//
// In virtual time only a worker that has a job is a process. Arrivals, time-outs,
// health checks and faults are callbacks, which cost less and never wait. One of all
// these runs at a time, in an order that does not depend on the machine, so that no
// mutex is ever contended there: they are for the wall clock. Locks are taken in the
// order of the list above. A box calls Done when it has let go of its own.
package world

import (
	"cmp"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/disk"
	"github.com/herdlab/herdlab/internal/world/front"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
)

// Build makes the strategy of one box for one named cache from the box's client of
// it.
type Build func(box, name int, cache Cache, loader strategies.Loader) (strategies.Strategy, error)

// World is a fleet and the parts that it stands on.
//
// A run is NewWorld, Install, whatever is to be warm, Drive, Close, Report, in this
// order. Faults begin with Drive and happen no more once Close was called.
type World struct {
	Balancer *Balancer

	clock  Clock
	cfg    Config
	env    Environment
	parts  Parts
	tier   TierPart
	origin OriginPart
	load   LoadPart
	front  FrontPart   // nil without
	disks  []DiskPart  // of the boxes; none where values live elsewhere
	site   *front.Site // what front and boxes agree on; nil without a front

	boxes     []*Box
	releases  *Releases
	sessions  *origin.Blank
	processes tier.ProcessCounts
	begun     time.Time
	before    time.Duration // CPU time that was asked of the boxes by then
	cpu       *float64      // set by Close

	// Faults of the wall clock may restart two boxes at once. Programs are made one
	// after another all the same: build counts the strategies that it has made.
	installing sync.Mutex
	build      Build
	shared     []sharing // clients beside those of the boxes, for releases to reach

	closed atomic.Bool
	faults sync.RWMutex // read-locked by every fault while it happens: Close waits for it

	mu      sync.Mutex
	crashes int
	gone    map[int]bool // boxes that are lost
	notes   []string
}

// sharing is a client of a named cache that is no box's: of a queue's workers, of
// warmers, of the warm-up. It serves the whole fleet and survives every crash.
type sharing struct {
	name   int
	client TierClient
}

// NewWorld builds a world at rest, whose boxes have no strategy yet, of parts that it
// closes. After an error the caller does.
func NewWorld(cfg Config, env Environment, parts Parts) (*World, error) {
	w := &World{
		clock: env.Clock, cfg: cfg, env: env, parts: parts,
		releases: NewReleases(cfg.Fleet.Boxes, cfg.Named()), sessions: origin.NewBlank(env.Size), gone: make(map[int]bool),
	}
	var err error
	if w.tier, err = parts.NewTier(); err != nil {
		return nil, err
	}
	if w.origin, err = parts.NewOrigin(); err != nil {
		return nil, err
	}
	for i := range cfg.Fleet.Boxes {
		b := NewBox(env.Clock, cfg.Fleet)
		b.number = i
		b.Watch(env.Gauges, env.Wall)
		w.boxes = append(w.boxes, b)
		if cfg.Fleet.Disk == nil {
			continue
		}
		d, err := parts.NewDisk(b)
		if err != nil {
			return nil, fmt.Errorf("the disk of box %d: %w", i, err)
		}
		w.disks = append(w.disks, d)
	}
	w.Balancer = NewBalancer(env.Clock, cfg.Fleet.Balancer, w.boxes, env.Rand("balancer"))
	w.Balancer.mark = env.Mark
	if fault.Readmits(cfg.Faults) {
		w.Balancer.ExpectReadmission(env.Rand("readmission"))
	}
	if cfg.Fleet.Front != nil {
		w.site = front.NewSite(*cfg.Fleet.Front)
		if w.front, err = parts.NewFront(w); err != nil {
			return nil, err
		}
	}
	w.load, err = parts.NewLoad(w)
	return w, err
}

// Boxes are the application servers, by their numbers.
func (w *World) Boxes() []*Box { return w.boxes }

// Site is what the front and the boxes agree on; nil without a front.
func (w *World) Site() *front.Site { return w.site }

// Loader is the way to the origin.
func (w *World) Loader() strategies.Loader { return w.asCached(w.originLoader()) }

// originLoader is the way to the values that the origin has. A load is given up, if
// at all, by whoever waits for it, and goes on at the origin.
func (w *World) originLoader() strategies.Loader {
	return origin.Patient(w.clock, w.origin, w.cfg.Fleet.Origin.Timeout)
}

// asCached makes pages of what rows loads, where pages are what is cached.
func (w *World) asCached(rows strategies.Loader) strategies.Loader {
	if w.site == nil {
		return rows
	}
	return front.Rendered(rows)
}

// Install gives every box a strategy, made by build now and whenever the box
// restarts. Build must not wait: on a restart a fault calls it.
func (w *World) Install(build Build) error {
	w.build = build
	for i := range w.boxes {
		if err := w.installBox(i); err != nil {
			return err
		}
	}
	return nil
}

// installBox gives the processes of box i a program each, as a start does: whatever the
// program before it remembered is gone.
func (w *World) installBox(i int) error {
	w.installing.Lock()
	defer w.installing.Unlock()
	programs := make([]*Program, max(w.cfg.Fleet.Processes, 1))
	for n := range programs {
		var err error
		if programs[n], err = newProgram(w, i, n); err != nil {
			return err
		}
	}
	w.boxes[i].Install(programs...)
	return nil
}

// prefixes are what stands in front of the keys of every named cache. Of pages it
// is a part of the key itself, which the front has to know.
func (w *World) prefixes(of Release) []string {
	if w.site != nil {
		return []string{""}
	}
	return of.Prefixes
}

// privateCache is what a program of box i has for a cache: the box's disk or its own
// memory with the locks of the shared cache, pages under the names that the front
// knows, or simply its client.
func (w *World) privateCache(i, process int, prefix string, shared TierClient) Cache {
	switch {
	case w.disks != nil:
		return w.disks[i].Client(shared, prefix)
	case w.site != nil:
		return w.site.Pages(shared)
	case w.cfg.Fleet.Cache.Values != tier.InProcess:
		return shared
	}
	purpose := fmt.Sprintf("process/%d", i)
	if process > 0 {
		purpose += fmt.Sprintf("/%d", process)
	}
	return tier.NewProcess(w.cfg.Fleet.Cache, shared, w.clock.Now, w.env.Rand(purpose), &w.processes)
}

// Cache returns a new client of a named cache, for what serves the whole fleet. It
// has the newest release from its beginning on.
func (w *World) Cache(name int) (Cache, error) {
	c, err := w.tier.Client(-1, w.releases.caches[name], w.prefixes(w.releases.Newest())[name])
	if err != nil {
		return nil, err
	}
	w.shared = append(w.shared, sharing{name, c})
	if w.site != nil {
		return w.site.Pages(c), nil
	}
	return c, nil
}

// Superseded is when a version later than the given one was committed.
func (w *World) Superseded(key string, version uint64) (time.Time, bool) {
	return w.origin.Superseded(key, version)
}

// Drive lets time begin, sends the requests that next gives, each at its instant,
// and returns when all of them have ended. Next is called from the run's own
// processes and must not wait; begin is told before anything can happen.
func (w *World) Drive(next func(*Request) bool, begin func(now time.Time)) error {
	return w.load.Drive(next, func(now time.Time) {
		begin(now)
		w.Begin()
	})
}

// Begin has faults and health checks count from now. Drive calls it; it is for a load
// that has no Drive, as in tests.
func (w *World) Begin() {
	w.begun = w.clock.Now()
	w.before, _ = demandOf(w.boxes)
	w.scheduleFaults()
	w.Balancer.Start(w.Closed)
}

// Close lets the workers end. What is planned for later does not happen, and a
// fault that has begun to happen, such as a node that is being started, is over
// when Close returns: none befalls the next run.
func (w *World) Close() {
	if first := !w.closed.Swap(true); first && !w.begun.IsZero() {
		w.cpu = w.cpuShare()
	}
	w.faults.Lock()
	defer w.faults.Unlock()
	for _, b := range w.boxes {
		b.Close()
	}
	w.parts.Close()
}

// cpuShare is the mean share of the boxes' cores that was asked for since the traffic
// began, above 1 where it was more than there is; nil where the cores are without limit.
func (w *World) cpuShare() *float64 {
	busy, cores := demandOf(w.boxes)
	passed := w.clock.Now().Sub(w.begun)
	if cores == 0 || passed == 0 {
		return nil
	}
	return new(float64(busy-w.before) / float64(passed) / float64(cores))
}

// demandOf is the CPU time that was asked of some boxes so far, and their cores.
func demandOf(boxes []*Box) (busy time.Duration, cores int) {
	for _, b := range boxes {
		busy += b.Demand()
		cores += b.cfg.Cores
	}
	return busy, cores
}

// Closed reports whether Close was called.
func (w *World) Closed() bool { return w.closed.Load() }

// Abandon takes everything from the boxes, when a run is stopped: whoever waits
// for one loses the connection, and what the workers still ask of the cache fails.
func (w *World) Abandon() {
	for _, b := range w.boxes {
		b.Crash()
	}
}

// Report adds what the world counted so far to a run.
func (w *World) Report(run *metrics.Run) {
	w.reportCache(run)
	run.CPU, run.Generator = w.cpu, w.load.Report()
	ejections, notes := w.Balancer.Notes()
	w.mu.Lock()
	run.Crashes, run.Ejections = int64(w.crashes), int64(ejections)
	notes = append(notes, w.notes...)
	w.mu.Unlock()
	if w.front != nil {
		notes = append(notes, w.front.Notes()...)
	}
	if c := run.Cache; w.env.Wall && c.Errors > 0 { // which may be no fault of the scenario's
		notes = append(notes, fmt.Sprintf("%d of %d operations of the cache failed", c.Errors, c.Gets+c.Sets+c.Deletes+c.Locks))
	}
	if ejections > len(notes) { // which are the first few
		notes = append(notes, fmt.Sprintf("the balancer ejected boxes %d times in all", ejections))
	}
	run.Warnings = append(run.Warnings, notes...)
}

// reportCache adds the operations of the caches, wherever values live: on the nodes,
// in the boxes' processes or on their disks.
func (w *World) reportCache(run *metrics.Run) {
	c := w.tier.Stats()
	run.Cache = &c
	if p := (metrics.L1Stats{Hits: w.processes.Hits.Load(), Misses: w.processes.Misses.Load()}); p.Hits+p.Misses > 0 {
		run.L1 = &p
		c.Evictions += w.processes.Evictions.Load()
	}
	if w.disks == nil {
		return
	}
	var sum disk.Stats
	for i, d := range w.disks {
		s, err := d.Stats()
		if err != nil {
			w.addNote("the disk of box %d: %v", i, err)
		}
		sum = sum.Plus(s)
	}
	c, run.Disk = c.Plus(sum.CacheStats), &sum.DiskStats
	if sum.Sets > 0 {
		run.Disk.SetCPUMS = new(float64(sum.CPU) / 1e6 / float64(sum.Sets))
	}
}

// BoxSample is a box at one instant.
type BoxSample struct {
	CPU     time.Duration // asked of it so far
	Entries int           // on its disk
	In      bool          // the balancer sends it requests
}

// Sample is every box as it is now. On the wall the boxes go on meanwhile, so that two
// of them are not seen at one instant.
func (w *World) Sample() []BoxSample {
	list := make([]BoxSample, len(w.boxes))
	for i, b := range w.boxes {
		list[i] = BoxSample{CPU: b.Demand(), In: w.Balancer.Uses(b)}
		if w.disks != nil {
			list[i].Entries = w.disks[i].Entries()
		}
	}
	return list
}

// Laws is the law that is broken, of those that hold between any two events of a
// run, whatever a scenario does to it; nil is none. Ended says that the run is over:
// then nothing may be under way any more.
func (w *World) Laws(ended bool) error {
	for i, b := range w.boxes {
		if err := b.laws(ended); err != nil {
			return fmt.Errorf("box %d: %w", i, err)
		}
	}
	if err := cmp.Or(w.Balancer.laws(), w.releases.laws()); err != nil {
		return err
	}
	parts := []any{w.tier, w.origin, w.load, w.front}
	for _, d := range w.disks {
		parts = append(parts, d)
	}
	for _, part := range parts {
		if p, ok := part.(interface{ Laws(ended bool) error }); ok {
			if err := p.Laws(ended); err != nil {
				return err
			}
		}
	}
	return nil
}
