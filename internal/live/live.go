// Package live is the real world: HTTP boxes on loopback, caches that are
// processes, and vegeta as the load. It runs the same boxes, balancer,
// strategies and faults as the modelled one, on the wall clock, and swaps the
// modelled parts for real ones.
package live

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"herdlab/internal/cluster"
	"herdlab/strategies"
)

// Origin computes values and commits writes.
type Origin interface {
	strategies.Loader
	Write(ctx context.Context, key string) (version uint64, err error)
	Superseded(key string, version uint64) (time.Time, bool)
}

// Config is what a live world is made of besides the scenario.
type Config struct {
	// Tier is the cache, started before and stopped after the run by the caller.
	Tier *Tier

	// Origin makes the origin of one run; nil means the modelled one, on the
	// wall clock.
	Origin func(observer cluster.LoadObserver) (Origin, error)

	// Took, if not nil, hears how long every load took since the traffic began,
	// from any goroutine.
	Took func(time.Duration)

	// Probed, if not nil, hears how long a request for a box's health took, many
	// times while the traffic goes on: the network and HTTP, and nothing else.
	Probed func(time.Duration)

	// LateAfter is how far behind its schedule a request counts as late.
	LateAfter time.Duration

	// Progress hears of every request that ended, one at a time.
	Progress func(*cluster.Record)

	// Dir is where the file caches of the boxes are made, each run in a directory of its
	// own; empty means the system's directory for temporary files. Disk, if not nil,
	// hears what they took.
	Dir  string
	Disk func(DiskTimes)

	// Generator is the command of a process that runs [Generate] and sends the
	// requests; empty means that this process does.
	Generator []string
}

// World is one run's real world.
type World struct {
	ctx    context.Context
	cancel context.CancelCauseFunc // for a run that cannot go on
	cfg    Config
	sc     cluster.Config
	parts  cluster.Parts
	origin Origin
	model  *cluster.Origin // whose faults can be changed; nil where the origin is real

	balancer *cluster.Balancer
	boxes    []*box
	releases *cluster.Releases
	sessions *cluster.Blank
	numbers  map[*cluster.Box]int

	installing sync.Mutex // boxes that start anew at once are made one by one
	build      cluster.Build
	processes  cluster.ProcessCounts
	disks      disks
	gone       map[int]bool // boxes that are lost; under mu
	usage      cluster.Usage
	shared     []sharing
	front      *frontage // nil without
	refused    atomic.Int64

	traffic load
	begun   atomic.Bool // the traffic
	mu      sync.Mutex
	crashes atomic.Int64
	notes   []string
	closed  atomic.Bool
	faults  timeline
	leave   func() bool // the context
}

// New makes a world at rest: its boxes listen, on free ports of the loopback
// interface, and have no strategy yet. The context ends a run early.
func New(ctx context.Context, cfg Config, sc cluster.Config, p cluster.Parts) (*World, error) {
	if err := checkFront(sc.Fleet, sc.Faults, cfg.Tier); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	w := &World{ctx: ctx, cancel: cancel, cfg: cfg, sc: sc, parts: p, numbers: make(map[*cluster.Box]int)}
	w.releases, w.sessions = cluster.NewReleases(sc.Fleet.Boxes, sc.Named()), cluster.NewBlank(p.Size)
	w.front = newFrontage(sc.Fleet.Front)
	cfg.Tier.pages = w.front != nil
	if err := cmp.Or(w.makeOrigin(), cfg.Tier.reset(sc.Faults, p.CacheRead)); err != nil {
		cancel(err)
		return nil, err
	}
	var boxes []*cluster.Box
	for i := range sc.Fleet.Boxes {
		b, err := newBox(p.Clock, sc.Fleet, len(sc.Named()), w.front)
		if err != nil {
			cancel(err)
			w.Close()
			return nil, fmt.Errorf("box %d: %w", i, err)
		}
		w.boxes = append(w.boxes, b)
		w.numbers[b.box] = i
		boxes = append(boxes, b.box)
	}
	if err := w.makeDisks(); err != nil {
		cancel(err)
		w.Close()
		return nil, err
	}
	w.balancer = cluster.NewBalancer(p.Clock, sc.Fleet.Balancer, boxes, p.Rand("balancer"))
	if cluster.Readmits(sc.Faults) {
		w.balancer.ExpectReadmission(p.Rand("readmission"))
	}
	if err := w.makeFront(); err != nil {
		cancel(err)
		w.Close()
		return nil, err
	}
	w.makeLoad()
	w.leave = context.AfterFunc(ctx, w.abandon)
	return w, nil
}

