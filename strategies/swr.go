package strategies

import (
	"cmp"
	"context"
	"errors"
	"runtime/debug"
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

// SWRConfig configures [SWR]. Zero fields get their defaults.
type SWRConfig struct {
	Fresh time.Duration `yaml:"fresh" default:"1m" min:"1us" doc:"age at which a value is refreshed"`
	TTL   time.Duration `yaml:"ttl" default:"24h" min:"1us" doc:"age at which a value is no longer served"`

	Refresh      RefreshMode   `yaml:"refresh" default:"background" enum:"background,foreground,after-response" doc:"when the request that refreshes is answered: at once with the old value (and then by a process of its own or, after-response, by its worker, which is busy until the new value is there), or later with the new one"`
	MaxRefreshes int           `yaml:"max_refreshes" default:"0" min:"0" doc:"how many refreshes a box runs at once; later requests make up for the rest; 0 is no limit"`
	Backoff      time.Duration `yaml:"backoff" default:"1s" min:"1us" doc:"pause after a failed refresh of a key; doubles with every further failure"`
	BackoffMax   time.Duration `yaml:"backoff_max" default:"1m" min:"1us" doc:"longest such pause"`

	Cold    ColdMode `yaml:"cold" default:"mutex" enum:"mutex,coalesce" doc:"who computes a missing value: one request of the fleet, or one of each box"`
	Locking `yaml:",inline"`
	Losers  LoserMode     `yaml:"losers" default:"wait" file:"fail" enum:"fail,wait" doc:"what a request does when another holds the lock, with cold: mutex: fail at once, or wait for the value"`
	Wait    time.Duration `yaml:"wait" default:"30s" file:"2s" min:"1us" with:"losers: wait or cold: coalesce" doc:"longest wait for a missing value, with losers: wait or cold: coalesce"`
	Then    GiveUpMode    `yaml:"then" default:"fail" enum:"fail,load" with:"losers: wait or cold: coalesce" doc:"what a request does when that wait is over: fail, or compute too"`
	Poll    time.Duration `yaml:"poll" default:"100ms" min:"1us" doc:"average time between two looks at a lock that is taken"`

	Sharing      `yaml:",inline"`
	Writes       `yaml:",inline"`
	AgeCounting  `yaml:",inline"`
	CacheFailure `yaml:",inline"`

	StaleIfError time.Duration `yaml:"stale_if_error" default:"0s" min:"0s" doc:"how long past its ttl a value is kept, to be served when its load fails or failed less than a backoff ago; 0 turns this off"`
	Timeout      time.Duration `yaml:"timeout" default:"0s" min:"0s" doc:"how long a request waits for the load of a missing value; the load goes on and stores its value; 0 waits to the end"`

	Runtime Runtime `yaml:"-"`
}

// RefreshMode is a word of the setting refresh of an [SWR].
type RefreshMode string

// When the request that refreshes a value is answered.
const (
	RefreshInBackground RefreshMode = "background" // at once, with the old value
	RefreshInForeground RefreshMode = "foreground" // with the new one

	RefreshAfterResponse RefreshMode = "after-response" // at once, and the same worker refreshes then, see [Deferred]
)

// ColdMode is a word of the setting cold of an [SWR].
type ColdMode string

// Who computes a value that is not there.
const (
	ColdMutex    ColdMode = "mutex"    // one of the fleet, under a lock
	ColdCoalesce ColdMode = "coalesce" // one of each box
)

func (c *SWRConfig) check() error {
	return cmp.Or(
		refuse(c.Fresh >= c.TTL, "fresh", "is %v, which leaves no time to be stale in: write less than the ttl, %v", c.Fresh, c.TTL),
		checkBackoff(c.Backoff, c.BackoffMax),
	)
}

// loadFailure is what stale_if_error and timeout ask for. Without stale_if_error the
// backoff is that of refreshes alone.
func (c *SWRConfig) loadFailure() LoadFailure {
	f := LoadFailure{StaleIfError: c.StaleIfError, Timeout: c.Timeout}
	if c.StaleIfError > 0 {
		f.Backoff, f.BackoffMax = c.Backoff, c.BackoffMax
	}
	return f
}

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
	behind    bool   // refresh when the old value has been served
	deferred  bool   // by the worker that did so
	group     *Group // nil unless cold values are coalesced without a lock
	renewals  *Group // in which refreshes run; nil: without a limit
	refreshes *attempts
}

