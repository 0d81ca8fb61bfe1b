// Package lab runs a scenario: it is the sentence
//
//	scenario -> workload -> client -> box -> strategy -> store / origin -> record -> summary
//
// as calls. [Run] is one strategy under one seed, [Execute] all of a scenario.
package lab

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/workloads"
)

// ErrStopped is a run that was told to stop before its end.
var ErrStopped = errors.New("stopped before the end")

// InputError is a trace that cannot be replayed.
type InputError struct{ Err error }

func (e *InputError) Error() string { return e.Err.Error() }

// Unwrap gives the error of the trace.
func (e *InputError) Unwrap() error { return e.Err }

// Clock is the one value in which the two commands differ: sim.New() or
// clock.NewWall().
type Clock interface {
	world.Clock

	// Run runs main and returns when nothing is left to do.
	Run(main func()) error
}

// Watch is how a run is watched and stopped. Its functions are called often,
// from the run's own processes, and must not wait. Nil functions are not called.
type Watch struct {
	Progress func(at time.Duration)     // how far the traffic has come
	Stop     func() bool                // whether to end the run early
	Sent     func(r *workloads.Request) // a request, as it is sent
	Began    func(now time.Time)        // the traffic: what was before is warm-up
}

// World is where a run takes place: the modelled one, one with real parts, or
// somebody else's program.
type World interface {
	// Drive lets time begin, and says so to begin before the first request;
	// sends every request at its instant; and returns when all have ended.
	Drive(next func(*world.Request) bool, begin func(now time.Time)) error

	Report(*metrics.Run) // adds what it counted
	Close()
}

// Host is a world whose boxes run a strategy of the lab. A world that is none
// has a strategy of its own: an entry of the scenario only names it.
type Host interface {
	// Cache returns a new client of a named cache, and Loader the way to the origin.
	Cache(name int) (world.Cache, error)
	Loader() strategies.Loader

	// Install gives every box a strategy.
	Install(build world.Build) error
}

// Warmer is a world that is no [Host] and can be asked for keys before time
// begins.
type Warmer interface {
	Warm(keys []string) error
}

var (
	_ World = (*world.World)(nil)
	_ Host  = (*world.World)(nil)
)

// Modelled makes the modelled world.
func Modelled(cfg world.Config, env world.Environment) (World, error) {
	return world.NewWorld(cfg, env, world.NewModelled(cfg, env))
}

// Setup is what a run stands on.
type Setup struct {
	Clock Clock
	Wall  bool // Clock is the one on the wall

	// World makes the world; nil means [Modelled].
	World func(world.Config, world.Environment) (World, error)

	Watch Watch
}

// Run runs one strategy of a scenario under one seed.
func Run(sc *scenarios.Scenario, e scenarios.Entry, seed uint64, on Setup) (*metrics.Run, error) {
	sc, err := sc.For(e)
	if err != nil {
		return nil, err
	}
	traffic, err := workloads.New(seed, sc.Duration, sc.Workload)
	if err != nil {
		return nil, err
	}
	defer traffic.Close()

	stream := func(purpose string) *rand.Rand { return workloads.Substream(seed, purpose) }
	rec := newRecorder(sc, on.Wall)
	newWorld := on.World
	if newWorld == nil {
		newWorld = Modelled
	}
	warming := newWarmers(on.Clock)
	world, err := newWorld(
		world.Config{Fleet: sc.Fleet, Client: sc.Client, Faults: sc.Faults, Duration: sc.Duration, Caches: sc.Caches()},
		world.Environment{Clock: on.Clock, Wall: on.Wall, Rand: stream, Size: rec.sizes.of, Observer: rec, Record: rec.summary.Add, CacheRead: rec.CacheRead, Warmers: warming})
	if err != nil {
		return nil, err
	}
	defer world.Close()
	boxes := newSampler(sc, world, on.Clock)
	fleet, err := newFleet(e, world, sc.Caches(), on.Clock, stream)
	if err != nil {
		return nil, err
	}
	if err := warming.add(sc, fleet, traffic, rec.sizes); err != nil {
		return nil, err
	}
	begin := func(now time.Time) {
		rec.begin(now)
		boxes.begin()
		warming.begin(now)
		if on.Watch.Began != nil {
			on.Watch.Began(now)
		}
	}
	reqs := &requests{traffic: traffic, classes: sc.Workload, caches: sc.CacheOf(), sizes: rec.sizes, watch: on.Watch}
	laws := &laws{on.Clock, on.Wall, on.Clock.Now(), world, reqs, rec}
	laws.watch()
	var failed error
	var warmed time.Duration
	fault := on.Clock.Run(func() {
		defer world.Close()
		before := on.Clock.Now()
		if failed = (&warmup{fleet, sc, traffic, rec.sizes}).run(); failed != nil {
			failed = fmt.Errorf("warm-up: %w", failed)
			return
		}
		warmed = on.Clock.Now().Sub(before)
		rest(on.Clock, sc.Idle, on.Watch.Stop)
		failed = world.Drive(reqs.next, begin)
		warming.end()
	})
	switch {
	case traffic.Err() != nil:
		return nil, &InputError{traffic.Err()}
	case reqs.stopped, on.Watch.Stop != nil && on.Watch.Stop():
		return nil, ErrStopped
	}
	if err := cmp.Or(fault, failed); err != nil {
		return nil, fmt.Errorf("strategy %s, seed %d: %w", e.Name, seed, err)
	}
	laws.assert(true)
	run := rec.summary.Close()
	run.Strategy, run.Kind, run.Seed = e.Name, e.Kind, seed
	run.Part = metrics.Part{Role: e.Role, Why: oneLine(e.Why)}
	run.WarmComputes, run.WarmMS = rec.warmLoads, millis(warmed)
	fleet.fill(run)
	boxes.fill(run)
	warming.fill(run)
	world.Report(run)
	fillTraffic(run, traffic)
	fillClock(run, on.Clock)
	return run, nil
}
