// Package published has the originals with their mistakes: what the code behind two talks
// does, for the incidents that tell of it. It is for the lab alone. Each is the strategy
// of production over a store that does its steps in the original's order, so that nobody
// who reads the strategies meets a branch of it.
package published

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// MutexConfig configures a [strategies.Mutex], or a [Mutex] if it is as published.
type MutexConfig struct {
	strategies.MutexConfig `yaml:",inline"`

	AsPublished bool `yaml:"as_published" default:"false" doc:"do as the original did: free the lock before storing, look into the cache only once, and throw the value away if the lock expired meanwhile"`
}

// Mutex is the third version in "Caching and Scaling for web frameworks, Part II", as
// its code runs on redis-py 3.5. The owner of a lock does not look into the store a
// second time, and it frees the lock before it stores the value. Where the lock expired
// meanwhile LockNotOwnedError, a kind of LockError, becomes a ColdCacheException and the
// value is lost:
//
//	production: lock, get, load, set, unlock
//	here:       lock,      load,      unlock, set (if the lock was still held)
//
// A load that takes longer than the lock lives therefore never fills the cache. With
// losers: queue those who queue compute one after the other, each for itself.
type Mutex struct {
	*strategies.Mutex
	discarded atomic.Int64 // values whose lock had expired
}

// NewMutex makes what cfg asks for: a [*strategies.Mutex] or a [*Mutex]. The error is a
// [*strategies.ConfigError].
func NewMutex(store strategies.Store, locker strategies.Locker, loader strategies.Loader, cfg MutexConfig) (strategies.Strategy, error) {
	if !cfg.AsPublished {
		return strategies.NewMutex(store, locker, loader, cfg.MutexConfig)
	}
	cfg.Extend = false // the original prolongs no lock
	m, err := strategies.NewMutex(lateStore{store}, earlyLocker{locker}, loader, cfg.MutexConfig)
	if err != nil {
		return nil, err
	}
	return &Mutex{Mutex: m}, nil
}

// Get answers as the production strategy does, unless the request computed and its lock
// could not be freed or had expired. Then the value is lost.
func (m *Mutex) Get(ctx context.Context, key string) (strategies.Result, error) {
	o := new(ownership)
	r, err := m.Mutex.Get(context.WithValue(ctx, ownershipKey{}, o), key)
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case err != nil || o.save == nil:
		return r, err
	case o.failed != nil:
		m.discarded.Add(1)
		return strategies.Result{Outcome: strategies.CacheError}, &strategies.StoreError{Op: "unlock", Key: key, Err: o.failed}
	case o.lost:
		m.discarded.Add(1)
		return strategies.Result{Outcome: strategies.ColdFailure}, strategies.ErrColdCache
	}
	return r, nil
}

// Stats returns the counts so far.
func (m *Mutex) Stats() strategies.Stats {
	s := m.Mutex.Stats()
	s.Discarded += m.discarded.Load()
	return s
}

// ownership is what a request knows of the lock it holds. It travels in the context, as
// the steps of one request are calls of the store and of the locker.
type ownership struct {
	mu     sync.Mutex
	holds  bool
	save   func() error // the store that waits until the lock is free
	lost   bool         // the lock had expired when it was freed
	failed error        // of freeing it
}

type ownershipKey struct{}

// ownerIn is the ownership of ctx, locked, if the request holds the lock.
func ownerIn(ctx context.Context) *ownership {
	o, ok := ctx.Value(ownershipKey{}).(*ownership)
	if !ok {
		return nil
	}
	o.mu.Lock()
	if !o.holds {
		o.mu.Unlock()
		return nil
	}
	return o
}

// earlyLocker frees a lock before its owner stores.
type earlyLocker struct{ strategies.Locker }

// TryLock notes that the request holds the lock.
func (l earlyLocker) TryLock(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	got, err := l.Locker.TryLock(ctx, key, token, ttl)
	if o, ok := ctx.Value(ownershipKey{}).(*ownership); ok && got {
		o.mu.Lock()
		o.holds = true
		o.mu.Unlock()
	}
	return got, err
}

// Unlock frees the lock and then stores what the owner has computed, if the lock was
// still held.
func (l earlyLocker) Unlock(ctx context.Context, key, token string) (bool, error) {
	held, err := l.Locker.Unlock(ctx, key, token)
	o := ownerIn(ctx)
	if o == nil {
		return held, err
	}
	o.holds, o.lost, o.failed = false, !held, err
	save := o.save
	o.mu.Unlock() // never held across a wait
	if held && err == nil && save != nil {
		err = save()
	}
	return held, err
}

// lateStore has no second look for the owner of a lock, and lets it store when the lock
// is free. It knows no versions.
type lateStore struct{ strategies.Store }

// Get finds nothing for the owner of a lock, without a way to the cache.
func (s lateStore) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	if o := ownerIn(ctx); o != nil {
		o.mu.Unlock()
		return strategies.Entry{}, false, nil
	}
	return s.Store.Get(ctx, key)
}

// Set holds an owner's value back.
func (s lateStore) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	if o := ownerIn(ctx); o != nil {
		o.save = func() error { return s.Store.Set(ctx, key, e, ttl) }
		o.mu.Unlock()
		return nil
	}
	return s.Store.Set(ctx, key, e, ttl)
}
