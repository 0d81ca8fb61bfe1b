package world

import (
	"cmp"
	"fmt"
	"math/rand/v2"
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

// Config is everything about a world that a scenario says.
type Config struct {
	Fleet    FleetConfig
	Client   ClientConfig
	Faults   []fault.Fault
	Duration time.Duration // of the traffic
	Caches   []string      // named ones, the default first; empty is that one alone
}

// Environment is what a run gives its world besides the configuration: time,
// chance, sizes, and who hears what happens.
type Environment struct {
	Clock Clock

	// Wall says that Clock is the one on the wall, where what goes wrong may be
	// no part of the scenario and is noted.
	Wall bool

	// Rand returns the random stream of one purpose.
	Rand func(purpose string) *rand.Rand

	// Size is the length of a key's value in bytes.
	Size func(key string) int

	// Observer hears of the origin's loads, and Record of every request's end.
	Observer origin.Observer
	Record   func(*metrics.Record)

	// CacheRead, if not nil, hears of every read of the shared cache, from any
	// process and perhaps of several at once. It must not wait.
	CacheRead func(at time.Time)

	// Warmers are the jobs that compute values ahead of their readers, for the faults
	// that befall them.
	Warmers fault.Warmers
}

// Build makes the strategy of one box for one named cache from the box's client of
// it.
type Build func(box, name int, cache Cache, loader strategies.Loader) (strategies.Strategy, error)

// World is a fleet and what it stands on: boxes behind a balancer, with their
// programs and releases, and the parts that are modelled or real. It is the same
// on both clocks.
//
// In virtual time one process runs at a time, and no mutex is ever waited for. On
// the wall faults, boxes and requests are at work at once.
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
	usage     Usage

	installing sync.Mutex // one program after another, where boxes restart at once
	build      Build
	shared     []sharing

	closed atomic.Bool
	faults sync.RWMutex // read-locked by every fault while it happens

	mu      sync.Mutex
	crashes int
	gone    map[int]bool // boxes that are lost
	notes   []string
}

// sharing is a client of a named cache that is no box's.
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
func (w *World) Loader() strategies.Loader { return w.rendered(w.rows()) }

// rows is the way to the values that the origin has.
func (w *World) rows() strategies.Loader {
	return origin.Patient(w.clock, w.origin, w.cfg.Fleet.Origin.Timeout)
}

// rendered makes pages of what rows loads, where pages are what is cached.
func (w *World) rendered(rows strategies.Loader) strategies.Loader {
	if w.site == nil {
		return rows
	}
	return front.Rendered(rows)
}

// Install gives every box a strategy, made by build now and whenever the box
// restarts.
func (w *World) Install(build Build) error {
	w.build = build
	for i := range w.boxes {
		if err := w.install(i); err != nil {
			return err
		}
	}
	return nil
}

// install gives box i cache clients and strategies, as a start of its program
// does.
func (w *World) install(i int) error {
	w.installing.Lock()
	defer w.installing.Unlock()
	release := w.releases.Of(i)
	line := origin.NewLifeline(w.rows(), func(key string) (strategies.Value, error) { return w.origin.Put(background, key) })
	p := Program{Commit: line.Write, Session: w.sessions.Value, Release: release.Number, Releases: w.releases}
	var kills []func()
	for name, prefix := range w.prefixes(release) {
		cache, err := w.tier.Client(i, w.releases.caches[name], prefix)
		if err != nil {
			return err
		}
		private := w.private(i, prefix, cache)
		s, err := w.build(i, name, private, w.rendered(line))
		if err != nil {
			return err
		}
		if p, ok := s.(strategies.Putter); ok && p.WantsValues() && w.origin.Tells() != nil {
			return w.origin.Tells()
		}
		kills, p.Caches, p.Strategies = append(kills, cache.Kill), append(p.Caches, private), append(p.Strategies, s)
		if d, ok := private.(ProgramCache); ok && w.disks != nil {
			kills = append(kills, d.Kill)
		}
	}
	p.Kill = func() {
		line.Cut() // first: a strategy whose cache fails turns to the origin
		for _, kill := range kills {
			kill()
		}
	}
	w.boxes[i].Install(p)
	return nil
}

// prefixes are what stands in front of the keys of every named cache. Of pages it
// is a part of the key itself, which the front has to know.
func (w *World) prefixes(of Release) []string {
	if w.site != nil {
		return []string{""}
	}
	return w.releases.Prefixes(of)
}

// private is what the program of box i has for a cache.
func (w *World) private(i int, prefix string, shared TierClient) Cache {
	switch {
	case w.disks != nil:
		return w.disks[i].Client(shared, prefix)
	case w.site != nil:
		return w.site.Pages(shared)
	case w.cfg.Fleet.Cache.Values != tier.InProcess:
		return shared
	}
	return tier.NewProcess(w.cfg.Fleet.Cache, shared, w.clock.Now, w.env.Rand(fmt.Sprintf("process/%d", i)), &w.processes)
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

// Begin has faults and health checks count from now.
func (w *World) Begin() {
	w.usage.Begin(w.clock.Now(), w.boxes)
	w.schedule()
	w.Balancer.Start(w.Closed)
}

// Close lets the workers end. What is planned for later does not happen, and a
// fault that has begun to happen, such as a node that is being started, is over
// when Close returns: none befalls the next run.
func (w *World) Close() {
	w.usage.End(w.clock.Now(), w.boxes)
	w.closed.Store(true)
	w.faults.Lock()
	defer w.faults.Unlock()
	for _, b := range w.boxes {
		b.Close()
	}
	w.parts.Close()
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
	run.CPU, run.Generator = w.usage.CPU(w.boxes), w.load.Report()
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
	if p := w.processes.Stats(); p.Hits+p.Misses > 0 {
		run.L1 = &metrics.L1Stats{Hits: p.Hits, Misses: p.Misses}
		c.Evictions += p.Evictions
	}
	if w.disks == nil {
		return
	}
	var sum disk.Stats
	for i, d := range w.disks {
		s, err := d.Stats()
		if err != nil {
			w.note("the disk of box %d: %v", i, err)
		}
		sum = sum.Plus(s)
	}
	c = c.Plus(metrics.CacheStats{Gets: sum.Gets, Sets: sum.Sets, Deletes: sum.Deletes, BytesOut: sum.BytesOut, Errors: sum.Errors})
	run.Disk = &metrics.DiskStats{
		Entries: int64(sum.Entries), EntriesPeak: int64(sum.Peak), Bytes: sum.Bytes, Culls: sum.Culls, Culled: sum.Culled,
	}
	if sum.Sets > 0 {
		mean := float64(sum.CPU) / 1e6 / float64(sum.Sets)
		run.Disk.SetCPUMS = &mean
	}
}

// BoxSample is a box at one instant.
type BoxSample struct {
	CPU     time.Duration // asked of it so far
	Entries int           // on its disk
	In      bool          // the balancer sends it requests
}

// Sample is every box as it is now.
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
