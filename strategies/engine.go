package strategies

import (
	"cmp"
	"context"
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

// engine is a store and an origin side by side: what all strategies do with the two of
// them, counted, with every failure by its name.
type engine struct {
	counters
	store  Store
	loader Loader
	clock  clock.Clock
	failed func(key string, err error)

	kept      time.Duration // how long the store is to keep a value
	ages      AgeCount      // how ages are counted; zero is exactly
	jitter    *jitter       // of kept; nil is none
	newer     NewerSetter   // the store, if it knows versions; else nil
	overwrite bool          // what was loaded takes the place of newer versions, too
	onWrite   WriteMode     // what Invalidate does
	onError   *onError      // nil: a load that fails fails its request, and that is all
	fence     *fence        // holds back what writes have overtaken; nil does not
	flights   *Group        // in which the box's requests share their loads; nil: every one is on its own
}

// newEngine makes an engine whose saves leave newer versions alone where the store can.
func newEngine(store Store, loader Loader, r Runtime, kept time.Duration) engine {
	newer, _ := store.(NewerSetter)
	return engine{
		store: store, loader: loader, clock: r.Clock, failed: r.Failed,
		kept: kept, newer: newer, onWrite: DeleteOnWrite,
	}
}

// read is Store.Get. Its error is a *StoreError.
func (e *engine) read(ctx context.Context, key string) (Entry, bool, error) {
	entry, ok, err := e.store.Get(ctx, key)
	if err != nil {
		return Entry{}, false, e.storeFailed(ctx, "get", key, err)
	}
	return entry, ok, nil
}

// young reports whether a value may be served under a bound, by its age as it is counted.
func (e *engine) young(entry *Entry, now time.Time, bound time.Duration) bool {
	return bound == forever || e.ages.lives(entry.Stored, bound, now)
}

// fresh reports whether a value is younger than bound and no write has expired it.
func (e *engine) fresh(entry *Entry, now time.Time, bound time.Duration) bool {
	return !entry.Expired && e.young(entry, now, bound)
}

// storeFailed counts a failed operation and names it. An operation that ended because
// the caller gave up is not the cache's failure.
func (e *engine) storeFailed(ctx context.Context, op, key string, err error) error {
	failure := &StoreError{Op: op, Key: key, Err: err}
	if ctx.Err() == nil {
		e.count(&e.stats.StoreErrors)
		e.failed(key, failure)
	}
	return failure
}

// load computes the value of key. A refresh is a load that has an old value to
// fall back on. A panic of the loader is counted and goes on.
func (e *engine) load(ctx context.Context, key string, refresh bool) (entry Entry, err error) {
	e.count(&e.stats.Loads)
	if refresh {
		e.count(&e.stats.Refreshes)
	}
	loaded := false
	defer func() { // a deferred count sees a panic, too
		if loaded {
			return
		}
		e.count(&e.stats.LoadErrors)
		if refresh {
			e.count(&e.stats.RefreshErrors)
		}
	}()
	begun := e.clock.Now()
	v, err := e.loader.Load(ctx, key)
	if err != nil {
		err = &LoadError{Key: key, Err: err}
		e.failed(key, err)
		return Entry{}, err
	}
	loaded = true
	now := e.clock.Now()
	return Entry{Value: v, Stored: At(now), Cost: now.Sub(begun)}, nil
}

// save stores what was computed. If that fails it is counted and no more, as there
// is a value to answer with. A caller who has left does not stop it, since the next
// one will want the value.
func (e *engine) save(ctx context.Context, key string, entry Entry) {
	if e.fence.overtaken(key, &entry, e.clock.Now()) {
		e.count(&e.stats.Discarded)
		return
	}
	ctx = detached(ctx)
	newer := e.newer
	if e.overwrite {
		newer = nil
	}
	if stored, err := e.put(ctx, "set", key, entry, e.jitter.spread(e.kept), newer); !stored && err == nil {
		e.count(&e.stats.Discarded)
	}
}

// put stores entry, by newer unless that is nil, and reports whether it did. Its error
// is a *StoreError of op.
func (e *engine) put(ctx context.Context, op, key string, entry Entry, kept time.Duration, newer NewerSetter) (stored bool, err error) {
	if newer != nil {
		stored, err = newer.SetNewer(ctx, key, entry, kept)
	} else {
		stored, err = true, e.store.Set(ctx, key, entry, kept)
	}
	if err != nil {
		return false, e.storeFailed(ctx, op, key, err)
	}
	return stored, nil
}

// share answers by load once for all requests of the box that want key now.
func (e *engine) share(ctx context.Context, key string, load func(context.Context) (Result, error)) (Result, error) {
	r, _, err := e.flights.share(ctx, key, clock.Forever, load)
	return r, err
}

// loadAndSave computes and stores without asking anybody.
func (e *engine) loadAndSave(ctx context.Context, key string) (Result, error) {
	entry, err := e.load(ctx, key, false)
	if err != nil {
		return failure(ctx, OriginFailure, err)
	}
	e.save(ctx, key, entry)
	return served(&entry, Computed), nil
}

// renew computes and stores ahead of the readers, see [Refresher].
func (e *engine) renew(ctx context.Context, key string) error {
	entry, err := e.load(ctx, key, false)
	if err == nil {
		e.save(ctx, key, entry)
	}
	return err
}

// Invalidate deletes the cached value of key, or expires it, or does nothing, as
// the strategy is configured. A load that was begun before the write does not store the old
// value afterwards, see [Writes]; without the fence it may, and it is then served up to its
// bound. A failure is
// a [*StoreError], and the old value is served up to its bound, too.
func (e *engine) Invalidate(ctx context.Context, key string, version uint64) error {
	ctx = detached(ctx) // the write is done, whether or not the writer still waits
	e.fence.note(key, version, e.clock.Now())
	switch e.onWrite {
	case ExpireOnWrite:
		return e.expire(ctx, key, version)
	case KeepOnWrite:
		return nil
	}
	if e.bury(ctx, key, version) {
		return nil
	}
	if err := e.store.Delete(ctx, key); err != nil {
		return e.storeFailed(ctx, "delete", key, err)
	}
	return nil
}

// bury leaves a tombstone of version in the cache in place of the value of key, and
// reports whether it did: only a cache that knows versions can keep one.
func (e *engine) bury(ctx context.Context, key string, version uint64) bool {
	if e.fence == nil || version == 0 || e.newer == nil {
		return false
	}
	_, err := e.put(ctx, "delete", key, Entry{Value: Value{Version: version}, Expired: true}, e.fence.life, e.newer)
	return err == nil
}

// expire marks the cached value of key as no longer fresh, and leaves it to
// be served where a stale value may be. It is the soft invalidation of
// dogpile.cache: a write of a hot key then causes one load, or one a box, and
// nobody waits for it.
//
// It reads and then stores, which is two steps. Where the store knows versions, a newer
// value that comes in between is left alone; where it does not, that value is lost, and
// computed again.
func (e *engine) expire(ctx context.Context, key string, version uint64) error {
	entry, ok, err := e.read(ctx, key)
	if err != nil || !ok || entry.Expired || version > 0 && entry.Version >= version {
		return err
	}
	left := e.kept
	if e.kept != forever {
		if left -= entry.Stored.Age(e.clock.Now()); left <= 0 {
			return nil
		}
	}
	entry.Expired = true
	_, err = e.put(ctx, "expire", key, entry, left, e.newer)
	return err
}

// Engine is what the strategies of this package are made with, for one outside of it: a
// store and an origin side by side. It counts what it does, see [Stats], and gives every
// failure its name. The zero value cannot be used.
type Engine struct {
	engine
	runtime Runtime
}

// NewEngine makes an Engine whose values are kept in the store for ttl; zero is for ever.
// Saves leave newer versions alone where the store is a [NewerSetter]. The error is a
// [*ConfigError].
func NewEngine(store Store, loader Loader, r Runtime, ttl time.Duration) (*Engine, error) {
	if err := cmp.Or(present("store", store), present("loader", loader)); err != nil {
		return nil, err
	}
	r = r.OrDefault()
	return &Engine{newEngine(store, loader, r, ttl), r}, nil
}

// Share has LoadAndSave answer concurrent requests for a key together, as s says. It is
// called before the first of them; s has its defaults, see [Settle].
func (e *Engine) Share(s Sharing) { e.flights = s.newFlights(e.runtime) }

// Read is Store.Get. Its error is a [*StoreError].
func (e *Engine) Read(ctx context.Context, key string) (Entry, bool, error) { return e.read(ctx, key) }

// Load computes the value of key and does not store it. Its error is a [*LoadError]; a
// panic of the loader is counted and goes on.
func (e *Engine) Load(ctx context.Context, key string) (Entry, error) { return e.load(ctx, key, false) }

// LoadAndSave answers by computing the value of key, and stores it.
func (e *Engine) LoadAndSave(ctx context.Context, key string) (Result, error) {
	if e.flights == nil {
		return e.loadAndSave(ctx, key)
	}
	return e.share(ctx, key, func(ctx context.Context) (Result, error) { return e.loadAndSave(ctx, key) })
}

// Refresh computes key and stores it, see [Refresher].
func (e *Engine) Refresh(ctx context.Context, key string) error { return e.renew(ctx, key) }

// SaveNewer stores entry unless the store has a higher version, and reports whether it
// did. Where the store cannot compare, it reads first, and another may come in between.
// Its error is a [*StoreError].
func (e *Engine) SaveNewer(ctx context.Context, key string, entry Entry) (bool, error) {
	if e.newer == nil {
		there, ok, err := e.read(ctx, key)
		if err != nil || ok && there.Version > entry.Version {
			return false, err
		}
	}
	return e.put(ctx, "set", key, entry, e.kept, e.newer)
}

// Answer is the answer with the value of entry.
func (e *Engine) Answer(entry *Entry, o Outcome) Result { return served(entry, o) }

// Fail is the answer err. If the caller has given up, it is that.
func (e *Engine) Fail(ctx context.Context, o Outcome, err error) (Result, error) {
	return failure(ctx, o, err)
}

// served is the answer with the value of e.
func served(e *Entry, o Outcome) Result {
	return Result{Value: e.Value, Outcome: o, Stored: e.Stored}
}

// failure is the answer err. If the caller has given up, it is that.
func failure(ctx context.Context, o Outcome, err error) (Result, error) {
	if ctx.Err() != nil {
		return Result{Outcome: Timeout}, context.Cause(ctx)
	}
	return Result{Outcome: o}, err
}

// detached is ctx without its cancellation: for work that others rely on, and
// that is worth finishing when the caller who began it has left. The background
// is detached already, and costs nothing.
func detached(ctx context.Context) context.Context {
	if ctx == context.Background() {
		return ctx
	}
	return context.WithoutCancel(ctx)
}