// NewSWR makes an SWR of one box. Without a locker every box is on its own:
// refreshes are marked in the process, and cold values are coalesced unless
// the configuration says otherwise. The error is a [*ConfigError].
func NewSWR(store Store, locker Locker, loader Loader, cfg SWRConfig) (*SWR, error) {
	if locker == nil {
		locker = newProcessLocks()
		cfg.Cold = cmp.Or(cfg.Cold, ColdCoalesce)
		cfg.Extend = false // a lock of the process lasts as long as its owner
	}
	if err := cmp.Or(present("store", store), present("loader", loader), Settle(&cfg, &cfg.Runtime), cfg.check()); err != nil {
		return nil, err
	}
	s := &SWR{behind: cfg.Refresh != RefreshInForeground, deferred: cfg.Refresh == RefreshAfterResponse, refreshes: newAttempts(cfg.MaxRefreshes, cfg.Backoff, cfg.BackoffMax)}
	err := s.init(store, locker, loader, cfg.Runtime, guardConfig{
		fresh: cfg.Fresh, enough: cfg.TTL, ttl: cfg.TTL,
		Sharing: cfg.Sharing, Locking: cfg.Locking, Writes: cfg.Writes, AgeCounting: cfg.AgeCounting, LoadFailure: cfg.loadFailure(),
		losers: cfg.Losers, wait: cfg.Wait, poll: cfg.Poll, then: cfg.Then, fail: cfg.OnCacheError == FailOnCacheError,
	})
	if err != nil {
		return nil, err
	}
	if *cfg.LoadTimeout > 0 {
		s.renewals = newFlights(cfg.Flights, cfg.Runtime)
	}
	if cfg.Cold == ColdCoalesce {
		s.group = newFlights(cfg.Flights, cfg.Runtime)
	}
	return s, nil
}

// Get answers from the cache, fresh or stale, or computes if nobody else does.
func (s *SWR) Get(ctx context.Context, key string) (Result, error) {
	e, ok, err := s.store.Get(ctx, key)
	switch now := s.clock.Now(); {
	case ok && s.fresh(&e, now, s.cfg.fresh):
		return served(&e, FreshHit), nil
	case ok && s.young(&e, now, s.cfg.enough):
		return s.answerStale(ctx, key, e, now)
	case err != nil:
		if err = s.storeFailed(ctx, "get", key, err); s.cfg.fail || ctx.Err() != nil {
			return failure(ctx, CacheError, err)
		}
	}
	return s.answerCold(ctx, key, e, ok)
}

// Defers reports whether refreshes are left to the workers.
func (s *SWR) Defers() bool { return s.deferred }

// answerCold answers when there is nothing that may be served, unless the load fails:
// old is a value past its ttl, if one is found.
func (s *SWR) answerCold(ctx context.Context, key string, old Entry, found bool) (Result, error) {
	switch {
	case s.group == nil:
		return s.answerMiss(ctx, key, old, found)
	case s.onError == nil:
		return s.loadCoalesced(ctx, key)
	}
	return s.attemptLoad(ctx, key, old, found, func(ctx context.Context) (Result, error) { return s.loadCoalesced(ctx, key) })
}

