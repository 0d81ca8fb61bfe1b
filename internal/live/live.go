// Package live makes the real parts of a world: boxes that listen on loopback,
// caches and databases that are processes, a web server before them, disks that are
// directories, and vegeta as the load. Boxes, balancer, programs and faults are those
// of package world; they run on the wall clock.
package live

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/live/disk"
	"github.com/herdlab/herdlab/internal/live/front"
	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	model "github.com/herdlab/herdlab/internal/world/front"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/strategies/stores/filebased"
)

// Config is what a real world is made of besides the scenario.
type Config struct {
	// Tier is the cache, started before and stopped after the run by the caller.
	Tier *tier.Tier

	// Origin is the real origin; nil means the modelled one, on the wall clock.
	Origin Backend

	// Took, if not nil, hears how long every load took since the traffic began,
	// from any goroutine.
	Took func(time.Duration)

	// Probed, if not nil, hears how long a request for a box's health took, many
	// times while the traffic goes on: the network and HTTP, and nothing else.
	Probed func(time.Duration)

	// LateAfter is how far behind its schedule a request counts as late.
	LateAfter time.Duration

	// Progress hears of every request that ended, one at a time.
	Progress func(*metrics.Record)

	// Dir is where the file caches of the boxes are made, each run in a directory of its
	// own; empty means the system's directory for temporary files. Disk, if not nil,
	// hears what they took.
	Dir  string
	Disk func(disk.Times)

	// Generator is the command of a process that runs [Generate] and sends the
	// requests; empty means that this process does.
	Generator []string
}

// New makes a world of real parts, at rest: its boxes listen, on free ports of the
// loopback interface, and have no strategy yet. The context ends a run early.
func New(ctx context.Context, cfg Config, sc world.Config, env world.Environment) (*world.World, error) {
	_, w, err := assemble(ctx, cfg, sc, env)
	return w, err
}

func assemble(ctx context.Context, cfg Config, sc world.Config, env world.Environment) (*realParts, *world.World, error) {
	if err := cfg.Tier.SuitsFront(sc.Fleet, sc.Faults); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	p := &realParts{ctx: ctx, cancel: cancel, cfg: cfg, sc: sc, env: env}
	if f := sc.Fleet.Front; f != nil {
		p.front = &frontage{cfg: *f, allowed: allowed(*f)}
	}
	w, err := world.NewWorld(sc, env, p)
	if err != nil {
		cancel(err)
		p.Close()
		return nil, nil, err
	}
	p.leave = context.AfterFunc(ctx, w.Abandon)
	return p, w, nil
}

// realParts makes the real parts of one run.
type realParts struct {
	ctx    context.Context
	cancel context.CancelCauseFunc // for a run that cannot go on
	cfg    Config
	sc     world.Config
	env    world.Environment

	begun  atomic.Bool // the traffic
	closed bool
	leave  func() bool // the context
	dir    string      // of the disks
	disks  []*disk.Disk
	front  *frontage // nil without
	boxes  []*box

	addresses []*url.URL // of the boxes
	load      world.LoadPart
}

var (
	_ world.Parts    = (*realParts)(nil)
	_ world.LoadPart = (*realParts)(nil)
)

// NewTier takes the cache for this run, as good as new.
func (p *realParts) NewTier() (world.TierPart, error) {
	p.cfg.Tier.KeepPages(p.front != nil && !p.front.cfg.HTTPCache())
	return p.cfg.Tier, p.cfg.Tier.Reset(p.sc.Faults, p.env.CacheRead)
}

// NewOrigin makes the origin, whose loads end when the run is stopped.
func (p *realParts) NewOrigin() (world.OriginPart, error) {
	o := &runOrigin{ctx: p.ctx, took: p.cfg.Took, begun: &p.begun}
	if p.cfg.Origin != nil {
		o.useBackend(p.cfg.Origin, p.env.Observer, p.sc.Fleet.Origin, p.env.Gauges)
	} else {
		model := origin.New(p.env.Clock, p.sc.Fleet.Origin, p.env.Rand("origin"), p.env.Size, p.env.Observer)
		model.Watch(p.env.Gauges)
		o.useModel(model)
	}
	return o, nil
}

// NewDisk gives a box a directory.
func (p *realParts) NewDisk(b *world.Box) (world.DiskPart, error) {
	if p.dir == "" {
		var err error
		if p.dir, err = os.MkdirTemp(p.cfg.Dir, "herdlab-disks-"); err != nil {
			return nil, err
		}
	}
	d, err := disk.New(p.ctx, *p.sc.Fleet.Disk, b, filepath.Join(p.dir, fmt.Sprint("box", b.Number())), p.env.Size)
	if err != nil {
		return nil, err
	}
	p.disks = append(p.disks, d)
	return d, nil
}

