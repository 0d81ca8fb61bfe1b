package strategies

import (
	"cmp"
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

// Sharing is how the requests of one process share the loads of a key.
type Sharing struct {
	Coalesce *bool `yaml:"coalesce" default:"true" file:"false" doc:"lets the requests of one box that want a key at once share one answer, in front of the lock and where cache or lock fail: also its failure; a Go program does, a scenario has it where its source did"`
	Flights  `yaml:",inline"`
}

// Flights is how long a shared load may take, and for whom it goes on.
type Flights struct {
	LoadTimeout     *time.Duration `yaml:"load_timeout" default:"30s" file:"0s" min:"0s" doc:"how long a shared load may take, with what it waits for; it runs in a process of its own, and whoever asked for it waits under a deadline of its own; with 0 the request that began it runs it itself, to its end, without a limit; 30s in a Go program"`
	CancelAbandoned bool           `yaml:"cancel_abandoned" default:"false" doc:"cancel a shared load when the last request that waits for it has left; otherwise it goes on, and its value is stored"`
}

// newFlights is the group in which a strategy's requests share their loads.
func newFlights(f Flights, r Runtime) *Group {
	return &Group{clock: r.Clock, failed: r.Failed, limit: *f.LoadTimeout, abandon: f.CancelAbandoned, calls: make(map[string]*call)}
}

// newFlights is that group, or nil where every request is on its own.
func (s *Sharing) newFlights(r Runtime) *Group {
	if !*s.Coalesce {
		return nil
	}
	return newFlights(s.Flights, r)
}

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
	clock   clock.Clock
	failed  func(key string, err error) // hears of panics that no caller is left for
	limit   time.Duration               // of a call in a process of its own; 0 has the leader run it
	abandon bool                        // cancel a call whose last caller has left

	mu    sync.Mutex
	calls map[string]*call
}

// call is one call under way. Its result is written once, before ended is set.
type call struct {
	ended   clock.Event // nil until somebody waits
	callers int         // who wait
	cancel  func(cause error)
	led     bool // the caller that began it waits, too
	over    bool // the result is there
	res     Result
	err     error
	panic   any // what it panicked with, for the caller that began it
}

// AnothersCall is the name of the events on which calls wait for one another, for a clock
// that wants to know who waits for what.
const AnothersCall = "another's call"

// NewGroup makes an empty group. A nil clock means the wall clock.
func NewGroup(c clock.Clock) *Group {
	if c == nil {
		c = clock.NewWall()
	}
	return &Group{clock: c, failed: func(string, error) {}, calls: make(map[string]*call)}
}

// Do calls f, unless a call of key is under way: then it waits for that one's
// result, for limit at most ([clock.Forever] is no limit), and shared is true.
//
// The leader runs f in its own process under a context that is not cancelled
// with its own, since others rely on it. In a strategy with a load_timeout f has a process
// of its own, and the leader waits as the others do. A waiter leaves with the cause of its
// own context, or with [clock.ErrLimit]. If f panics or ends its goroutine, the
// waiters get a [*PanicError] and the panic goes on in the leader.
//
// The result is shared: nobody may modify its data.
func (g *Group) Do(ctx context.Context, key string, limit time.Duration, f func(context.Context) (Result, error)) (r Result, shared bool, err error) {
	g.mu.Lock()
	c := g.calls[key]
	leads := c == nil
	if leads {
		c = new(call)
		g.calls[key] = c
	}
	if leads && g.limit == 0 {
		g.mu.Unlock()
		g.lead(detached(ctx), key, c, f)
		return c.res, false, c.err
	}
	if c.ended == nil {
		c.ended = g.clock.NewEvent(AnothersCall)
	}
	c.callers++
	if leads {
		c.led = true
		limit = clock.Forever // what a request began it waits for to its own end
		g.launch(ctx, key, c, f)
	}
	g.mu.Unlock()
	if err := c.ended.Wait(ctx, limit); err != nil {
		g.leave(key, c, leads)
		return Result{}, !leads, err
	}
	if leads && c.panic != nil {
		panic(c.panic) // in the caller that asked for it
	}
	return c.res, !leads, c.err
}