// answerStale answers with the old value e and sees that it is refreshed.
func (s *SWR) answerStale(ctx context.Context, key string, e Entry, now time.Time) (Result, error) {
	if !s.refreshes.begin(key, now) {
		return served(&e, StaleHit), nil
	}
	if s.behind {
		behind := detached(ctx)
		refresh := func() { s.refreshBehind(behind, key) }
		if !s.deferred || !deferIn(ctx, refresh) {
			s.clock.Go("refresh", refresh)
		}
		return served(&e, StaleHit), nil
	}
	if s.renewals == nil {
		return s.answerRefreshed(ctx, key, e)
	}
	// The load is not bound to the caller: it leaves at its deadline.
	r, _, err := s.renewals.share(ctx, key, clock.Forever, func(ctx context.Context) (Result, error) {
		return s.answerRefreshed(ctx, key, e)
	})
	if errors.Is(err, ErrLoadTimeout) {
		s.refreshes.failed(key, s.clock.Now())
	}
	return r, err
}

// answerRefreshed answers with a new value in place of the old one, e, or as if there were
// none where the refresh failed and e has come to its ttl meanwhile.
func (s *SWR) answerRefreshed(ctx context.Context, key string, e Entry) (Result, error) {
	renewed, loaded, err := s.refreshLocked(ctx, key)
	var failed *LoadError
	switch {
	case err == nil && loaded:
		return served(&renewed, Computed), nil
	case err == nil:
		return served(&renewed, FreshHit), nil
	case s.young(&e, s.clock.Now(), s.cfg.enough):
		return served(&e, StaleHit), nil
	case errors.As(err, &failed): // and the old value came to its ttl meanwhile
		if r, err := failure(ctx, OriginFailure, err); s.onError == nil || r.Outcome == Timeout {
			return r, err
		}
		return s.staleIfError(&e, true, Result{Outcome: OriginFailure}, err)
	}
	return s.answerCold(ctx, key, e, true)
}

// errTaken says that another process has the lock of a refresh.
var errTaken = errors.New("the lock is taken")

// refreshLocked computes key anew if no other process does, and reports whether it
// had to.
func (s *SWR) refreshLocked(ctx context.Context, key string) (e Entry, loaded bool, err error) {
	token := s.random.token()
	asked := false
	defer func() {
		if !asked { // the locker panicked
			s.refreshes.left(key, s.clock.Now(), s.cfg.poll)
		}
	}()
	got, err := s.takeLock(ctx, key, token)
	asked = true
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
		s.onError.noteRefresh(key, s.clock.Now(), done)
	}()
	e, loaded, err = s.computeAsOwner(ctx, key, token, true)
	done = err == nil
	return e, loaded, err
}

// refreshBehind is a refresh that no request waits for. A panic of the loader, which
// would end the program from here, is a failed refresh: counted, and put off.
// If the panics go on, the value comes to its ttl and a caller sees them.
//
// It has the time limit of every load. Without one, a refresh that hangs would be the last
// of its key: nobody else of the box begins another.
func (s *SWR) refreshBehind(ctx context.Context, key string) {
	refresh := func(ctx context.Context) (Result, error) {
		defer func() {
			if v := recover(); v != nil {
				s.failed(key, &PanicError{Value: v, Stack: debug.Stack()})
			}
		}()
		_, _, _ = s.refreshLocked(ctx, key)
		return Result{}, nil
	}
	if s.renewals == nil {
		_, _ = refresh(ctx)
		return
	}
	if _, _, err := s.renewals.Do(ctx, key, clock.Forever, refresh); err != nil {
		s.refreshes.failed(key, s.clock.Now())
	}
}

// loadCoalesced computes an absent value once in this box.
func (s *SWR) loadCoalesced(ctx context.Context, key string) (Result, error) {
	r, gaveUp, err := s.group.share(ctx, key, s.cfg.wait, func(ctx context.Context) (Result, error) {
		if e, ok, _ := s.read(ctx, key); ok && s.young(&e, s.clock.Now(), s.cfg.enough) {
			return s.hit(&e), nil
		}
		return s.loadAndSave(ctx, key)
	})
	if gaveUp {
		return s.giveUp(ctx, key, Entry{}, false)
	}
	return r, err
}
