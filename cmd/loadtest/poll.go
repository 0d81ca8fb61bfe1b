package main

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/live"
)

// polled is the herd at an origin that is another process: it is asked for it
// every second.
type polled struct {
	largest atomic.Int64
	stop    context.CancelFunc
}

// poll asks until stop is called.
func poll(ctx context.Context, origin string) *polled {
	ctx, cancel := context.WithCancel(ctx)
	p := &polled{stop: cancel}
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			stats, err := live.AskOrigin(ctx, origin)
			if err != nil {
				continue // the run itself says so at its end
			}
			var most int64
			for _, k := range stats.ByKey {
				most = max(most, k.InFlight)
			}
			p.largest.Store(most)
		}
	}()
	return p
}

func (p *polled) herd() int { return int(p.largest.Load()) }