// launch runs a call in a process of its own, and ends it at the limit even if f does not
// return: a key must not be blocked by a load that hangs. It is called with mu held.
func (g *Group) launch(ctx context.Context, key string, c *call, f func(context.Context) (Result, error)) {
	own, cancel := cancellable(g.clock, context.WithValue(detached(ctx), flightKey{}, true))
	c.cancel = cancel
	g.clock.Go("load", func() {
		defer cancel(nil)
		defer func() { _ = recover() }() // the leader has it, and Failed has heard of it
		g.lead(own, key, c, f)
	})
	g.clock.Go("limit of a load", func() {
		if c.ended.Wait(context.Background(), g.limit) == nil {
			return
		}
		err := &LoadError{Key: key, Err: ErrLoadTimeout}
		g.failed(key, err)
		g.end(key, c, Result{Outcome: OriginFailure}, err, nil)
		cancel(ErrLoadTimeout)
	})
}

// flightKey marks the context of a call that has a process of its own.
type flightKey struct{}

// loading is the context of a load for whoever waits for it: not cancelled with the caller,
// unless that is a flight, which is cancelled when nobody is to wait for it any more.
func loading(ctx context.Context) context.Context {
	if ctx.Value(flightKey{}) != nil {
		return ctx
	}
	return detached(ctx)
}

// cancellable is a context under ctx. A virtual clock makes its own: it has to wake those
// who wait under it.
func cancellable(c clock.Clock, ctx context.Context) (context.Context, func(cause error)) {
	if virtual, ok := c.(interface {
		WithCancel(ctx context.Context) (context.Context, context.CancelFunc)
	}); ok {
		own, cancel := virtual.WithCancel(ctx)
		return own, func(error) { cancel() }
	}
	return context.WithCancelCause(ctx)
}

// leave takes a caller that has given up off the call.
func (g *Group) leave(key string, c *call, leads bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c.led = c.led && !leads
	if c.callers--; c.callers == 0 && g.abandon && c.cancel != nil && !c.over {
		g.forget(key, c) // who comes now begins a new one
		c.cancel(errAbandoned)
	}
}

// lead runs the call and lets the waiters go, however it ends.
func (g *Group) lead(ctx context.Context, key string, c *call, f func(context.Context) (Result, error)) {
	returned := false
	var r Result
	var err error
	defer func() {
		var value any
		if !returned {
			value = recover()
			panicked := &PanicError{Value: cmp.Or[any](value, "it ended its goroutine")}
			if value != nil {
				panicked.Stack = debug.Stack()
			}
			err = panicked
		}
		if led := g.end(key, c, r, err, value); value != nil && !led && g.limit > 0 {
			g.failed(key, err)
		}
		if value != nil {
			panic(value)
		}
	}()
	r, err = f(ctx)
	returned = true
}

// end gives a call its result, unless it has one. The call leaves the map and its result
// is there in one step: nobody can join a call that has ended, and nobody can begin
// another while the result is not there. It reports whether the caller that began the call
// gets this result.
func (g *Group) end(key string, c *call, r Result, err error, panicked any) (led bool) {
	g.mu.Lock()
	if c.over {
		g.mu.Unlock()
		return false
	}
	c.over, c.res, c.err, c.panic = true, r, err, panicked
	g.forget(key, c)
	ended, led := c.ended, c.led
	g.mu.Unlock()
	if ended != nil {
		ended.Set()
	}
	return led
}

// forget takes c off the map, unless another has its place. It is called with mu held.
func (g *Group) forget(key string, c *call) {
	if g.calls[key] == c {
		delete(g.calls, key)
	}
}

// share is Do for a load that a strategy answers with: whoever waited was coalesced, and
// what went wrong is named as the leader's own failure is. GaveUp says that the limit came first.
func (g *Group) share(ctx context.Context, key string, limit time.Duration, load func(context.Context) (Result, error)) (r Result, gaveUp bool, err error) {
	r, shared, err := g.Do(ctx, key, limit, load)
	var panicked *PanicError
	switch {
	case !shared && (err == nil || g.limit == 0):
		return r, false, err
	case err == nil:
		if r.Outcome != StaleHit || g.limit == 0 {
			r.Outcome = Coalesced
		}
		return r, false, nil
	case errors.Is(err, clock.ErrLimit):
		return Result{}, true, err
	case r.Outcome.Failed():
		r, err = failure(ctx, r.Outcome, err)
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
