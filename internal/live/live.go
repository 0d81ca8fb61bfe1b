// Package live is the real world: HTTP boxes on loopback, caches that are
// processes, and vegeta as the load. It runs the same boxes, balancer,
// strategies and faults as the modelled one, on the wall clock, and swaps the
// modelled parts for real ones.
package live

import (
	"context"
	"fmt"
	"net/http"
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

	// LateAfter is how far behind its schedule a request counts as late.
	LateAfter time.Duration

	// Progress hears of every request that ended, from any goroutine.
	Progress func(at time.Duration, failed bool)
}

// World is one run's real world.
type World struct {
	ctx    context.Context
	cfg    Config
	sc     cluster.Config
	parts  cluster.Parts
	origin Origin
	model  *cluster.Origin // whose faults can be changed; nil where the origin is real

	balancer *cluster.Balancer
	boxes    []*box
	servers  map[*cluster.Box]*box

	installing sync.Mutex // boxes that start anew at once are made one by one
	build      cluster.Build

	clients *clients
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
	w := &World{
		ctx: ctx, cfg: cfg, sc: sc, parts: p, servers: make(map[*cluster.Box]*box),
		clients: newClients(ctx, cfg.LateAfter, sc, p),
	}
	if err := w.makeOrigin(); err != nil {
		return nil, err
	}
	w.clients.progress, w.clients.attempt, w.clients.superseded = cfg.Progress, w.attempt, w.origin.Superseded
	if err := cfg.Tier.reset(); err != nil {
		return nil, err
	}
	var boxes []*cluster.Box
	for i := range sc.Fleet.Boxes {
		b, err := newBox(p.Clock, sc.Fleet)
		if err != nil {
			w.Close()
			return nil, fmt.Errorf("box %d: %w", i, err)
		}
		w.boxes = append(w.boxes, b)
		w.servers[b.box] = b
		boxes = append(boxes, b.box)
	}
	w.balancer = cluster.NewBalancer(p.Clock, sc.Fleet.Balancer, boxes, p.Rand("balancer"))
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

// Cache returns a new client of the cache.
func (w *World) Cache() (cluster.Cache, error) { return w.cfg.Tier.client() }

// Loader is the way to the origin.
func (w *World) Loader() strategies.Loader {
	if w.cfg.Took == nil {
		return strategies.LoaderFunc(w.load)
	}
	return strategies.LoaderFunc(func(ctx context.Context, key string) (strategies.Value, error) {
		asked := time.Now()
		v, err := w.load(ctx, key)
		if !w.clients.start().IsZero() { // not in the warm-up
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
	cache, err := w.cfg.Tier.client()
	if err != nil {
		return err
	}
	line := cluster.NewLifeline(w.Loader(), func(key string) (uint64, error) { return w.origin.Write(w.ctx, key) })
	s, err := w.build(i, cache, line)
	if err != nil {
		return err
	}
	w.boxes[i].box.Install(s, line.Write, func() {
		line.Cut() // first: a strategy whose cache fails turns to the origin
		cache.kill()
	})
	return nil
}

// Drive sends every request at its instant and returns when all have ended.
func (w *World) Drive(next func(*cluster.Request) bool) error {
	return w.clients.drive(next, func() {
		w.schedule()
		w.balancer.Start(w.closed.Load)
	})
}

// attempt sends r once to the box that the balancer picks.
func (w *World) attempt(client *http.Client, r *cluster.Request) answer {
	picked := w.balancer.Pick()
	if picked == nil {
		return answer{outcome: strategies.Rejected}
	}
	ctx, cancel := context.WithTimeout(w.ctx, w.sc.Client.Timeout)
	defer cancel()
	a := send(ctx, client, requestURL(w.servers[picked].base, r), r.Write)
	if a.outcome == strategies.Timeout {
		picked.Trouble()
	}
	return a
}

// Report returns the counts so far.
func (w *World) Report() cluster.Report {
	r := cluster.Report{Cache: w.cfg.Tier.stats(), Crashes: int(w.crashes.Load()), Generator: w.clients.late.report(w.clients.sent.Load())}
	r.Ejections, r.Notes = w.balancer.Notes()
	w.mu.Lock()
	defer w.mu.Unlock()
	r.Notes = append(r.Notes, w.notes...)
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
	if w.closed.Swap(true) {
		return
	}
	if w.leave != nil {
		w.leave()
	}
	w.faults.close()
	for _, b := range w.boxes {
		b.close()
	}
}
