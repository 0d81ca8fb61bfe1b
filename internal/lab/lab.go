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
	"github.com/herdlab/herdlab/internal/world/gauge"
	"github.com/herdlab/herdlab/internal/world/timeline"
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
// from the run's own processes, and must not wait; Stop is called from any goroutine.
// Nil functions are not called.
type Watch struct {
	Progress func(at time.Duration)     // how far the traffic has come
	Stop     func() bool                // whether to end the run early
	Sent     func(r *workloads.Request) // a request, as it is sent
	Began    func(now time.Time)        // the traffic: what was before is warm-up
}

func (w *Watch) stops() bool { return w.Stop != nil && w.Stop() }

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

var _ Host = (*world.World)(nil)

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

	// Recordings are the traces that were read; nil means that the run reads its own.
	Recordings *workloads.Recordings

	Watch Watch
}

// Run runs one strategy of a scenario under one seed.
func Run(sc *scenarios.Scenario, e scenarios.Entry, seed uint64, on Setup) (*metrics.Run, error) {
	sc, err := sc.For(e)
	if err != nil {
		return nil, err
	}
	return (&run{sc: sc, entry: e, seed: seed, Setup: on}).execute()
}

const (
	stopPolled = 10 * time.Millisecond // how often a run in virtual time looks whether it is to stop
	farewell   = 50 * time.Millisecond // what it has to end by itself then
)

// execute runs it from its set-up to its end. In virtual time nobody waits for one that is
// told to stop and has no ear for it, as while it sorts the points of ten thousand nodes:
// it holds nothing outside the process, and goes when it hears.
func (r *run) execute() (*metrics.Run, error) {
	if r.Wall || r.Watch.Stop == nil {
		return r.carryOut()
	}
	type ending struct {
		result *metrics.Run
		err    error
		panic  any
	}
	ended := make(chan ending, 1)
	go func() {
		var e ending
		defer func() {
			e.panic = recover()
			ended <- e
		}()
		e.result, e.err = r.carryOut()
	}()
	polled := time.NewTicker(stopPolled)
	defer polled.Stop()
	var late <-chan time.Time // nil, for ever, until it is to stop
	for {
		select {
		case e := <-ended:
			if e.panic != nil {
				panic(e.panic) // in whose name the run is made
			}
			return e.result, e.err
		case <-late:
			return nil, ErrStopped
		case <-polled.C:
			if late == nil && r.Watch.stops() {
				late = time.After(farewell)
			}
		}
	}
}

// carryOut is execute without an end to its patience.
func (r *run) carryOut() (*metrics.Run, error) {
	if err := r.setUp(); err != nil {
		r.close()
		return nil, err
	}
	defer r.close()
	fault := r.Clock.Run(r.goOn)
	switch {
	case r.traffic.Err() != nil:
		return nil, &InputError{r.traffic.Err()}
	case r.traffic.stopped, r.Watch.stops():
		return nil, ErrStopped
	}
	if err := cmp.Or(fault, r.failed); err != nil {
		return nil, fmt.Errorf("strategy %s, seed %d: %w", r.entry.Name, r.seed, err)
	}
	r.assertLaws(true)
	return r.report(), nil
}

// run is a run under way, and everything that it consists of.
type run struct {
	sc    *scenarios.Scenario
	entry scenarios.Entry
	seed  uint64
	Setup

	sizes    *sizes
	traffic  *traffic
	recorder *recorder
	gauges   *gauge.Board
	warmers  *warmers
	warmup   *warmup
	world    World
	sampler  *sampler // nil where nobody looks
	fleet    *fleet

	// Of the two runs of an explanation, the first has pick hear of every request's end,
	// and the second follows the requests with these numbers. Nil as a rule.
	pick     *pick
	follow   []int64
	followed *timeline.Recorder

	made   time.Time     // when the laws began to hold
	warmed time.Duration // the warm-up took so long
	failed error
}

