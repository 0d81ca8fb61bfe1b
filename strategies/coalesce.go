package strategies

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

// Group merges concurrent calls for one key into one, within a process. Of N
// concurrent callers one, the leader, calls; the others wait for its result.
//
// A Group remembers nothing: a caller that comes when the call has ended makes
// a new one. The function must therefore look into the cache itself before it
// computes. Without that second look this interleaving computes twice:
//
//	A: get -> miss
//	B: get -> miss
//	A: Do: load, set, return
//	B: Do: nobody is calling, load again
type Group struct {
	clock clock.Clock
	mu    sync.Mutex
	calls map[string]*call
}

// call is one call under way.
type call struct {
	ended clock.Event // nil until somebody waits
	res   Result
	err   error
}

// AnothersCall is the name of the events on which calls wait for one another, for a clock
// that wants to know who waits for what.
const AnothersCall = "another's call"

// NewGroup makes an empty group. A nil clock means the wall clock.
func NewGroup(c clock.Clock) *Group {
	if c == nil {
		c = clock.NewWall()
	}
	return &Group{clock: c, calls: make(map[string]*call)}
}

// Do calls f, unless a call of key is under way: then it waits for that one's
// result, for limit at most ([clock.Forever] is no limit), and shared is true.
//
// The leader runs f in its own process under a context that is not cancelled
// with its own, since others rely on it. A waiter leaves with the cause of its
// own context, or with [clock.ErrLimit]. If f panics or ends its goroutine, the
// waiters get a [*PanicError] and the panic goes on in the leader.
//
// The result is shared: nobody may modify its data.
func (g *Group) Do(ctx context.Context, key string, limit time.Duration, f func(context.Context) (Result, error)) (r Result, shared bool, err error) {
	g.mu.Lock()
	if c := g.calls[key]; c != nil {
		if c.ended == nil {
			c.ended = g.clock.NewEvent(AnothersCall)
		}
		g.mu.Unlock()
		if err := c.ended.Wait(ctx, limit); err != nil {
			return Result{}, true, err
		}
		return c.res, true, c.err
	}
	c := new(call)
	g.calls[key] = c
	g.mu.Unlock()

	g.lead(detached(ctx), key, c, f)
	return c.res, false, c.err
}

// lead runs the call and lets the waiters go, however it ends. The call leaves
// the map and its result is there in one step: nobody can join a call that has
// ended, and nobody can begin another while the result is not there.
func (g *Group) lead(ctx context.Context, key string, c *call, f func(context.Context) (Result, error)) {
	returned := false
	defer func() {
		var value any
		if !returned {
			value = recover()
			c.err = &PanicError{Value: cmp.Or[any](value, "it ended its goroutine")}
		}
		g.mu.Lock()
		if g.calls[key] == c {
			delete(g.calls, key)
		}
		ended := c.ended
		g.mu.Unlock()
		if ended != nil {
			ended.Set()
		}
		if value != nil {
			panic(value)
		}
	}()
	c.res, c.err = f(ctx)
	returned = true
}

// share is Do for a load that a strategy answers with: whoever waited was coalesced, and
// what went wrong is named as the leader's own failure is. GaveUp says that the limit came first.
func (g *Group) share(ctx context.Context, key string, limit time.Duration, load func(context.Context) (Result, error)) (r Result, gaveUp bool, err error) {
	r, shared, err := g.Do(ctx, key, limit, load)
	var panicked *PanicError
	switch {
	case !shared:
		return r, false, err
	case err == nil:
		r.Outcome = Coalesced
		return r, false, nil
	case errors.Is(err, clock.ErrLimit):
		return Result{}, true, err
	case r.Outcome == OriginFailure:
		r, err = failure(ctx, OriginFailure, err)
	case errors.As(err, &panicked):
		r, err = failure(ctx, OriginFailure, &LoadError{Key: key, Err: err})
	default:
		r, err = failure(ctx, Timeout, err)
	}
	return r, false, err
}

// Forget lets the next caller of key begin a new call although one is under
// way. Callers that wait for the old one still get its result.
func (g *Group) Forget(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.calls, key)
}
