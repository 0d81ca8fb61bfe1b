package strategies

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

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
	delete  bool          // delete the cached value
	stale   time.Duration // serve a value younger than this in place of the error; 0 is none
	timeout time.Duration // how long a request waits for its load; 0 is to its end
	pauses  *attempts     // in which a key is not asked for; nil without
}

// newOnError returns nil where the settings ask for nothing.
func newOnError(c LoadFailure, ttl time.Duration) *onError {
	o := &onError{delete: c.OnLoadError == DeleteOnLoadError, timeout: c.Timeout}
	if c.StaleIfError > 0 {
		o.stale = ttl + c.StaleIfError
	}
	if c.Backoff > 0 {
		o.pauses = newAttempts(0, c.Backoff, c.BackoffMax)
	}
	if !o.delete && o.stale == 0 && o.timeout == 0 && o.pauses == nil {
		return nil
	}
	return o
}

// noteRefresh begins a pause of key after a load that failed, or ends it after one that
// did not.
func (o *onError) noteRefresh(key string, now time.Time, loaded bool) {
	switch {
	case o == nil:
	case loaded:
		o.pauses.succeeded(key)
	default:
		o.pauses.failed(key, now)
	}
}

// attemptLoad answers a request that found no fresh value by load, unless the load of
// its key failed a moment ago. old is what the cache had, if it had something. It is
// called only where there is an onError: load is a closure, which is an allocation that
// no miss should make without need.
func (e *engine) attemptLoad(ctx context.Context, key string, old Entry, found bool, load func(context.Context) (Result, error)) (Result, error) {
	o := e.onError
	if o.pauses.holds(key, e.clock.Now()) {
		return e.staleIfError(&old, found, Result{Outcome: ColdFailure}, ErrColdCache)
	}
	r, err := e.inTime(ctx, key, func(ctx context.Context) (Result, error) {
		r, err := load(ctx)
		if err == nil {
			o.pauses.succeeded(key)
		}
		return r, err
	})
	var failed *LoadError
	if !errors.As(err, &failed) || ctx.Err() != nil {
		return r, err
	}
	o.pauses.failed(key, e.clock.Now())
	if o.delete {
		if err := e.store.Delete(detached(ctx), key); err != nil {
			_ = e.storeFailed(ctx, "delete", key, err)
		}
	}
	return e.staleIfError(&old, found, r, err)
}

// staleIfError is the answer where a load has failed or is not tried: the old value, if
// it will do, or else the given one.
func (e *engine) staleIfError(old *Entry, found bool, r Result, err error) (Result, error) {
	if o := e.onError; o.stale > 0 && found && e.young(old, e.clock.Now(), o.stale) {
		return served(old, StaleHit), nil
	}
	return r, err
}

// ErrSlowLoad is a load that took longer than a request waits for it. It goes on,
// and its value is stored.
var ErrSlowLoad = errors.New("the load takes too long: it goes on, and its value will be stored")

// inTime runs load, which stores what it computes, for a caller who does not wait
// longer than the setting timeout says. A load that takes longer goes on
// alone. If it were lost instead, as with a time-out of the database's
// client, a key whose load always takes too long would never be filled, and the next
// one who asks for it would find the origin as busy as before.
//
// Nothing but the origin bounds how many such loads there are.
func (e *engine) inTime(ctx context.Context, key string, load func(context.Context) (Result, error)) (Result, error) {
	if e.onError.timeout == 0 {
		return load(ctx)
	}
	r := Result{Outcome: OriginFailure}
	var err error = &LoadError{Key: key, Err: &PanicError{Value: "it ended its goroutine"}} // unless it returns or panics
	ended, own := e.clock.NewEvent("a load"), loading(ctx)
	e.clock.Go("load", func() {
		defer ended.Set()
		defer func() {
			if v := recover(); v != nil { // it would end the program from here
				err = &LoadError{Key: key, Err: &PanicError{Value: v, Stack: debug.Stack()}}
				e.failed(key, err)
			}
		}()
		r, err = load(own)
	})
	switch left := ended.Wait(ctx, e.onError.timeout); {
	case errors.Is(left, clock.ErrLimit): // r and err may be written from now on
		slow := &LoadError{Key: key, Err: ErrSlowLoad}
		e.failed(key, slow)
		return failure(ctx, OriginFailure, slow)
	case left != nil:
		return failure(ctx, Timeout, left)
	}
	return r, err
}
