package cluster

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"herdlab/strategies"
	"herdlab/strategies/clock"
)

// Config is everything about a world that a scenario says.
type Config struct {
	Fleet    FleetConfig
	Client   ClientConfig
	Faults   []FaultConfig
	Duration time.Duration // of the traffic
	Caches   []string      // named ones, the default first; empty is that one alone
}

// Parts are what a world is made of besides its configuration.
type Parts struct {
	Clock Clock

	// Rand returns the random stream of one purpose.
	Rand func(purpose string) *rand.Rand

	// Size is the length of a key's value in bytes.
	Size func(key string) int

	// Begin, if not nil, hears when time begins: all instants count from there.
	Begin func(now time.Time)

	// Observer hears of the origin's loads, and Record of every request's end.
	Observer LoadObserver
	Record   func(*Record)

	// CacheRead, if not nil, hears of every read of the shared cache, from any
	// process and perhaps of several at once. It must not wait.
	CacheRead func(at time.Time)
}

// Build makes the strategy of one box for one named cache from the box's client of
// it.
type Build func(box, name int, cache Cache, loader strategies.Loader) (strategies.Strategy, error)

// World is the modelled world, put together.
type World struct {
	Tier     *Tier
	Origin   *Origin
	Balancer *Balancer
	Front    *Front // nil without
	Clients  *Clients

	site    *Site // of the front
	clock   Clock
	cfg     Config
	parts   Parts
	build   Build
	boxes   []*Box
	shared  []sharing
	closed  atomic.Bool
	crashes int

	processes ProcessCounts
	disks     []*Disk      // of the boxes; none where values live elsewhere
	gone      map[int]bool // boxes that are lost
	usage     Usage
	releases  *Releases
	sessions  *Blank
}