func (w *World) makeOrigin() error {
	if w.cfg.Origin == nil {
		w.model = cluster.NewOrigin(w.parts.Clock, w.sc.Fleet.Origin, w.parts.Rand("origin"), w.parts.Size, w.parts.Observer)
		w.origin = w.model
		return nil
	}
	o, err := w.cfg.Origin(w.parts.Observer)
	w.origin = o
	return err
}

// makeLoad makes the clients, in this process or in one of their own.
func (w *World) makeLoad() {
	rng := w.parts.Rand("clients")
	to := &ledger{record: w.parts.Record, superseded: w.origin.Superseded, progress: w.cfg.Progress}
	if len(w.cfg.Generator) > 0 {
		g := &generator{
			ctx: w.ctx, command: w.cfg.Generator, pick: w.pick, trouble: w.trouble, ledger: to,
			order: order{
				Client: w.sc.Client, LateAfter: w.cfg.LateAfter, Seed: [2]uint64{rng.Uint64(), rng.Uint64()},
				Boxes: w.addresses(), Ask: w.balancer.Chooses(),
			},
		}
		if w.front != nil {
			to.front = w.count
			g.order.Front = w.front.way()
		}
		w.traffic = g
		return
	}
	c := newClients(w.ctx, w.sc.Client, w.cfg.LateAfter, rng)
	t := &targets{
		ctx: w.ctx, timeout: w.sc.Client.Timeout, by: c.transport, boxes: w.addresses(), pick: w.pick, trouble: w.trouble,
	}
	c.attempt = t.attempt
	if w.front != nil {
		to.front = w.count
		c.attempt = w.front.way().through(c).attempt
	}
	c.ended = func(key string, e *ending) { to.add(key, c.started, e) }
	w.traffic = c
}

// addresses are where the boxes listen.
func (w *World) addresses() (list []*url.URL) {
	for _, b := range w.boxes {
		list = append(list, b.url)
	}
	return list
}

// pick asks the balancer for a box for a request of key.
func (w *World) pick(key string) (box int, ok bool) {
	picked := w.balancer.Pick(key)
	if picked == nil {
		return 0, false
	}
	return w.numbers[picked], true
}

func (w *World) trouble(box int) { w.boxes[box].box.Trouble() }

// sharing is a client of a named cache that is no box's.
type sharing struct {
	name   int
	client *cacheClient
}

// Cache returns a new client of a named cache, for what serves the whole fleet. It
// has the newest release from its beginning on.
func (w *World) Cache(name int) (cluster.Cache, error) {
	c, err := w.cfg.Tier.of(w.sc.Named()[name]).client(-1, w.releases.Prefixes(w.releases.Newest())[name])
	if err != nil {
		return nil, err
	}
	w.shared = append(w.shared, sharing{name, c})
	if w.front != nil {
		return w.front.site.Pages(c), nil
	}
	return c, nil
}

// Loader is the way to the origin.
func (w *World) Loader() strategies.Loader { return w.rendered(w.rows()) }

func (w *World) rows() strategies.Loader {
	return cluster.Patient(w.parts.Clock, w.timed(), w.sc.Fleet.Origin.Timeout)
}

// timed is a loader that tells how long its loads take.
func (w *World) timed() strategies.Loader {
	if w.cfg.Took == nil {
		return strategies.LoaderFunc(w.load)
	}
	return strategies.LoaderFunc(func(ctx context.Context, key string) (strategies.Value, error) {
		asked := time.Now()
		v, err := w.load(ctx, key)
		if w.begun.Load() { // not in the warm-up
			w.cfg.Took(time.Since(asked))
		}
		return v, err
	})
}

