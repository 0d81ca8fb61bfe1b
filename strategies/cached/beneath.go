package cached

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// beneath is the store as the strategy sees it: what a GetMany has read already is not
// read again, and every operation is told of.
//
// What a strategy may ask of a store it finds out by type assertions, so that this one
// must have just the methods that the store has: a lock that is there and fails is not
// the same as no lock. A type for each of the combinations that stores have is the price;
// in one that is not listed, versions and locks count and the rest is left out.
func beneath(s strategies.Store, tell func(context.Context, Operation), c clock.Clock) strategies.Store {
	if tell == nil {
		tell = func(context.Context, Operation) {}
	}
	w := watched{s, tell, c}
	newer, versions := s.(strategies.NewerSetter)
	locker, locks := s.(strategies.Locker)
	extender, extends := s.(strategies.Extender)
	leaser, leases := s.(strategies.Leaser)
	v, l := watchedVersions{newer, &w}, watchedLocks{locker, &w}
	switch {
	case versions && locks && extends && leases:
		return struct {
			watched
			watchedVersions
			watchedLocks
			strategies.Extender
			strategies.Leaser
		}{w, v, l, extender, leaser}
	case versions && locks && extends:
		return struct {
			watched
			watchedVersions
			watchedLocks
			strategies.Extender
		}{w, v, l, extender}
	case versions && locks:
		return struct {
			watched
			watchedVersions
			watchedLocks
		}{w, v, l}
	case versions:
		return struct {
			watched
			watchedVersions
		}{w, v}
	case locks:
		return struct {
			watched
			watchedLocks
		}{w, l}
	}
	return w
}

// watched is a store whose operations are told of.
type watched struct {
	store strategies.Store
	tell  func(context.Context, Operation)
	clock clock.Clock
}

// told runs an operation, which may be a round trip over the network, or come back with
// an error of the caller's own context. Both are told as they are: who counts the faults
// of a cache looks at the context first.
func (w *watched) told(ctx context.Context, op, key string, do func() (bool, error)) (bool, error) {
	begun := w.clock.Now()
	yes, err := do()
	w.tell(ctx, Operation{op, key, w.clock.Now().Sub(begun), yes, err})
	return yes, err
}

// Get takes what a GetMany has read, or reads. An entry that was read with others is as old
// as that round trip, which is the same for a strategy as a store that answers slowly.
func (w watched) Get(ctx context.Context, key string) (e strategies.Entry, found bool, err error) {
	if batch, ok := ctx.Value(callKey{}).(interface {
		take(key string) (e strategies.Entry, found, looked bool)
	}); ok {
		if e, found, looked := batch.take(key); looked {
			return e, found, nil
		}
	}
	_, err = w.told(ctx, "get", key, func() (bool, error) {
		e, found, err = w.store.Get(ctx, key)
		return found, err
	})
	return e, found, err
}

func (w watched) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	_, err := w.told(ctx, "set", key, func() (bool, error) {
		err := w.store.Set(ctx, key, e, ttl)
		return err == nil, err
	})
	return err
}

func (w watched) Delete(ctx context.Context, key string) error {
	_, err := w.told(ctx, "delete", key, func() (bool, error) {
		err := w.store.Delete(ctx, key)
		return err == nil, err
	})
	return err
}

// watchedVersions is watched, of stores that compare versions.
type watchedVersions struct {
	newer strategies.NewerSetter
	with  *watched
}

func (w watchedVersions) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return w.with.told(ctx, "set", key, func() (bool, error) { return w.newer.SetNewer(ctx, key, e, ttl) })
}

// watchedLocks is watched, of stores that lock. The prolonging of a lock is not told of: it is
// done by no request, and only its failure matters, which Runtime.Failed hears of.
type watchedLocks struct {
	locker strategies.Locker
	with   *watched
}

func (w watchedLocks) TryLock(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	return w.with.told(ctx, "lock", key, func() (bool, error) { return w.locker.TryLock(ctx, key, token, ttl) })
}

func (w watchedLocks) Unlock(ctx context.Context, key, token string) (bool, error) {
	return w.with.told(ctx, "unlock", key, func() (bool, error) { return w.locker.Unlock(ctx, key, token) })
}