// NewWorld builds a world at rest, whose boxes have no strategy yet.
func NewWorld(cfg Config, p Parts) *World {
	w := &World{clock: p.Clock, cfg: cfg, parts: p, releases: NewReleases(cfg.Fleet.Boxes, cfg.Named()), gone: make(map[int]bool)}
	w.sessions = NewBlank(p.Size)
	w.Tier = NewTier(p.Clock, cfg.Fleet.Cache, p.Rand("cache"))
	w.Tier.hear(p.CacheRead)
	w.Tier.roster = NewRoster(cfg.Fleet.Cache.Nodes, cfg.Faults)
	w.Origin = NewOrigin(p.Clock, cfg.Fleet.Origin, p.Rand("origin"), p.Size, p.Observer)
	for range cfg.Fleet.Boxes {
		b := NewBox(p.Clock, cfg.Fleet)
		w.boxes = append(w.boxes, b)
		if cfg.Fleet.Disk != nil {
			w.disks = append(w.disks, NewDisk(p.Clock, *cfg.Fleet.Disk, b, p.Size))
		}
	}
	w.Balancer = NewBalancer(p.Clock, cfg.Fleet.Balancer, w.boxes, p.Rand("balancer"))
	if Readmits(cfg.Faults) {
		w.Balancer.ExpectReadmission(p.Rand("readmission"))
	}
	if front := cfg.Fleet.Front; front != nil {
		w.site = NewSite(*front)
		w.Front = NewFront(p.Clock, *front, w.site, w.Tier, w.Balancer)
	}
	return w
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
	release := w.releases.Of(i)
	line := NewLifeline(w.rows(), func(key string) (strategies.Value, error) { return w.Origin.Put(background, key) })
	p := Program{Write: line.Write, Session: w.sessions.Of, Release: release.Number, Releases: w.releases}
	var kills []func()
	for name, prefix := range w.prefixes(release) {
		cache, err := w.Tier.of(w.releases.caches[name]).ClientOf(i, prefix)
		if err != nil {
			return err
		}
		private := w.private(i, prefix, cache)
		s, err := w.build(i, name, private, w.rendered(line))
		if err != nil {
			return err
		}
		kills, p.Caches, p.Strategies = append(kills, cache.kill), append(p.Caches, private), append(p.Strategies, s)
		if d, ok := private.(*DiskClient); ok {
			kills = append(kills, d.kill)
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
func (w *World) private(i int, prefix string, shared *CacheClient) Cache {
	switch {
	case w.disks != nil:
		return w.disks[i].Client(shared, prefix)
	case w.site != nil:
		return w.site.Pages(shared)
	case w.cfg.Fleet.Cache.Values != InProcess:
		return shared
	}
	return NewProcess(w.cfg.Fleet.Cache, shared, w.clock.Now, w.parts.Rand(fmt.Sprintf("process/%d", i)), &w.processes)
}

// sharing is a client of a named cache that is no box's.
type sharing struct {
	name   int
	client *CacheClient
}

// Cache returns a new client of a named cache, for what serves the whole fleet. It
// has the newest release from its beginning on.
func (w *World) Cache(name int) (Cache, error) {
	c, err := w.Tier.of(w.releases.caches[name]).Client(w.prefixes(w.releases.Newest())[name])
	if err != nil {
		return nil, err
	}
	w.shared = append(w.shared, sharing{name, c})
	if w.site != nil {
		return w.site.Pages(c), nil
	}
	return c, nil
}

// Loader is the way to the origin.
func (w *World) Loader() strategies.Loader { return w.rendered(w.rows()) }

func (w *World) rows() strategies.Loader {
	return Patient(w.clock, w.Origin, w.cfg.Fleet.Origin.Timeout)
}

// rendered makes pages of what rows loads, where pages are what is cached.
func (w *World) rendered(rows strategies.Loader) strategies.Loader {
	if w.site == nil {
		return rows
	}
	return Rendered(rows)
}

// Start lets time begin: requests, faults and health checks count from now.
func (w *World) Start() {
	w.Clients = NewClients(w.clock, w.cfg.Client, w.Balancer, w.Origin, w.parts.Rand("clients"), w.parts.Record)
	w.Clients.front = w.Front
	if w.parts.Begin != nil {
		w.parts.Begin(w.clock.Now())
	}
	w.usage.Begin(w.clock.Now(), w.boxes)
	w.schedule()
	w.Balancer.Start(w.Closed)
}

// Drive starts the world, sends the requests that next gives, each at its
// instant, and returns when all of them have ended. Next is called from the
// run's own processes and must not wait.
func (w *World) Drive(next func(*Request) bool) error {
	w.Start()
	a := &arrivals{world: w, next: next, started: w.clock.Now(), ended: w.clock.NewEvent("the last request")}
	a.again = a.arrive
	a.begin()
	return a.ended.Wait(background, clock.Forever)
}

// Close lets the workers end. What is planned for later does not happen.
func (w *World) Close() {
	w.usage.End(w.clock.Now(), w.boxes)
	w.closed.Store(true)
	for _, b := range w.boxes {
		b.Close()
	}
}

// Closed reports whether Close was called.
func (w *World) Closed() bool { return w.closed.Load() }

// Report is what a world counted.
type Report struct {
	Cache     CacheStats
	Processes ProcessStats
	Disk      *DiskStats // of all boxes; nil where they have none
	CPU       *float64   // mean share of the boxes' cores that was asked for; nil without a limit
	Crashes   int        // boxes lost
	Ejections int        // of boxes, by the balancer
	Notes     []string   // what an operator would have seen in the logs, the first few

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

// Report returns the counts so far.
func (w *World) Report() Report {
	r := Report{Cache: w.Tier.Stats(), Processes: w.processes.Stats(), Crashes: w.crashes}
	r.CPU = w.usage.CPU(w.boxes)
	for _, d := range w.disks {
		r.AddDisk(d.Stats())
	}
	r.Ejections, r.Notes = w.Balancer.Notes()
	if w.Front != nil {
		r.Notes = append(r.Notes, w.Front.Notes()...)
	}
	return r
}

// AddDisk adds what happened on the disk of a box, whose reads and writes are the
// cache's.
func (r *Report) AddDisk(s DiskStats) {
	if r.Disk == nil {
		r.Disk = new(DiskStats)
	}
	*r.Disk = r.Disk.Plus(s)
	r.Cache.Gets, r.Cache.Sets, r.Cache.Deletes = r.Cache.Gets+s.Gets, r.Cache.Sets+s.Sets, r.Cache.Deletes+s.Deletes
	r.Cache.BytesOut += s.BytesOut
}

// Notes says how often boxes were ejected, and why the first few times.
func (b *Balancer) Notes() (ejections int, notes []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ejections, b.notes
}