// Install gives every box a strategy, made by build now and whenever the box
// restarts.
func (w *World) Install(build cluster.Build) error {
	w.build = build
	for i := range w.boxes {
		if err := w.install(i); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) install(i int) error {
	w.installing.Lock()
	defer w.installing.Unlock()
	release := w.releases.Of(i)
	line := cluster.NewLifeline(w.rows(), w.write)
	p := cluster.Program{Write: line.Write, Session: w.sessions.Of, Release: release.Number, Releases: w.releases}
	var kills []func()
	for name, prefix := range w.releases.Prefixes(release) {
		cache, err := w.cfg.Tier.of(w.sc.Named()[name]).client(i, prefix)
		if err != nil {
			return err
		}
		private := w.private(i, prefix, cache)
		s, err := w.build(i, name, private, w.rendered(line))
		if err != nil {
			return err
		}
		if err := w.canWrite(s); err != nil {
			return err
		}
		kills, p.Caches, p.Strategies = append(kills, cache.kill), append(p.Caches, private), append(p.Strategies, s)
		if d, ok := private.(*diskClient); ok {
			kills = append(kills, d.kill)
		}
	}
	p.Kill = func() {
		line.Cut() // first: a strategy whose cache fails turns to the origin
		for _, kill := range kills {
			kill()
		}
	}
	w.boxes[i].box.Install(p)
	return nil
}

// private is what the program of box i has for a cache.
func (w *World) private(i int, prefix string, shared *cacheClient) cluster.Cache {
	switch {
	case w.disks.of != nil:
		return w.disks.of[i].client(shared, prefix)
	case w.front != nil:
		return w.front.site.Pages(shared)
	case w.sc.Fleet.Cache.Values != cluster.InProcess:
		return shared
	}
	return cluster.NewProcess(w.sc.Fleet.Cache, shared, time.Now, w.parts.Rand(fmt.Sprintf("process/%d", i)), &w.processes)
}

// Drive sends every request at its instant and returns when all have ended.
func (w *World) Drive(next func(*cluster.Request) bool) error {
	stop := func() {}
	defer func() { stop() }()
	err := w.traffic.drive(next, func(now time.Time) {
		if w.cfg.Probed != nil {
			stop = w.probe(w.cfg.Probed)
		}
		w.begun.Store(true)
		if w.parts.Begin != nil {
			w.parts.Begin(now)
		}
		w.usage.Begin(w.parts.Clock.Now(), w.clusterBoxes())
		w.schedule()
		w.balancer.Start(w.closed.Load)
	})
	if err != nil {
		w.cancel(err) // nobody is there for what is under way
	}
	return err
}

// Report returns the counts so far.
func (w *World) Report() cluster.Report {
	r := cluster.Report{Cache: w.cfg.Tier.stats(), Processes: w.processes.Stats(), Crashes: int(w.crashes.Load()), Generator: w.traffic.report()}
	r.CPU = w.usage.CPU(w.clusterBoxes())
	w.reportDisks(&r)
	r.Ejections, r.Notes = w.balancer.Notes()
	w.mu.Lock()
	defer w.mu.Unlock()
	r.Notes = append(r.Notes, w.notes...)
	if n := w.refused.Load(); n > 0 {
		r.Notes = append(r.Notes, w.front.cfg.ExhaustedNote(n))
	}
	if c := r.Cache; c.Errors > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%d of %d operations of the cache failed", c.Errors, c.Gets+c.Sets+c.Deletes+c.Locks))
	}
	return r
}

// note keeps what an operator would have seen, the first few.
func (w *World) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.notes) < 10 {
		w.notes = append(w.notes, fmt.Sprintf(format, args...))
	}
}

// Close stops the faults that are to come, and the boxes. What a fault has begun
// to do, as to start a cache anew, is done when it returns.
func (w *World) Close() {
	defer w.disks.remove()
	if w.closed.Swap(true) {
		return
	}
	w.usage.End(w.parts.Clock.Now(), w.clusterBoxes())
	if w.leave != nil {
		w.leave()
	}
	w.faults.close()
	if w.front != nil && w.front.nginx != nil {
		w.front.nginx.Close()
	}
	for _, b := range w.boxes {
		b.close()
	}
	w.settleDisks()
}
