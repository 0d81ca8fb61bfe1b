package strategies

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

// SWR is stale-while-revalidate: a value is fresh for a while, and then stale
// until its ttl. A stale value is served at once; one request of the fleet,
// the winner of a lock, has it computed anew, in the background or before its
// own answer. A refresh that fails leaves the old value, and the next attempt
// waits. While values are refreshed in time nobody waits for the origin.
//
// A value that is not there, or past its ttl, is computed as by [Mutex], or
// coalesced within each box.
//
// See RFC 5861, section 3, and section 4 for stale_if_error. The refresh in the
// foreground is the fourth version of "Caching and Scaling for web frameworks,
// Part II".
type SWR struct {
	guard
	behind    bool   // refresh in the background
	group     *Group // nil unless cold values are coalesced
	refreshes *refreshes
}

var (
	_ Strategy      = (*SWR)(nil)
	_ Invalidator   = (*SWR)(nil)
	_ StatsReporter = (*SWR)(nil)
)

// NewSWR makes an SWR of one box. Without a locker every box is on its own:
// refreshes are marked in the process, and cold values are coalesced unless
// the configuration says otherwise. The error is a [*ConfigError].
func NewSWR(store Store, locker Locker, loader Loader, cfg SWRConfig) (*SWR, error) {
	if locker == nil {
		locker = newMarks()
		cfg.Cold = cmp.Or(cfg.Cold, coldCoalesce)
		cfg.Extend = false // a mark lasts as long as its owner
	}
	cfg.setDefaults()
	if err := cmp.Or(present("store", store), present("loader", loader), cfg.validate()); err != nil {
		return nil, err
	}
	extender, err := extenderOf(locker, cfg.Extend)
	if err != nil {
		return nil, err
	}
	s := &SWR{
		guard: guard{
			aside: aside{
				store: store, loader: loader, clock: cfg.Runtime.Clock, failed: cfg.Runtime.Failed,
				kept: cfg.TTL + cfg.StaleIfError, delete: cfg.OnWrite == deleteKey, expire: cfg.OnWrite == expireKey,
				onError: cfg.onError(),
			},
			dice:   dice{rand: cfg.Runtime.Rand},
			locker: locker,
			cfg: guardConfig{
				fresh: cfg.Fresh, ttl: cfg.TTL, lock: cfg.Lock, extender: extender,
				waits: cfg.Losers == losersWait, wait: cfg.Wait, poll: cfg.Poll, then: cfg.Then,
				fail: cfg.OnCacheError == failWith,
			},
		},
		behind:    cfg.Refresh == refreshBehind,
		refreshes: newRefreshes(cfg.MaxRefreshes, cfg.Backoff, cfg.BackoffMax),
	}
	s.newer, _ = store.(NewerSetter)
	if cfg.Cold == coldCoalesce {
		s.group = NewGroup(cfg.Runtime.Clock)
	}
	return s, nil
}

// Get answers from the cache, fresh or stale, or computes if nobody else does.
func (s *SWR) Get(ctx context.Context, key string) (Result, error) {
	e, ok, err := s.store.Get(ctx, key)
	switch now := s.clock.Now(); {
	case ok && fresh(&e, now, s.cfg.fresh):
		return served(&e, FreshHit), nil
	case ok && youngerThan(&e, now, s.cfg.ttl):
		return s.stale(ctx, key, e, now)
	case err != nil:
		if err = s.storeFailed(ctx, "get", key, err); s.cfg.fail || ctx.Err() != nil {
			return failure(ctx, CacheError, err)
		}
	}
	return s.cold(ctx, key, e, ok)
}

// cold answers when there is nothing that may be served, unless the load fails:
// old is a value past its ttl, if one is found.
func (s *SWR) cold(ctx context.Context, key string, old Entry, found bool) (Result, error) {
	switch {
	case s.group == nil:
		return s.fill(ctx, key, old, found)
	case s.onError == nil:
		return s.coalesce(ctx, key)
	}
	return s.attempt(ctx, key, old, found, func(ctx context.Context) (Result, error) { return s.coalesce(ctx, key) })
}

// stale answers with the old value e and sees that it is refreshed.
func (s *SWR) stale(ctx context.Context, key string, e Entry, now time.Time) (Result, error) {
	if !s.refreshes.begin(key, now) {
		return served(&e, StaleHit), nil
	}
	if s.behind {
		behind := detached(ctx)
		s.clock.Go("refresh", func() { s.refreshBehind(behind, key) })
		return served(&e, StaleHit), nil
	}
	renewed, loaded, err := s.refresh(ctx, key)
	var failed *LoadError
	switch {
	case err == nil && loaded:
		return served(&renewed, Computed), nil
	case err == nil:
		return served(&renewed, FreshHit), nil
	case youngerThan(&e, s.clock.Now(), s.cfg.ttl):
		return served(&e, StaleHit), nil
	case errors.As(err, &failed): // and the old value came to its ttl meanwhile
		if r, err := failure(ctx, OriginFailure, err); s.onError == nil || r.Outcome == Timeout {
			return r, err
		}
		return s.instead(&e, true, Result{Outcome: OriginFailure}, err)
	}
	return s.cold(ctx, key, e, true)
}

// errTaken says that another process has the lock of a refresh.
var errTaken = errors.New("the lock is taken")

// refresh computes key anew if no other process does, and reports whether it
// had to.
func (s *SWR) refresh(ctx context.Context, key string) (e Entry, loaded bool, err error) {
	token := s.dice.token()
	got, err := s.take(ctx, key, token)
	if !got {
		s.refreshes.left(key, s.clock.Now(), s.cfg.poll)
		return Entry{}, false, cmp.Or(err, errTaken)
	}
	done := false
	defer func() {
		if done {
			s.refreshes.succeeded(key)
		} else {
			s.refreshes.failed(key, s.clock.Now())
		}
		s.onError.note(key, s.clock.Now(), done)
	}()
	e, loaded, err = s.own(ctx, key, token, true)
	done = err == nil
	return e, loaded, err
}

// refreshBehind is a refresh nobody waits for. A panic of the loader, which
// would end the program from here, is a failed refresh: counted, and put off.
// If it goes on, the value comes to its ttl and a caller sees it.
func (s *SWR) refreshBehind(ctx context.Context, key string) {
	defer func() {
		if v := recover(); v != nil {
			s.failed(key, &PanicError{Value: v})
		}
	}()
	_, _, _ = s.refresh(ctx, key)
}

// coalesce computes an absent value once in this box.
func (s *SWR) coalesce(ctx context.Context, key string) (Result, error) {
	r, shared, err := s.group.Do(ctx, key, s.cfg.wait, func(ctx context.Context) (Result, error) {
		if e, ok, _ := s.read(ctx, key); ok && youngerThan(&e, s.clock.Now(), s.cfg.ttl) {
			return s.hit(&e), nil
		}
		return s.loadAndSave(ctx, key)
	})
	var panicked *PanicError
	switch {
	case !shared:
		return r, err
	case err == nil:
		r.Outcome = Coalesced
		return r, nil
	case errors.Is(err, clock.ErrLimit):
		return s.giveUp(ctx, key, Entry{}, false)
	case r.Outcome == OriginFailure:
		return failure(ctx, OriginFailure, err)
	case errors.As(err, &panicked):
		return failure(ctx, OriginFailure, &LoadError{Key: key, Err: err})
	}
	return failure(ctx, Timeout, err)
}
