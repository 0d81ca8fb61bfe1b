package strategies

import (
	"context"
	"sync"

	"github.com/herdlab/herdlab/strategies/clock"
)

// crew runs functions, at most size of them at once.
type crew struct {
	clock clock.Clock
	size  int

	mu    sync.Mutex
	busy  int
	freed clock.Event // set whenever one ends
}

func newCrew(c clock.Clock, size int) *crew {
	return &crew{clock: c, size: size, freed: c.NewEvent("a place in the crew")}
}

// start runs f in a process of its own as soon as there is a place, or returns
// the cause of ctx's cancellation.
func (c *crew) start(ctx context.Context, name string, f func()) error {
	if err := c.wait(ctx, c.size-1); err != nil {
		return err
	}
	c.mu.Lock()
	c.busy++
	c.mu.Unlock()
	c.clock.Go(name, func() {
		defer c.end()
		f()
	})
	return nil
}

func (c *crew) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy--
	c.freed.Set()
}

// finish waits until all have ended.
func (c *crew) finish() { _ = c.wait(context.Background(), 0) }

// wait waits until no more than most are busy. Only one process may wait.
func (c *crew) wait(ctx context.Context, most int) error {
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		c.mu.Lock()
		if c.busy <= most {
			c.mu.Unlock()
			return nil
		}
		c.freed.Reset()
		c.mu.Unlock()
		if err := c.freed.Wait(ctx, clock.Forever); err != nil {
			return err
		}
	}
}
