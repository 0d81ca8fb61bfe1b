package strategies

import (
	"cmp"
	"context"
	"errors"
	"time"
)

// serveStale is a word of the setting on_load_error, beside failWith and
// deleteKey, which are words of others too.
const serveStale = "stale"

// onError is what a strategy does about a load that fails, beyond telling its
// caller. A load fails by an error, a panic, or a value that its loader refuses as
// invalid; to a strategy these are the same.
//
// What it is set to decides whether a fleet comes back from an overload. On
// 23 September 2010 Facebook's clients deleted the cached value on every error, as
// they did when it was invalid: as long as the databases failed some of the
// queries, each failure made all others ask, and this went on when what was wrong
// at first had been mended ("More Details on Today's Outage", R. Johnson).
// RFC 5861, section 4 (stale-if-error), and FusionCache's fail-safe keep the last
// good value instead, and ask for a new one every so often.
type onError struct {
	delete  bool          // the cached value
	stale   bool          // serve a value that is not fresh any more
	bound   time.Duration // younger ones will do
	timeout time.Duration // how long a request waits for its load; 0 is to its end
	pauses  *pauses       // in which a key is not asked for; nil without
}

// onErrorConfig are the settings of an onError.
type onErrorConfig struct {
	how                 string
	bound               time.Duration
	backoff, backoffMax time.Duration
	timeout             time.Duration
}

// newOnError returns nil where the settings ask for nothing.
func newOnError(c onErrorConfig) *onError {
	o := &onError{delete: c.how == deleteKey, stale: c.how == serveStale, bound: c.bound, timeout: c.timeout}
	if c.backoff > 0 {
		o.pauses = newPauses(c.backoff, c.backoffMax)
	}
	if !o.delete && !o.stale && o.timeout == 0 && o.pauses == nil {
		return nil
	}
	return o
}

// note begins a pause of key after a load that failed, or ends it after one that
// did not.
func (o *onError) note(key string, now time.Time, loaded bool) {
	switch {
	case o == nil:
	case loaded:
		o.pauses.end(key)
	default:
		o.pauses.failed(key, now)
	}
}

// checkOnError refuses settings of which one needs another. Keep is how long past
// its ttl a value is kept.
func checkOnError(how string, keep, backoff, backoffMax, timeout time.Duration) error {
	err := cmp.Or(
		oneOf("on_load_error", how, failWith, deleteKey, serveStale),
		notNegative("backoff", backoff),
		positive("backoff_max", backoffMax),
		growing(backoff, backoffMax),
		notNegative("timeout", timeout),
	)
	if err == nil && how == serveStale && keep == 0 {
		return &ConfigError{Field: "on_load_error", Msg: "is stale, but nothing is kept past its ttl: set keep_stale"}
	}
	return err
}

// attempt answers a request that found no fresh value by load, unless the load of
// its key failed a moment ago. old is what the cache had, if it had something. It
// is called only where there is an onError.
func (a *aside) attempt(ctx context.Context, key string, old Entry, found bool, load func(context.Context) (Result, error)) (Result, error) {
	o := a.onError
	if o.pauses.holds(key, a.clock.Now()) {
		return a.instead(&old, found, Result{Outcome: ColdFailure}, ErrColdCache)
	}
	r, err := a.inTime(ctx, key, func(ctx context.Context) (Result, error) {
		r, err := load(ctx)
		if err == nil {
			o.pauses.end(key)
		}
		return r, err
	})
	var failed *LoadError
	if !errors.As(err, &failed) || ctx.Err() != nil {
		return r, err
	}
	o.pauses.failed(key, a.clock.Now())
	if o.delete {
		if err := a.store.Delete(detached(ctx), key); err != nil {
			_ = a.storeFailed(ctx, "delete", key, err)
		}
	}
	return a.instead(&old, found, r, err)
}

// instead is the answer where a load has failed or is not tried: the old value, if
// it will do, or else the given one.
func (a *aside) instead(old *Entry, found bool, r Result, err error) (Result, error) {
	if o := a.onError; o.stale && found && youngerThan(old, a.clock.Now(), o.bound) {
		return served(old, StaleHit), nil
	}
	return r, err
}
