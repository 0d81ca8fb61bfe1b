// Package live is the real world: HTTP boxes on loopback, caches that are
// processes, and vegeta as the load. It runs the same boxes, balancer,
// strategies and faults as the modelled one, on the wall clock, and swaps the
// modelled parts for real ones.
package live

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/origin"
)

// World is one run's real world.
type World struct {
	ctx    context.Context
	cancel context.CancelCauseFunc // for a run that cannot go on
	cfg    Config
	sc     world.Config
	parts  world.Environment
	origin Origin
	model  *origin.Origin // whose faults can be changed; nil where the origin is real

	balancer *world.Balancer
	boxes    []*box
	releases *world.Releases
	sessions *origin.Blank
	numbers  map[*world.Box]int

	installing sync.Mutex // boxes that start anew at once are made one by one
	build      world.Build
	processes  world.ProcessCounts
	disks      disks
	gone       map[int]bool // boxes that are lost; under mu
	usage      world.Usage
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
func New(ctx context.Context, cfg Config, sc world.Config, p world.Environment) (*World, error) {
	if err := suitsFront(cfg.Tier.kind, sc.Fleet, sc.Faults); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	w := &World{ctx: ctx, cancel: cancel, cfg: cfg, sc: sc, parts: p, numbers: make(map[*world.Box]int)}
	w.releases, w.sessions = world.NewReleases(sc.Fleet.Boxes, sc.Named()), origin.NewBlank(p.Size)
	w.front = newFrontage(sc.Fleet.Front)
	cfg.Tier.pages = w.front != nil
	if err := cmp.Or(w.makeOrigin(), cfg.Tier.reset(sc.Faults, p.CacheRead)); err != nil {
		cancel(err)
		return nil, err
	}
	var boxes []*world.Box
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
	w.balancer = world.NewBalancer(p.Clock, sc.Fleet.Balancer, boxes, p.Rand("balancer"))
	if world.Readmits(sc.Faults) {
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
