package world

import (
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// Config is everything about a world that a scenario says.
type Config struct {
	Fleet    FleetConfig
	Client   ClientConfig
	Faults   []FaultConfig
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
	Observer LoadObserver
	Record   func(*Record)

	// CacheRead, if not nil, hears of every read of the shared cache, from any
	// process and perhaps of several at once. It must not wait.
	CacheRead func(at time.Time)
}

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
	env     Environment
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
func NewWorld(cfg Config, env Environment) *World {
	w := &World{clock: env.Clock, cfg: cfg, env: env, releases: NewReleases(cfg.Fleet.Boxes, cfg.Named()), gone: make(map[int]bool)}
	w.sessions = NewBlank(env.Size)
	w.Tier = NewTier(env.Clock, cfg.Fleet.Cache, env.Rand("cache"))
	w.Tier.hear(env.CacheRead)
	w.Tier.roster = NewRoster(cfg.Fleet.Cache.Nodes, cfg.Faults)
	w.Origin = NewOrigin(env.Clock, cfg.Fleet.Origin, env.Rand("origin"), env.Size, env.Observer)
	for range cfg.Fleet.Boxes {
		b := NewBox(env.Clock, cfg.Fleet)
		w.boxes = append(w.boxes, b)
		if cfg.Fleet.Disk != nil {
			w.disks = append(w.disks, NewDisk(env.Clock, *cfg.Fleet.Disk, b, env.Size))
		}
	}
	w.Balancer = NewBalancer(env.Clock, cfg.Fleet.Balancer, w.boxes, env.Rand("balancer"))
	if Readmits(cfg.Faults) {
		w.Balancer.ExpectReadmission(env.Rand("readmission"))
	}
	if front := cfg.Fleet.Front; front != nil {
		w.site = NewSite(*front)
		w.Front = NewFront(env.Clock, *front, w.site, w.Tier, w.Balancer)
	}
	return w
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

// Start lets time begin: requests, faults and health checks count from now,
// which begin is told before any of them.
func (w *World) Start(begin func(now time.Time)) {
	w.Clients = NewClients(w.clock, w.cfg.Client, w.Balancer, w.Origin, w.env.Rand("clients"), w.env.Record)
	w.Clients.front = w.Front
	begin(w.clock.Now())
	w.usage.Begin(w.clock.Now(), w.boxes)
	w.schedule()
	w.Balancer.Start(w.Closed)
}

// Drive starts the world, sends the requests that next gives, each at its
// instant, and returns when all of them have ended. Next is called from the
// run's own processes and must not wait.
func (w *World) Drive(next func(*Request) bool, begin func(now time.Time)) error {
	w.Start(begin)
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

// Notes says how often boxes were ejected, and why the first few times.
func (b *Balancer) Notes() (ejections int, notes []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ejections, b.notes
}