// setUp makes the parts, in the order in which they have to know each other. Each has
// a random stream of its own by name, so that the order draws nothing.
func (r *run) setUp() (err error) {
	sc := r.sc
	r.sizes = newSizes(sc.Workload)
	if r.traffic, err = newTraffic(sc, r.seed, r.Setup, r.sizes); err != nil {
		return err
	}
	r.recorder, r.gauges, r.warmers = newRecorder(sc, r.Wall, r.traffic.Rank), gauge.NewBoard(summaryConfig(sc)), newWarmers(r.Clock)
	if r.World == nil {
		r.World = Modelled
	}
	if r.follow != nil {
		r.followed = timeline.NewRecorder(r.Clock.(timeline.Clock), r.follow)
	}
	made, err := r.World(
		world.Config{Fleet: sc.Fleet, Client: sc.Client, Faults: sc.Faults, Duration: sc.Duration, Caches: sc.Caches()},
		world.Environment{
			Clock: r.Clock, Wall: r.Wall, Rand: r.stream, Size: r.sizes.sizeOf, Warmers: r.warmers,
			Observer: r.recorder, Record: r.record(), Timelines: r.followed, CacheRead: r.recorder.CacheRead, Mark: r.recorder.Mark, Gauges: r.gauges,
		})
	if err != nil {
		return err
	}
	r.world = made
	r.sampler = newSampler(sc, r.world, r.Clock)
	if r.fleet, err = newFleet(r.entry, r.world, sc.Caches(), r.Clock, r.stream, r.Watch.Stop); err != nil {
		return err
	}
	if len(r.fleet.caches) > 0 { // strategies of the lab's
		r.fleet.parked.watch(r.gauges)
	}
	r.fleet.parked.followed = r.followed != nil
	if err := r.warmers.add(sc, r.fleet, r.traffic.Workload, r.sizes); err != nil {
		return err
	}
	r.watchLaws()
	return nil
}

// record is who hears of every request's end.
func (r *run) record() func(*metrics.Record) {
	if r.pick == nil {
		return r.recorder.summary.Add
	}
	return func(ended *metrics.Record) {
		r.recorder.summary.Add(ended)
		r.pick.add(ended)
	}
}

// stream is the source of randomness for one purpose: another purpose more changes
// none of the others.
func (r *run) stream(purpose string) *rand.Rand { return workloads.Substream(r.seed, purpose) }

// goOn is the run itself, as a process of its clock: warm-up, rest, traffic. What the
// warm-up began may still be under way when the traffic begins, as it would be; only
// the world's end ends it.
func (r *run) goOn() {
	defer r.world.Close()
	before := r.Clock.Now()
	r.warmup = &warmup{fleet: r.fleet, sc: r.sc, traffic: r.traffic.Workload, sizes: r.sizes, watch: &r.Watch, loads: r.recorder}
	if err := r.warmup.run(); err != nil {
		r.failed = fmt.Errorf("warm-up: %w", err)
		return
	}
	r.warmed = r.Clock.Now().Sub(before)
	restFor(r.Clock, r.sc.Idle, r.Watch.Stop)
	r.failed = r.world.Drive(r.traffic.next, r.begin)
	r.warmers.end()
}

// begin is told when time begins, before the first request.
func (r *run) begin(now time.Time) {
	r.recorder.begin(now)
	if r.followed != nil {
		r.followed.Begin(now)
	}
	r.gauges.Begin(now)
	r.sampler.begin()
	r.warmers.begin(now)
	if r.Watch.Began != nil {
		r.Watch.Began(now)
	}
}

// report asks everybody what happened. The summary is closed first: the others add to
// what it made, and take the place of what it could not know.
func (r *run) report() *metrics.Run {
	result := r.recorder.summary.Close()
	result.Strategy, result.Kind, result.Seed = r.entry.Name, r.entry.Kind, r.seed
	result.Part = metrics.Part{Role: r.entry.Role, Why: oneLine(r.entry.Why)}
	result.WarmComputes, result.WarmMS = r.recorder.warmLoads, millis(r.warmed)
	r.recorder.marks.addCopies(r.entry)
	r.recorder.marks.report(result)
	r.fleet.report(result)
	r.gauges.Report(result)
	r.sampler.report(result)
	r.warmers.report(result)
	r.warmup.report(result)
	r.world.Report(result)
	r.traffic.report(result)
	if t, ok := r.Clock.(interface {
		Events() int64
		TraceHash() uint64
	}); ok {
		result.Events, result.TraceHash = t.Events(), fmt.Sprintf("%016x", t.TraceHash())
	}
	return result
}

// close ends what there is of it.
func (r *run) close() {
	if r.world != nil {
		r.world.Close()
	}
	if r.traffic != nil {
		r.traffic.Close()
	}
}
