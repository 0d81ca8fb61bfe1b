package strategies

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/striped"
	"github.com/herdlab/herdlab/strategies/clock"
)

// TwoLevelConfig configures [TwoLevel]. Zero fields get their defaults.
type TwoLevelConfig struct {
	TTL      time.Duration `yaml:"ttl" default:"1s" min:"1us" doc:"how long a box serves its own copy, on top of the age that the strategy beneath allows"`
	MaxAge   time.Duration `yaml:"max_age" default:"0s" min:"0s" doc:"age of a value past which a box keeps no copy of it, as a cache at the edge that honours the Age its shield sends (RFC 9111): the copy lives for what is left; 0 is no bound"`
	Entries  int           `yaml:"entries" default:"10000" min:"1" doc:"copies in one box; the least recently used one makes room"`
	Bytes    int64         `yaml:"bytes" default:"256MiB" unit:"bytes" min:"1KiB" doc:"size of the copies in one box, with their keys and 200 bytes each"`
	Tick     time.Duration `yaml:"tick" default:"0s" min:"0s" doc:"interval of a clock that ends copies, as memcached's does once a second: a copy meant to live for one tick lives for anything up to it, and the copies of all boxes end together; 0 is exact"`
	Jitter   float64       `yaml:"jitter" default:"0" unit:"share" min:"0" max:"0.9" doc:"gives every copy a ttl of its own, up to this share shorter or longer; with tick, in whole ticks"`
	Coalesce *bool         `yaml:"coalesce" default:"true" doc:"lets concurrent misses of a key in one box share one read of the strategy beneath"`
	Flights  `yaml:",inline"`

	KeepErrors time.Duration `yaml:"keep_errors" default:"0s" min:"0s" doc:"how long a box repeats the error of a failed load before it asks again; 0 turns this off"`

	Runtime Runtime `yaml:"-"`
}

// check refuses a clock on which the ttl cannot be told from a longer one.
func (c *TwoLevelConfig) check() error {
	return refuse(c.Tick > c.TTL, "tick", "is %v, in which the ttl of %v cannot be counted: write a tick of at most the ttl", c.Tick, c.TTL)
}

// TwoLevel keeps short-lived copies inside a box, over any strategy that works
// with a shared cache. It takes hot keys off the cache's network: one key costs
// at most boxes/ttl reads a second, however many requests there are.
//
// A copy keeps the instant at which its value was stored, so its age is true;
// it counts as fresh while it lives. A value can thus be served for ttl longer
// than the strategy beneath would, unless max_age bounds the age of what is kept. A write drops the copy of the box that wrote
// and no other, so that a box reads its own writes and other boxes lag by up
// to ttl.
//
// Copies that began together end together, and then all boxes read at once. Jitter
// spreads their ends. A tick, such as that of a memcached in every box, gathers them:
// all copies of one second end at one tick, whenever they began.
//
// The design is the two-layer cache of "Scaling to 30K" (2011), without
// its per-box stampede: concurrent misses of a box are coalesced. Over [Direct]
// it is what "Thundering herds & promises" (Instagram, 2019) advises: a box keeps
// the promise of a value, and requests that come before it is fulfilled wait
// for the same one. A promise that was rejected must not be kept, or one failure fails
// everybody. The setting keep_errors keeps it all the same.
type TwoLevel struct {
	counters
	hits       striped.Count // of copies
	inner      Strategy
	clock      clock.Clock
	life       life          // of copies
	maxAge     time.Duration // of a value that is kept; 0 is any
	keepErrors time.Duration
	group      *Group // nil unless misses are coalesced

	copies copies

	mu    sync.Mutex // of fills, and of every change of copies
	fills map[string]*l1Fill
}

// l1Fill counts the reads of one key under way that began after the last write.
type l1Fill struct {
	readers int
	old     bool // a write came since: what they read may be the old value
}

// NewTwoLevel makes the first level of one box over inner, the same box's
// strategy for the shared cache. The error is a [*ConfigError].
func NewTwoLevel(inner Strategy, cfg TwoLevelConfig) (*TwoLevel, error) {
	if err := cmp.Or(present("over", inner), Settle(&cfg, &cfg.Runtime), cfg.check()); err != nil {
		return nil, err
	}
	t := &TwoLevel{
		inner: inner, clock: cfg.Runtime.Clock, keepErrors: cfg.KeepErrors, maxAge: cfg.MaxAge,
		life:   life{ttl: cfg.TTL, tick: cfg.Tick, jitter: newJitter(cfg.Jitter, cfg.Runtime)},
		copies: newCopies(cfg.Entries, cfg.Bytes, cfg.Runtime), fills: make(map[string]*l1Fill),
	}
	if *cfg.Coalesce {
		t.group = newFlights(cfg.Flights, cfg.Runtime)
	}
	return t, nil
}

