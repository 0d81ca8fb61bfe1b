// Package failsafe is put around a cache that may become slow or go away, so that neither
// takes the program with it:
//
//	cache := failsafe.New(redis.New(client, redis.Config{}), failsafe.Config{Copies: 64 << 20})
//	pages, err := strategies.NewSWR(cache, cache, loader, strategies.SWRConfig{})
//
// An operation has a time-out. A cache that fails a number of times in a row is taken for
// gone: for a while nothing is sent to it but one probe at a time, and everything else fails
// at once with [ErrGone], which strategies survive as they do every failure of the cache.
//
// It is for caches across a network: the time-out costs 0.6 microseconds and four allocations
// an operation, and no goroutine.
//
// With Copies the box keeps a last copy of what it reads and stores, and answers from that
// while the cache fails. What the box has stored itself keeps its age. What it has only read
// may have been written by another box since: it is marked as expired, so that it is served
// where a stale value may be and nowhere else, and within the bounds of its age.
//
// # What is promised
//
//   - A cache that hangs costs a caller one time-out, and once it is taken for gone nothing
//     (TestGoneAfterFailuresInARow). One probe a pause finds out that it is back
//     (TestOneProbe).
//   - A caller that leaves, and an answer that is an error, are no failures of the cache
//     (TestAnswersAreNoFailures).
//   - While a cache hangs under warm keys, with Copies, strategies.SWR loads nothing and fails
//     no request within the bound of its value; Mutex and Pool load a key once, and serve that
//     (TestHungCache, and TestHungRedis of package redis with one that SIGSTOP has stopped).
//   - A copy is given up with a write of the box, and with one elsewhere as soon as a read has
//     found it (TestCopiesAreGivenUp).
//
// What is not: a lock whose owner could not free it lives out its time, and so may one that
// was asked for in vain. Leases have no copies to serve: strategies.Leased takes nothing that
// is expired for a hit.
package failsafe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/stores/memory"
)

// Config says when a cache is given up. Zero fields get their defaults.
type Config struct {
	// Timeout is how long an operation may take. It should be less than the deadlines of
	// callers: a caller that leaves before it says nothing of the cache. Default 250 ms.
	Timeout time.Duration

	// Failures is how many in a row make the cache gone. Default 5.
	Failures int

	// Pause is the time between two probes of a cache that is gone. One that is shorter than
	// Timeout is as long as that. Default 1 s.
	Pause time.Duration

	// Copies is how many bytes the last copies of the box may take, with their keys and 200
	// bytes each. Default 0: there are none.
	Copies int64
}

// ErrGone is returned at once while the cache is taken for gone.
var ErrGone = fmt.Errorf("%w: it has failed too often in a row, and is left alone for a while", stores.ErrRefused)

// errSlow is the end of an operation that took longer than Timeout.
var errSlow = fmt.Errorf("%w: the operation took longer than its time-out", stores.ErrNoAnswer)

// Store is a cache behind a time-out and a breaker. It is safe for concurrent use.
type Store struct {
	cache   stores.Complete
	timeout time.Duration
	breaker breaker
	copies  *memory.Store // nil without
}

var _ stores.Complete = (*Store)(nil)

// New puts a Store around cache, whose operations have to end with their contexts, as those
// of all stores below package stores do.
func New(cache stores.Complete, cfg Config) *Store {
	if cfg.Timeout == 0 {
		cfg.Timeout = 250 * time.Millisecond
	}
	if cfg.Failures == 0 {
		cfg.Failures = 5
	}
	if cfg.Pause == 0 {
		cfg.Pause = time.Second
	}
	s := &Store{cache: cache, timeout: cfg.Timeout}
	s.breaker.limit, s.breaker.pause = int64(cfg.Failures), max(cfg.Pause, cfg.Timeout)
	if cfg.Copies > 0 {
		s.copies = memory.New(memory.Config{Bytes: cfg.Copies})
	}
	return s
}

// Gone reports whether the cache is taken for gone: what to alert on.
func (s *Store) Gone() bool { return s.breaker.gone() }

// ask runs an operation of the cache within its time-out, unless the cache is gone.
func ask[T any](ctx context.Context, s *Store, op func(context.Context) (T, error)) (answer T, err error) {
	if ctx.Err() != nil {
		return answer, context.Cause(ctx)
	}
	if !s.breaker.admit() {
		return answer, ErrGone
	}
	own, cancel := context.WithTimeoutCause(ctx, s.timeout, errSlow)
	defer cancel()
	answer, err = op(own)
	switch {
	case err == nil:
		s.breaker.answered()
	case ctx.Err() != nil: // the caller has left, and nobody knows what the cache would have said
	case absent(err):
		s.breaker.failed()
	default:
		s.breaker.answered()
	}
	return answer, err
}

// absent reports whether err says that the cache was not heard.
func absent(err error) bool {
	return errors.Is(err, stores.ErrRefused) || errors.Is(err, stores.ErrNoAnswer)
}

// found is what a read finds.
type found struct {
	entry strategies.Entry
	ok    bool
}

// Get reads one entry: the box's last copy, if there is one, where the cache is not heard.
func (s *Store) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	f, err := ask(ctx, s, func(ctx context.Context) (f found, err error) {
		f.entry, f.ok, err = s.cache.Get(ctx, key)
		return f, err
	})
	switch {
	case s.copies == nil:
	case err == nil && f.ok:
		s.noteRead(key, f.entry)
	case err == nil:
		s.drop(key) // another box may have deleted it for a write
	case absent(err):
		if last, ok, _ := s.copies.Get(ctx, key); ok {
			return last, true, nil
		}
	}
	return f.entry, f.ok, err
}

