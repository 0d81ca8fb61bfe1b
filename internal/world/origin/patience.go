package origin

import (
	"context"
	"errors"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// patient is a way to the origin on which nobody waits for a load longer than
// limit. A caller that gives up tells the origin nothing, as a database client does
// not whose read time-out strikes: the query keeps its place there, and later its
// slot, and its result is lost. So a time-out takes no load off an origin.
type patient struct {
	clock  clock.Clock
	loader strategies.Loader
	limit  time.Duration
}

// Patient is the way to loader for boxes that wait for limit at most; 0 is for
// ever.
func Patient(clk clock.Clock, loader strategies.Loader, limit time.Duration) strategies.Loader {
	if limit == 0 {
		return loader
	}
	return &patient{clock: clk, loader: loader, limit: limit}
}

// Load computes the value of key, in a process that outlives the wait for it, and the
// caller: only the wait ends with the caller's context.
func (p *patient) Load(ctx context.Context, key string) (strategies.Value, error) {
	a := new(answer)
	ended := p.clock.NewEvent("the origin")
	lasting := context.WithoutCancel(ctx)
	p.clock.Go("query", func() {
		a.value, a.err = p.loader.Load(lasting, key)
		ended.Set()
	})
	switch err := ended.Wait(ctx, p.limit); {
	case errors.Is(err, clock.ErrLimit):
		return strategies.Value{}, ErrTimeout
	case err != nil:
		return strategies.Value{}, err
	}
	return a.value, a.err
}

// answer is what a load came to. It is on the heap and not on the caller's stack: one
// that gave up does not look at it, and the query still writes it.
type answer struct {
	value strategies.Value
	err   error
}
