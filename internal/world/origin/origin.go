// Package origin is the modelled database or service behind the caches: what it
// takes to compute a value, how many it computes at once, when it fails, and which
// version of a row a load sees. Beside it stand the two ways in which boxes reach an
// origin, modelled or real: [Patient], with a time-out, and [Lifeline], which a crash
// cuts.
//
// Latency is drawn for each load of a key apart ([Latency]), waits in a queue before
// a number of slots (package station), and grows with the loads under way
// (Config.Degrade). A time-out takes no load off: the query keeps its place.
package origin

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/gauge"
	"github.com/herdlab/herdlab/internal/world/station"
	"github.com/herdlab/herdlab/internal/world/timeline"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// The ways in which a load fails.
var (
	ErrFailed  = errors.New("origin: the query failed")
	ErrFull    = errors.New("origin: too many queries wait")
	ErrTimeout = errors.New("origin: no answer in time") // its box did not wait for the end
	ErrCut     = errors.New("origin: the box that asked has crashed")

	// ErrInvalid is a load whose value its box refuses: the origin's answer, in
	// time and without an error, is not what the program can use.
	ErrInvalid = errors.New("origin: the value is invalid")
)

// Config is the database or service that computes values, as a scenario file
// spells it.
type Config struct {
	Latency     Latency       `yaml:"latency" doc:"time to compute one value: a duration, or {median, p99}, or {mean, exponential: true}, or {values: [...]}"`
	Write       time.Duration `yaml:"write" default:"5ms" min:"0s" doc:"time to commit one write"`
	Concurrency int           `yaml:"concurrency" default:"0" min:"0" doc:"loads that run at once, the rest wait; 0 is no limit"`
	Queue       int           `yaml:"queue" default:"0" min:"0" doc:"loads that may wait, more fail; 0 is no limit"`
	Degrade     float64       `yaml:"degrade" default:"0" unit:"share" min:"0" doc:"every running load slows a new one by this share of its time"`
	Errors      float64       `yaml:"errors" default:"0" unit:"share" min:"0" max:"1" doc:"share of loads that fail"`
	Timeout     time.Duration `yaml:"timeout" default:"0s" min:"0s" doc:"how long a box waits for a load; the origin keeps working on it, and its result is lost; 0 is forever"`
}

// Observer hears of every load of the origin. It is called under the
// origin's mutex and must not wait.
type Observer interface {
	LoadStarted(key string, at time.Time)
	LoadEnded(key string, at time.Time)
}

// Origin is the modelled database: what it takes to compute a value, how many
// it computes at once, and the version of every row.
type Origin struct {
	clock    clock.Clock
	made     time.Time
	cfg      Config
	blank    *Blank // the content of every value
	observer Observer

	mu       sync.Mutex
	draws    *draws
	slots    *station.Station
	inFlight int
	rows     map[string]*row
	written  atomic.Bool // there are rows
	fault    fault.OriginState
	pace     pace

	occupancy Occupancy
}

// New returns an origin whose value of a key has size(key) bytes. It draws one
// number of rng, the seed of all its latencies and errors.
func New(clk clock.Clock, cfg Config, rng *rand.Rand, size func(string) int, observer Observer) *Origin {
	return &Origin{
		clock: clk, made: clk.Now(), cfg: cfg, blank: NewBlank(size), observer: observer, draws: newDraws(rng.Uint64()),
		slots: station.New(cfg.Concurrency), rows: make(map[string]*row), fault: fault.OriginState{Factor: 1},
	}
}

// Watch has gauges of a board hear of the loads under way.
func (o *Origin) Watch(on *gauge.Board) { o.occupancy = NewOccupancy(on, o.cfg, &o.mu) }

// count notes that so many more loads are under way, or fewer.
func (o *Origin) count(more int, now int64) {
	o.inFlight += more
	o.occupancy.Set(now, o.inFlight)
}

// Occupancy is how full the slots of an origin are and the queue before them, as far as
// they have a limit. What has none is never full, and is told by the loads in all.
type Occupancy struct {
	slots            int
	running, waiting *gauge.Gauge
}

// NewOccupancy has gauges on a board, of an origin that is guarded by its owner.
func NewOccupancy(on *gauge.Board, cfg Config, owner sync.Locker) Occupancy {
	x := Occupancy{slots: cfg.Concurrency}
	if cfg.Concurrency > 0 {
		x.running = on.Add(metrics.OriginSlots, metrics.OriginSlots, cfg.Concurrency, owner)
	}
	if cfg.Concurrency > 0 && cfg.Queue > 0 {
		x.waiting = on.Add(metrics.OriginQueue, metrics.OriginQueue, cfg.Queue, owner)
	}
	return x
}

// Set says that so many loads are under way from now on: as many as there are slots run,
// since none is free while a load waits.
func (x *Occupancy) Set(now int64, loads int) {
	running := min(loads, x.slots)
	x.running.Set(now, int64(running))
	x.waiting.Set(now, int64(loads-running))
}

