package live

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/live/origin"
	model "github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/strategies"
)

// Origin computes values and commits writes.
type Origin interface {
	strategies.Loader
	Write(ctx context.Context, key string) (version uint64, err error)
	Superseded(key string, version uint64) (time.Time, bool)
}

// Backend is a real origin: a database or a server.
type Backend interface {
	strategies.Loader
	Write(ctx context.Context, key string) (version uint64, err error)
}

// Real makes a [Config.Origin] of a backend, which outlives the runs: the
// observer of a run hears of its loads. When a value was superseded is what the
// backend knows of it, or else what the writes of the run tell.
func Real(b Backend) func(model.Observer) (Origin, error) {
	return func(observer model.Observer) (Origin, error) {
		o := &realOrigin{Loader: origin.Observe(b, observer), backend: b}
		o.superseded = o.commits.superseded
		if s, ok := b.(interface {
			Superseded(key string, version uint64) (time.Time, bool)
		}); ok {
			o.superseded = s.Superseded
		}
		return o, nil
	}
}

type realOrigin struct {
	strategies.Loader
	backend    Backend
	commits    commits
	superseded func(key string, version uint64) (time.Time, bool)
}

func (o *realOrigin) Write(ctx context.Context, key string) (uint64, error) {
	version, err := o.backend.Write(ctx, key)
	if err == nil {
		o.commits.add(key, version, time.Now())
	}
	return version, err
}

func (o *realOrigin) Superseded(key string, version uint64) (time.Time, bool) {
	return o.superseded(key, version)
}

// runOrigin is the origin of one run, modelled or real.
type runOrigin struct {
	Origin
	ctx   context.Context     // of the run
	model *model.Origin       // nil where the origin is real
	took  func(time.Duration) // or nil
	begun *atomic.Bool        // the traffic
}

// Load asks the origin, and gives up when the run is stopped. The strategies
// detach their loads from whoever asked, and so would not hear of it.
func (o *runOrigin) Load(ctx context.Context, key string) (strategies.Value, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	leave := context.AfterFunc(o.ctx, func() { cancel(context.Cause(o.ctx)) })
	defer leave()
	asked := time.Now()
	v, err := o.Origin.Load(ctx, key)
	if o.took != nil && o.begun.Load() { // not in the warm-up
		o.took(time.Since(asked))
	}
	return v, err
}

// Put commits a write, unless the run is stopped. What was written is known of the
// modelled origin alone.
func (o *runOrigin) Put(_ context.Context, key string) (strategies.Value, error) {
	if o.model != nil {
		return o.model.Put(o.ctx, key)
	}
	version, err := o.Write(o.ctx, key)
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

// remembered is how many commits of a key are kept.
const remembered = 64

// commits are the writes of one run.
type commits struct {
	mu    sync.Mutex
	byKey map[string][]commit // in the order in which the answers came
}

type commit struct {
	version uint64
	at      time.Time
}

// add notes a commit. Version 0 is a server that tells none.
func (c *commits) add(key string, version uint64, at time.Time) {
	if version == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey == nil {
		c.byKey = make(map[string][]commit)
	}
	list := append(c.byKey[key], commit{version, at})
	c.byKey[key] = list[max(0, len(list)-remembered):]
}

// superseded is the first commit known of a later version. A value without a
// version is never known to be superseded.
func (c *commits) superseded(key string, version uint64) (time.Time, bool) {
	if version == 0 {
		return time.Time{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, x := range c.byKey[key] {
		if x.version > version {
			return x.at, true
		}
	}
	return time.Time{}, false
}