// Get answers with the box's copy, or asks the strategy beneath.
func (t *TwoLevel) Get(ctx context.Context, key string) (Result, error) {
	if r, ok, err := t.copies.get(key); ok {
		t.hits.Add()
		return r, err
	}
	t.count(&t.stats.L1Misses)
	if t.group == nil {
		return t.fillCopy(ctx, key)
	}
	return t.getCoalesced(ctx, key)
}

// getCoalesced asks for key once, for all requests that want it now. A request that only
// waited for a read of the shared cache has the outcome of that read; one that
// waited for a load was coalesced.
func (t *TwoLevel) getCoalesced(ctx context.Context, key string) (Result, error) {
	r, shared, err := t.group.Do(ctx, key, clock.Forever, func(ctx context.Context) (Result, error) {
		if r, ok, err := t.copies.get(key); ok {
			return r, err
		}
		return t.fillCopy(ctx, key)
	})
	var panicked *PanicError
	switch {
	case !shared && (err == nil || t.group.limit == 0):
		return r, err
	case err == nil && r.Outcome == Computed:
		r.Outcome = Coalesced
	case err != nil && ctx.Err() != nil:
		return failure(ctx, Timeout, err)
	case errors.As(err, &panicked) && r.Outcome != OriginFailure:
		return Result{Outcome: OriginFailure}, &LoadError{Key: key, Err: err}
	}
	return r, err
}

// fillCopy asks the strategy beneath and keeps a copy, unless a write came between:
//
//	A: miss, inner.Get reads the old value
//	B: write at the origin, Invalidate: the shared cache and the copy are dropped
//	A: keeps a copy of the old value
//
// after which this box would not read its own write.
func (t *TwoLevel) fillCopy(ctx context.Context, key string) (r Result, err error) {
	f := t.beginFill(key)
	var until time.Time // zero if it panics: nothing is kept
	defer func() { t.endFill(key, f, r, err, until) }()
	r, err = t.inner.Get(ctx, key)
	switch {
	case err == nil:
		until = t.endOf(r, t.clock.Now())
	case r.Outcome == OriginFailure && t.keepErrors > 0:
		until = t.clock.Now().Add(t.keepErrors)
	}
	return r, err
}

// endOf is when a copy that is made now ends: zero, where the value is too old to be kept.
func (t *TwoLevel) endOf(r Result, now time.Time) time.Time {
	end := t.life.endOf(now)
	if t.maxAge == 0 {
		return end
	}
	left := t.maxAge - r.Stored.Age(now)
	switch {
	case left <= 0:
		return time.Time{}
	case now.Add(left).Before(end):
		return now.Add(left)
	}
	return end
}

func (t *TwoLevel) beginFill(key string) *l1Fill {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.fills[key]
	if f == nil {
		f = new(l1Fill)
		t.fills[key] = f
	}
	f.readers++
	return f
}

func (t *TwoLevel) endFill(key string, f *l1Fill, r Result, err error, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !until.IsZero() && !f.old {
		if err == nil {
			r.Outcome = FreshHit
		}
		t.copies.put(key, r, err, until)
	}
	if f.readers--; f.readers == 0 && !f.old {
		delete(t.fills, key)
	}
}

// Invalidate hands the write to the strategy beneath and drops this box's
// copy. Reads that are under way keep no copy, and nobody joins them any more.
func (t *TwoLevel) Invalidate(ctx context.Context, key string, version uint64) error {
	var err error
	if inner, ok := t.inner.(Invalidator); ok {
		err = inner.Invalidate(ctx, key, version)
	}
	t.dropCopy(key)
	return err
}

// Put hands a value that was written to the strategy beneath, and drops this box's copy.
func (t *TwoLevel) Put(ctx context.Context, key string, v Value) error {
	err := Wrote(ctx, t.inner, key, v)
	t.dropCopy(key)
	return err
}

// Refresh has the strategy beneath refresh key. Boxes that have a copy of their own
// serve it to its end.
func (t *TwoLevel) Refresh(ctx context.Context, key string) error {
	if inner, ok := t.inner.(Refresher); ok {
		return inner.Refresh(ctx, key)
	}
	return fmt.Errorf("refresh %q: the strategy beneath computes what is asked for and nothing else", key)
}

// WantsValues reports whether the strategy beneath does.
func (t *TwoLevel) WantsValues() bool { return wantsValues(t.inner) }

// Defers reports whether the strategy beneath does.
func (t *TwoLevel) Defers() bool { return Defers(t.inner) }

func (t *TwoLevel) dropCopy(key string) {
	t.mu.Lock()
	t.copies.drop(key)
	if f := t.fills[key]; f != nil {
		f.old = true
		delete(t.fills, key)
	}
	t.mu.Unlock()
	if t.group != nil {
		t.group.Forget(key)
	}
}

// Stats returns the counts of both levels so far.
func (t *TwoLevel) Stats() Stats {
	s, own := statsOf(t.inner), t.counters.Stats()
	s.L1Hits += t.hits.Sum()
	s.L1Misses += own.L1Misses
	return s
}
