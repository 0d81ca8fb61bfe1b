package strategies

import (
	"context"
	"errors"

	"github.com/herdlab/herdlab/strategies/clock"
)

// ErrSlowLoad is a load that took longer than a request waits for it. It goes on,
// and its value is stored.
var ErrSlowLoad = errors.New("the load takes too long: it goes on, and its value will be stored")

// inTime runs load, which stores what it computes, for a caller who does not wait
// for it longer than the setting timeout says. A load that takes longer goes on
// without him. If it were lost instead, as with a time-out of the database's
// client, a key whose load always takes too long would never be filled, and who
// asks for it again would find the origin as busy as before.
//
// Nothing but the origin bounds how many such loads there are.
func (a *aside) inTime(ctx context.Context, key string, load func(context.Context) (Result, error)) (Result, error) {
	if a.onError.timeout == 0 {
		return load(ctx)
	}
	l := &lonely{err: &LoadError{Key: key, Err: &PanicError{Value: "it ended its goroutine"}}}
	ended, own := a.clock.NewEvent("a load"), detached(ctx)
	a.clock.Go("load", func() {
		defer ended.Set()
		defer func() {
			if v := recover(); v != nil { // it would end the program from here
				l.err = &LoadError{Key: key, Err: &PanicError{Value: v}}
				a.failed(key, l.err)
			}
		}()
		l.r, l.err = load(own)
	})
	switch err := ended.Wait(ctx, a.onError.timeout); {
	case errors.Is(err, clock.ErrLimit):
		err := &LoadError{Key: key, Err: ErrSlowLoad}
		a.failed(key, err)
		return failure(ctx, OriginFailure, err)
	case err != nil:
		return failure(ctx, Timeout, err)
	}
	return l.answer()
}

// lonely is a load that nobody may be waiting for.
type lonely struct {
	r   Result
	err error
}

// answer is what it came to: a load that ended badly without a return has no
// outcome of its own.
func (l *lonely) answer() (Result, error) {
	if l.err != nil && !l.r.Outcome.Failed() {
		return Result{Outcome: OriginFailure}, l.err
	}
	return l.r, l.err
}
