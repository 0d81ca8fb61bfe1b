package publish

import (
	"context"
	"sync"

	"github.com/herdlab/herdlab/strategies/clock"
)

// parallel runs functions in processes of their own, at most size of them at once. It is
// what a semaphore and a WaitGroup would be, on a clock that may be virtual.
type parallel struct {
	clock clock.Clock
	size  int

	mu    sync.Mutex
	busy  int
	freed clock.Event // set whenever one ends
}

// start runs f in a process of its own as soon as there is a place, or returns
// the cause of ctx's cancellation.
func (p *parallel) start(ctx context.Context, name string, f func()) error {
	if err := p.wait(ctx, p.size-1); err != nil {
		return err
	}
	p.mu.Lock()
	p.busy++
	p.mu.Unlock()
	p.clock.Go(name, func() {
		defer func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.busy--
			p.freed.Set()
		}()
		f()
	})
	return nil
}

// wait waits until no more than most are busy. Only one process may wait: the event is
// reset under the mutex after the count was read, so that an end in between sets it again
// and is not missed, which would not hold for two.
func (p *parallel) wait(ctx context.Context, most int) error {
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		p.mu.Lock()
		if p.busy <= most {
			p.mu.Unlock()
			return nil
		}
		p.freed.Reset()
		p.mu.Unlock()
		if err := p.freed.Wait(ctx, clock.Forever); err != nil {
			return err
		}
	}
}
