package strategies

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

// Words of the settings on_cache_error and on_write.
const (
	loadPast    = "load"   // go past a cache that fails
	failWith    = "fail"   // fail with it
	deleteKey   = "delete" // a write deletes the cached value
	storeValue  = "store"  // a write replaces it
	leaveStored = "none"   // a write leaves it
)

// aside is cache and origin side by side: what all strategies do with a Store
// and a Loader, counted.
type aside struct {
	counters
	store  Store
	loader Loader
	clock  clock.Clock
	kept   time.Duration // how long the store is to keep a value
	delete bool          // a write deletes the cached value
	expire bool          // a write leaves it, expired
	jitter *jitter       // of kept; nil is none
	newer  NewerSetter   // the store, if saves are to leave newer versions alone
	failed func(key string, err error)

	onError *onError // nil: a load that fails fails its request, and that is all
}

// read is Store.Get. Its error is a *StoreError.
func (a *aside) read(ctx context.Context, key string) (Entry, bool, error) {
	e, ok, err := a.store.Get(ctx, key)
	if err != nil {
		return Entry{}, false, a.storeFailed(ctx, "get", key, err)
	}
	return e, ok, nil
}

// storeFailed counts a failed operation, unless it is the caller who gave up.
func (a *aside) storeFailed(ctx context.Context, op, key string, err error) error {
	failure := &StoreError{Op: op, Key: key, Err: err}
	if ctx.Err() == nil {
		a.storeErrors.Add(1)
		a.failed(key, failure)
	}
	return failure
}

// load computes the value of key. A refresh is a load that has an old value to
// fall back on. A panic of the loader is counted and goes on.
func (a *aside) load(ctx context.Context, key string, refresh bool) (e Entry, err error) {
	a.loads.Add(1)
	if refresh {
		a.refreshes.Add(1)
	}
	loaded := false
	defer func() {
		if loaded {
			return
		}
		a.loadErrors.Add(1)
		if refresh {
			a.refreshErrors.Add(1)
		}
	}()
	begun := a.clock.Now()
	v, err := a.loader.Load(ctx, key)
	if err != nil {
		err = &LoadError{Key: key, Err: err}
		a.failed(key, err)
		return Entry{}, err
	}
	loaded = true
	now := a.clock.Now()
	return Entry{Value: v, Stored: At(now), Cost: now.Sub(begun)}, nil
}

// save stores what was computed. That it fails is counted and no more: there
// is a value to answer with. It is done also for a caller who has left, since
// the next one will want the value.
func (a *aside) save(ctx context.Context, key string, e Entry) {
	ctx = detached(ctx)
	kept := a.jitter.spread(a.kept)
	if a.newer == nil {
		if err := a.store.Set(ctx, key, e, kept); err != nil {
			_ = a.storeFailed(ctx, "set", key, err)
		}
		return
	}
	stored, err := a.newer.SetNewer(ctx, key, e, kept)
	switch {
	case err != nil:
		_ = a.storeFailed(ctx, "set", key, err)
	case !stored:
		a.discarded.Add(1)
	}
}

// loadAndSave computes and stores without asking anybody.
func (a *aside) loadAndSave(ctx context.Context, key string) (Result, error) {
	e, err := a.load(ctx, key, false)
	if err != nil {
		return failure(ctx, OriginFailure, err)
	}
	a.save(ctx, key, e)
	return served(&e, Computed), nil
}

// Invalidate deletes the cached value of key, or expires it, or does nothing, as
// the strategy is configured. A load that was begun before the write may still
// store the old value afterwards; the value's own bound ends that. A failure is
// a [*StoreError], and the old value is served up to its bound.
func (a *aside) Invalidate(ctx context.Context, key string, version uint64) error {
	ctx = detached(ctx) // the write is done, whether or not the writer still waits
	switch {
	case a.expire:
		return a.expireEntry(ctx, key, version)
	case !a.delete:
		return nil
	}
	if err := a.store.Delete(ctx, key); err != nil {
		return a.storeFailed(ctx, "delete", key, err)
	}
	return nil
}

// served is the answer e.
func served(e *Entry, o Outcome) Result {
	return Result{Value: e.Value, Outcome: o, Stored: e.Stored}
}

// failure is the answer err, or that the caller gave up if he did.
func failure(ctx context.Context, o Outcome, err error) (Result, error) {
	if ctx.Err() != nil {
		return Result{Outcome: Timeout}, context.Cause(ctx)
	}
	return Result{Outcome: o}, err
}
