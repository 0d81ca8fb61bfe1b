package origin

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// Lifeline is the way to the origin of one program of a box, until the box
// crashes. A query that is under way then goes on at the origin, as one does
// whose asker is gone, and nobody hears of its end.
type Lifeline struct {
	loads, writes strategies.LoaderFunc
	cut           atomic.Bool
}

// NewLifeline returns a way to an origin that loads a value, and that commits a new
// one and returns it.
func NewLifeline(load, write strategies.LoaderFunc) *Lifeline {
	return &Lifeline{loads: load, writes: write}
}

// Cut refuses all that the program still wants of the origin. It cannot be undone: a
// program that comes after has a line of its own.
func (l *Lifeline) Cut() { l.cut.Store(true) }

// Load computes the value of key.
func (l *Lifeline) Load(ctx context.Context, key string) (strategies.Value, error) {
	return l.ask(ctx, key, l.loads)
}

// Write commits a new version of key. One that was under way when the line was cut is
// committed all the same, and its strategy is never told.
func (l *Lifeline) Write(ctx context.Context, key string) (strategies.Value, error) {
	return l.ask(ctx, key, l.writes)
}

// ask looks twice: what is asked after the cut is not begun, and what ends after it
// reaches nobody.
func (l *Lifeline) ask(ctx context.Context, key string, do strategies.LoaderFunc) (strategies.Value, error) {
	if l.cut.Load() {
		return strategies.Value{}, ErrCut
	}
	v, err := do(ctx, key)
	if l.cut.Load() {
		return strategies.Value{}, ErrCut
	}
	return v, err
}

// Patient is the way to loader for boxes that wait for a load no longer than limit; 0
// is for ever. A caller that gives up tells the origin nothing, as a database client
// does not whose read time-out strikes: the query keeps its place there, and later its
// slot, and its result is lost. So a time-out takes no load off an origin. The query
// outlives the caller, too: only the wait ends with the caller's context.
func Patient(clk clock.Clock, loader strategies.Loader, limit time.Duration) strategies.Loader {
	if limit == 0 {
		return loader
	}
	return strategies.LoaderFunc(func(ctx context.Context, key string) (strategies.Value, error) {
		a := new(answer)
		ended := clk.NewEvent("the origin")
		lasting := context.WithoutCancel(ctx)
		clk.Go("query", func() {
			a.value, a.err = loader.Load(lasting, key)
			ended.Set()
		})
		switch err := ended.Wait(ctx, limit); {
		case errors.Is(err, clock.ErrLimit):
			return strategies.Value{}, ErrTimeout
		case err != nil:
			return strategies.Value{}, err
		}
		return a.value, a.err
	})
}

// answer is what a load came to. It is on the heap and not on the caller's stack: one
// that gave up does not look at it, and the query still writes it.
type answer struct {
	value strategies.Value
	err   error
}
