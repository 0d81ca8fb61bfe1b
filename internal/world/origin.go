package world

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// ErrOrigin is a load that the origin failed.
var ErrOrigin = errors.New("origin: the query failed")

// ErrOriginFull is a load that found the origin's queue full.
var ErrOriginFull = errors.New("origin: too many queries wait")

// ErrInvalidValue is a load whose value its box refuses: the origin's answer, in
// time and without an error, is not what the program can use.
var ErrInvalidValue = errors.New("origin: the value is invalid")

// LoadObserver hears of every load of the origin. It is called under the
// origin's mutex and must not wait.
type LoadObserver interface {
	LoadStarted(key string, at time.Time)
	LoadEnded(key string, at time.Time)
}

// Origin is the modelled database: what it takes to compute a value, how many
// it computes at once, and the version of every row.
type Origin struct {
	clock    Clock
	cfg      OriginConfig
	size     func(key string) int
	observer LoadObserver

	mu       sync.Mutex
	draws    *draws
	slots    *station
	inFlight int
	rows     map[string]*row
	written  atomic.Bool // there are rows
	fault    OriginFault
	data     []byte // what every value is a prefix of
}

// OriginFault is what a fault changes.
type OriginFault struct {
	Down    bool    // every load fails at once
	Invalid bool    // every value is
	Factor  float64 // of the latency
	Errors  float64 // share of loads that fail, beside the configured one
}

var _ strategies.Loader = (*Origin)(nil)

// NewOrigin returns an origin whose value of a key is of so many bytes.
func NewOrigin(clk Clock, cfg OriginConfig, rng *rand.Rand, size func(string) int, observer LoadObserver) *Origin {
	return &Origin{
		clock: clk, cfg: cfg, size: size, observer: observer, draws: newDraws(rng.Uint64()),
		slots: newStation(cfg.Concurrency), rows: make(map[string]*row), fault: OriginFault{Factor: 1},
	}
}

// Load computes the value of key. It sees the version that is current when its
// turn comes: the snapshot of a query is taken when the query begins.
func (o *Origin) Load(ctx context.Context, key string) (strategies.Value, error) {
	begin, end, err := o.admit(key)
	if err != nil {
		return strategies.Value{}, err
	}
	failed := o.clock.Sleep(ctx, end.wait)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.inFlight--
	o.observer.LoadEnded(key, o.clock.Now())
	switch {
	case failed != nil:
		return strategies.Value{}, failed
	case end.fails || o.fault.Down:
		return strategies.Value{}, ErrOrigin
	case o.fault.Invalid:
		return strategies.Value{}, ErrInvalidValue
	}
	return strategies.Value{Data: o.value(key), Version: o.rows[key].at(begin)}, nil
}

// sentence is what is decided about a load when it arrives.
type sentence struct {
	wait  time.Duration
	fails bool
}

func (o *Origin) admit(key string) (begin time.Time, s sentence, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.clock.Now()
	if o.cfg.Queue > 0 && o.slots.waiting(now) >= o.cfg.Queue {
		return now, s, ErrOriginFull
	}
	o.observer.LoadStarted(key, now)
	if o.fault.Down {
		o.inFlight++
		return now, sentence{fails: true}, nil
	}
	rng := o.draws.of(key)
	slower := o.fault.Factor * (1 + o.cfg.Degrade*float64(o.inFlight))
	service := scaled(o.cfg.Latency.Sample(rng), slower)
	o.inFlight++
	begin = o.slots.reserve(now, service)
	if o.cfg.Queue > 0 {
		o.slots.wait(begin)
	}
	s.wait = min(begin.Sub(now), eternity) + service
	if p := o.cfg.Errors + o.fault.Errors; p > 0 {
		s.fails = rng.Float64() < p
	}
	return begin, s, nil
}

// value is the modelled content of a key: only its length means anything.
func (o *Origin) value(key string) []byte {
	n := o.size(key)
	if n > len(o.data) {
		o.data = make([]byte, max(n, 2*len(o.data), 4096))
	}
	return o.data[:n:n]
}

// Write commits a new version of key and returns it.
func (o *Origin) Write(ctx context.Context, key string) (version uint64, err error) {
	o.mu.Lock()
	wait := scaled(o.cfg.Write, o.fault.Factor)
	down := o.fault.Down
	o.mu.Unlock()
	if down {
		return 0, ErrOrigin
	}
	if err := o.clock.Sleep(ctx, wait); err != nil {
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
	return r.commit(o.clock.Now()), nil
}

// Put is Write, and returns the value that was written.
func (o *Origin) Put(ctx context.Context, key string) (strategies.Value, error) {
	version, err := o.Write(ctx, key)
	if err != nil {
		return strategies.Value{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return strategies.Value{Data: o.value(key), Version: version}, nil
}

// Superseded says when a newer version than the given one was committed, if
// one was.
func (o *Origin) Superseded(key string, version uint64) (time.Time, bool) {
	if !o.written.Load() {
		return time.Time{}, false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.rows[key].superseded(version)
}

// Change applies f to the origin's faults.
func (o *Origin) Change(f func(*OriginFault)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f(&o.fault)
}