// Load computes the value of key. It sees the version that is current when its
// turn comes: the snapshot of a query is taken when the query begins.
func (o *Origin) Load(ctx context.Context, key string) (strategies.Value, error) {
	q, err := o.admit(key)
	if err != nil {
		return strategies.Value{}, err
	}
	timeline.Waits(ctx, q.queued)
	interrupted := o.sleepUntil(ctx, q.wait, q.ends)
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.clock.Now()
	o.count(-1, now.UnixNano())
	o.observer.LoadEnded(key, now)
	switch {
	case interrupted != nil:
		return strategies.Value{}, interrupted
	case q.fails || o.fault.Down: // also one that was under way when the origin went down
		return strategies.Value{}, ErrFailed
	case o.fault.Invalid:
		return strategies.Value{}, ErrInvalid
	}
	return strategies.Value{Data: o.blank.Value(key), Version: o.rows[key].versionAt(o.pace.real(q.begins).Sub(o.made))}, nil
}

// sleepUntil waits so long, and longer if there was or is a hang: until the origin's own
// time is that. Another hang may begin while it makes up for one:
//
//	the load has a second to go, and the origin hangs
//	it goes on, and the load sleeps for that second
//	it hangs again before that is over
func (o *Origin) sleepUntil(ctx context.Context, wait time.Duration, own int64) error {
	for err := o.clock.Sleep(ctx, wait); ; {
		o.mu.Lock()
		left, goes := own-o.pace.own(o.clock.Now().UnixNano()), o.pace.goes
		o.mu.Unlock()
		switch {
		case err != nil || left <= 0:
			return err
		case goes != nil:
			err = goes.Wait(ctx, clock.Forever)
		default:
			err = o.clock.Sleep(ctx, time.Duration(left))
		}
	}
}

// query is what is decided about a load when it arrives. Its instants are of the origin's
// own time.
type query struct {
	begins int64         // its turn comes
	ends   int64         // it is answered
	wait   time.Duration // from its arrival to its end, without a hang
	queued time.Duration // of it, until its turn
	fails  bool
}

// admit decides about a load that arrives now. Its whole wait is known by then, but for
// hangs, because what comes later does not overtake it.
func (o *Origin) admit(key string) (query, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.clock.Now()
	nanos := o.pace.own(now.UnixNano())
	if o.cfg.Queue > 0 && o.slots.Waiting(nanos) >= o.cfg.Queue {
		return query{}, ErrFull
	}
	o.observer.LoadStarted(key, now)
	slower := o.fault.Factor * (1 + o.cfg.Degrade*float64(o.inFlight))
	o.count(1, now.UnixNano())
	if o.fault.Down {
		return query{begins: nanos, ends: nanos, fails: true}, nil
	}
	rng := o.draws.nextLoad(key)
	service := scaled(o.cfg.Latency.Sample(rng), slower)
	start := o.slots.Reserve(nanos, service)
	if o.cfg.Queue > 0 {
		o.slots.Note(start)
	}
	queued := time.Duration(start - nanos)
	q := query{begins: start, wait: min(queued, eternity) + service, queued: queued}
	q.ends = nanos + int64(q.wait)
	if p := o.cfg.Errors + o.fault.Errors; p > 0 {
		q.fails = rng.Float64() < p
	}
	return q, nil
}

// Write commits a new version of key and returns it. It takes its time and no slot, and
// fails only while the origin is down.
func (o *Origin) Write(ctx context.Context, key string) (version uint64, err error) {
	o.mu.Lock()
	wait := scaled(o.cfg.Write, o.fault.Factor)
	down, ends := o.fault.Down, o.pace.own(o.clock.Now().UnixNano())+int64(wait)
	o.mu.Unlock()
	if down {
		return 0, ErrFailed
	}
	if err := o.sleepUntil(ctx, wait, ends); err != nil {
		return 0, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	r := o.rows[key]
	if r == nil {
		r = &row{}
		o.rows[key] = r
		o.written.Store(true)
	}
	return r.commit(o.clock.Now().Sub(o.made)), nil
}

// Put is Write, and returns the value that was written.
func (o *Origin) Put(ctx context.Context, key string) (strategies.Value, error) {
	version, err := o.Write(ctx, key)
	if err != nil {
		return strategies.Value{}, err
	}
	return strategies.Value{Data: o.blank.Value(key), Version: version}, nil
}

// Tells is nil: what Put returns is the whole value.
func (o *Origin) Tells() error { return nil }

// Superseded, which every answered request asks and which takes no lock as long as
// nobody wrote, says when a newer version than the given one was committed, if
// one was.
func (o *Origin) Superseded(key string, version uint64) (time.Time, bool) {
	if !o.written.Load() {
		return time.Time{}, false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	at, ok := o.rows[key].superseded(version)
	return o.made.Add(at), ok
}

// Change applies f to the origin's faults. Loads under way keep the latency that they
// were given on arrival, which a hang lengthens, but fail if the origin is down when they
// end.
func (o *Origin) Change(f func(*fault.OriginState)) error {
	o.mu.Lock()
	f(&o.fault)
	wake := o.pace.hang(o.clock, o.fault.Hangs)
	o.mu.Unlock()
	if wake != nil {
		wake()
	}
	return nil
}

// Laws is the law that is broken, of those that hold between any two events: nobody
// leaves the origin who has not come, and when nothing is under way any more all have
// left.
func (o *Origin) Laws(ended bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.inFlight < 0:
		return fmt.Errorf("origin: %d loads are under way", o.inFlight)
	case ended && o.inFlight > 0:
		return fmt.Errorf("origin: %d loads are under way, and the run has ended", o.inFlight)
	}
	return nil
}