// NewFront starts the web server before the boxes.
func (p *realParts) NewFront(w *world.World) (world.FrontPart, error) {
	if err := p.listen(w); err != nil {
		return nil, err
	}
	cfg := front.Config{Front: p.front.cfg, Policy: p.sc.Fleet.Balancer.Policy, Boxes: p.addresses}
	if !p.front.cfg.HTTPCache() {
		cfg.Cache = p.cfg.Tier.Address(0)
	}
	f, err := front.Start(p.ctx, cfg)
	p.front.server, p.front.site, p.front.tier = f, w.Site(), p.cfg.Tier
	return p.front, err
}

// NewLoad makes the clients, in this process or in one of their own.
func (p *realParts) NewLoad(w *world.World) (world.LoadPart, error) {
	if err := p.listen(w); err != nil {
		return nil, err
	}
	rng := p.env.Rand("clients")
	to := &ledger{record: p.env.Record, superseded: w.Superseded, progress: p.cfg.Progress}
	through := &boxChoice{
		pick: func(key string) (box int, ok bool) {
			if b := w.Balancer.Pick(key); b != nil {
				return b.Number(), true
			}
			return 0, false
		},
		trouble: func(box int) { w.Boxes()[box].Trouble() },
	}
	order := assignment{
		Client: p.sc.Client, LateAfter: p.cfg.LateAfter, Seed: [2]uint64{rng.Uint64(), rng.Uint64()},
		Boxes: p.addresses, Ask: w.Balancer.Chooses(), Fresh: p.front == nil && p.sc.Fleet.Full == world.FullDrop,
		Workers: p.sc.Fleet.Boxes * p.sc.Fleet.Workers,
	}
	if f := p.front; f != nil {
		to.front, order.Front = f.count, &frontRoute{
			URL: f.server.URL, Host: f.cfg.Host, Query: f.cfg.Query, HTTPCache: f.cfg.HTTPCache(), Behind: f.cfg.Cache == model.UseNginx && f.cfg.Nginx.Background,
		}
	}
	if len(p.cfg.Generator) > 0 {
		p.load = &generator{ctx: p.ctx, command: p.cfg.Generator, boxChoice: through, ledger: to, assignment: order}
		return p, nil
	}
	c := order.clients(p.ctx, through)
	c.ended = func(key string, e *finishedRequest) { to.add(key, c.started, e) }
	p.load = c
	return p, nil
}

// listen has every box listen, once.
func (p *realParts) listen(w *world.World) error {
	if p.boxes != nil {
		return nil
	}
	for i, b := range w.Boxes() {
		l, err := listen(b, p.sc.Fleet, len(p.sc.Named()), p.front)
		if err != nil {
			return fmt.Errorf("box %d: %w", i, err)
		}
		p.boxes, p.addresses = append(p.boxes, l), append(p.addresses, l.url)
	}
	return nil
}

// Close stops what listens, and settles what the disks counted. Their directories
// are removed at every call: what was still under way at the first may have written
// to them.
func (p *realParts) Close() {
	defer os.RemoveAll(p.dir) // "" is nothing
	if p.closed {
		return
	}
	p.closed = true
	if p.leave != nil {
		p.leave()
	}
	if p.front != nil && p.front.server != nil {
		p.front.server.Close()
	}
	for _, b := range p.boxes {
		b.close()
	}
	var sum filebased.Stats
	for _, d := range p.disks {
		sum = sum.Plus(d.Settle())
	}
	if p.cfg.Disk != nil && len(p.disks) > 0 {
		p.cfg.Disk(disk.TimesOf(sum))
	}
}

// Drive sends every request at its instant and returns when all have ended: it is the
// load of a run, with what begins and ends with it.
func (p *realParts) Drive(next func(*world.Request) bool, begin func(now time.Time)) error {
	stop := func() {}
	defer func() { stop() }()
	err := p.load.Drive(next, func(now time.Time) {
		if p.cfg.Probed != nil {
			stop = probe(p.ctx, p.boxes, p.cfg.Probed)
		}
		p.begun.Store(true)
		begin(now)
	})
	if err != nil {
		p.cancel(err) // nobody is there for what is under way
	}
	return err
}

// Report says how well the requests kept to their schedule.
func (p *realParts) Report() *metrics.Generator { return p.load.Report() }
