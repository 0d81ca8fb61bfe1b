package live

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/live/origin"
	"github.com/herdlab/herdlab/internal/world/gauge"
	model "github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/strategies"
)

// Backend is a real origin, a database or a server, which outlives the runs. One may know
// by itself when a value was superseded, as [origin.SQL] does; of the others it is
// known of the writes of the run.
type Backend interface {
	strategies.Loader
	Write(ctx context.Context, key string) (version uint64, err error)
}

// runOrigin is the origin of one run, modelled or real.
type runOrigin struct {
	ctx     context.Context     // of the run
	took    func(time.Duration) // or nil
	begun   *atomic.Bool        // the traffic
	model   *model.Origin       // nil where the origin is real
	backend Backend             // nil where it is modelled

	loads      strategies.Loader // either, observed
	superseded func(key string, version uint64) (time.Time, bool)
	commits    origin.Commits[string] // of the backend, in this run

	mu        sync.Mutex
	asking    int // loads of a backend that are under way
	occupancy model.Occupancy
}

// useModel has it be modelled.
func (o *runOrigin) useModel(m *model.Origin) { o.model, o.loads, o.superseded = m, m, m.Superseded }

// useBackend has it be real. The observer hears of the loads.
func (o *runOrigin) useBackend(b Backend, observer model.Observer, cfg model.Config, gauges *gauge.Board) {
	cfg.Queue = 0 // who waits for a connection waits in the program
	o.occupancy = model.NewOccupancy(gauges, cfg, &o.mu)
	o.backend, o.loads = b, origin.Observe(b, observer)
	if s, ok := b.(interface {
		Superseded(key string, version uint64) (time.Time, bool)
	}); ok {
		o.superseded = s.Superseded
		return
	}
	o.superseded = func(key string, version uint64) (time.Time, bool) {
		if version == 0 { // of a server that tells none
			return time.Time{}, false
		}
		return o.commits.Superseded(key, version)
	}
}

// Superseded is when a version later than the given one was committed.
func (o *runOrigin) Superseded(key string, version uint64) (time.Time, bool) {
	return o.superseded(key, version)
}

// Load asks the origin, and gives up when the run is stopped. The strategies
// detach their loads from whoever asked, and so would not hear of it.
func (o *runOrigin) Load(ctx context.Context, key string) (strategies.Value, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	leave := context.AfterFunc(o.ctx, func() { cancel(context.Cause(o.ctx)) })
	defer leave()
	asked := time.Now()
	o.count(1)
	v, err := o.loads.Load(ctx, key)
	o.count(-1)
	if o.took != nil && o.begun.Load() { // not in the warm-up
		o.took(time.Since(asked))
	}
	return v, err
}

// count notes that so many more loads of a backend are under way, or fewer. It has as many
// connections as the scenario's origin has slots. A modelled origin counts by itself.
func (o *runOrigin) count(more int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asking += more
	o.occupancy.Set(time.Now().UnixNano(), o.asking)
}

// Put commits a write, unless the run is stopped. What was written is known of the
// modelled origin alone.
func (o *runOrigin) Put(_ context.Context, key string) (strategies.Value, error) {
	if o.model != nil {
		return o.model.Put(o.ctx, key)
	}
	version, err := o.backend.Write(o.ctx, key)
	if err == nil {
		o.commits.Add(key, version, time.Now())
	}
	return strategies.Value{Version: version}, err
}

// Tells is the error of a strategy that wants to be told values which nobody knows.
func (o *runOrigin) Tells() error {
	if o.model != nil {
		return nil
	}
	return errors.New("on_write: store needs the value that was written, which only the modelled origin tells: give --origin modelled")
}

// Change has faults begin and end.
func (o *runOrigin) Change(change func(*fault.OriginState)) error {
	if o.model == nil {
		return errors.New("only the modelled origin can be made slow or fail")
	}
	return o.model.Change(change)
}