// manyGetter is a cache that reads many keys in one round trip.
type manyGetter interface {
	GetMany(ctx context.Context, keys []string) (map[string]strategies.Entry, error)
}

// GetMany reads the entries of keys and returns those that there are: in one round trip, if
// the cache can. Where it is not heard they are the box's last copies, and the rest is
// missing.
func (s *Store) GetMany(ctx context.Context, keys []string) (map[string]strategies.Entry, error) {
	many, ok := s.cache.(manyGetter)
	if !ok {
		entries := make(map[string]strategies.Entry, len(keys))
		for _, key := range keys {
			switch e, ok, err := s.Get(ctx, key); {
			case err != nil:
				return nil, err
			case ok:
				entries[key] = e
			}
		}
		return entries, nil
	}
	read, err := ask(ctx, s, func(ctx context.Context) (map[string]strategies.Entry, error) { return many.GetMany(ctx, keys) })
	switch {
	case s.copies == nil:
		return read, err
	case err == nil:
		for _, key := range keys {
			if e, ok := read[key]; ok {
				s.noteRead(key, e)
			} else {
				s.drop(key)
			}
		}
	case absent(err):
		if last, _ := s.copies.GetMany(ctx, keys); len(last) > 0 {
			return last, nil
		}
	}
	return read, err
}

// noteRead keeps a copy of what was read, which nobody knows to be current once the cache is
// not heard any more.
func (s *Store) noteRead(key string, e strategies.Entry) {
	e.Expired = true
	if last, ok, _ := s.copies.Get(context.Background(), key); ok && last.Expired && last.Stored == e.Stored && last.Version == e.Version {
		return // a hit is far more frequent than a change
	}
	_ = s.copies.Set(context.Background(), key, e, 0)
}

// noteStored keeps a copy of what was to be stored, also where the cache did not hear it:
// while it is gone a value that was loaded serves all requests of the box. A newer version
// is left alone.
func (s *Store) noteStored(key string, e strategies.Entry, ttl time.Duration) {
	if s.copies != nil {
		_, _ = s.copies.SetNewer(context.Background(), key, e, ttl)
	}
}

// drop takes the copy of key away.
func (s *Store) drop(key string) {
	if s.copies != nil {
		_ = s.copies.Delete(context.Background(), key)
	}
}

// Set stores an entry for ttl, or for ever if ttl is zero.
func (s *Store) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	s.drop(key) // a version that goes back takes the place of a higher one
	s.noteStored(key, e, ttl)
	_, err := ask(ctx, s, func(ctx context.Context) (struct{}, error) { return struct{}{}, s.cache.Set(ctx, key, e, ttl) })
	return err
}

// SetNewer stores e unless the cache has a higher version.
func (s *Store) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	s.noteStored(key, e, ttl)
	stored, err := ask(ctx, s, func(ctx context.Context) (bool, error) { return s.cache.SetNewer(ctx, key, e, ttl) })
	if err == nil && !stored {
		s.drop(key)
	}
	return stored, err
}

// Delete removes an entry, and the copy also where the cache does not hear of it.
func (s *Store) Delete(ctx context.Context, key string) error {
	s.drop(key)
	_, err := ask(ctx, s, func(ctx context.Context) (struct{}, error) { return struct{}{}, s.cache.Delete(ctx, key) })
	return err
}

// TryLock takes a lock of the cache.
func (s *Store) TryLock(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	return ask(ctx, s, func(ctx context.Context) (bool, error) { return s.cache.TryLock(ctx, key, token, ttl) })
}

// Unlock frees a lock of the cache.
func (s *Store) Unlock(ctx context.Context, key, token string) (bool, error) {
	return ask(ctx, s, func(ctx context.Context) (bool, error) { return s.cache.Unlock(ctx, key, token) })
}

// Extend prolongs a lock of the cache.
func (s *Store) Extend(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	return ask(ctx, s, func(ctx context.Context) (bool, error) { return s.cache.Extend(ctx, key, token, ttl) })
}

// Lease asks the cache for a lease.
func (s *Store) Lease(ctx context.Context, key, token string, every time.Duration) (strategies.Lease, error) {
	return ask(ctx, s, func(ctx context.Context) (strategies.Lease, error) { return s.cache.Lease(ctx, key, token, every) })
}

// SetLeased stores under a lease. Without the cache nobody knows whether the lease still
// stands: no copy is kept then.
func (s *Store) SetLeased(ctx context.Context, key, token string, e strategies.Entry, ttl time.Duration) (bool, error) {
	s.drop(key)
	stored, err := ask(ctx, s, func(ctx context.Context) (bool, error) { return s.cache.SetLeased(ctx, key, token, e, ttl) })
	if err == nil && stored {
		s.noteStored(key, e, ttl)
	}
	return stored, err
}

// Retire removes an entry and takes its lease back.
func (s *Store) Retire(ctx context.Context, key string, at strategies.Instant, keep time.Duration) error {
	s.drop(key)
	_, err := ask(ctx, s, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, s.cache.Retire(ctx, key, at, keep)
	})
	return err
}
