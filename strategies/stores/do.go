package stores

import (
	"context"
	"fmt"
	"time"
)

// Do runs an operation of a client library that may not know contexts, and
// returns when it returns or when ctx ends, then with the cause. An operation
// that was left goes on until the library's own time-out, so a library needs
// one, and what it does may still take effect. A panic of the library, as on an
// absurd length in an answer, is [ErrGarbled].
func Do[T any](ctx context.Context, op func() (T, error)) (T, error) {
	var none T
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	if ctx.Done() == nil { // nobody can end it
		return guarded(op)
	}
	type answer struct {
		value T
		err   error
	}
	answered := make(chan answer, 1) // has room, so that nobody waits for one who has left
	go func() {
		value, err := guarded(op)
		answered <- answer{value, err}
	}()
	select {
	case a := <-answered:
		if a.err != nil && over(ctx) {
			return none, context.Cause(ctx)
		}
		return a.value, a.err
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

// DoInTime is Do for a client that ends an operation at the deadline of its context and
// by a time-out of its own. It costs no goroutine, which is a third of a read from a
// server nearby. A caller whose context is cancelled without a deadline stays until the
// client's time-out.
func DoInTime[T any](ctx context.Context, op func() (T, error)) (T, error) {
	var none T
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	value, err := guarded(op)
	if err != nil && over(ctx) {
		return none, context.Cause(ctx)
	}
	return value, err
}

// over reports whether ctx has ended. A library that knows its deadline may have
// given up a moment before the context itself ends; that moment is waited for.
func over(ctx context.Context) bool {
	if end, ok := ctx.Deadline(); ok && !time.Now().Before(end) {
		<-ctx.Done()
	}
	return ctx.Err() != nil
}

func guarded[T any](op func() (T, error)) (value T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: the client panicked: %v", ErrGarbled, p)
		}
	}()
	return op()
}
