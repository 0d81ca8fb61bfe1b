package main

import (
	"context"
	"sync/atomic"
	"time"

	liveorigin "github.com/herdlab/herdlab/internal/live/origin"
	"github.com/herdlab/herdlab/internal/world/origin"
)

// tee tells two of the loads of a run.
type tee [2]origin.Observer

// LoadStarted tells both.
func (t tee) LoadStarted(key string, at time.Time) {
	t[0].LoadStarted(key, at)
	t[1].LoadStarted(key, at)
}

// LoadEnded tells both.
func (t tee) LoadEnded(key string, at time.Time) {
	t[0].LoadEnded(key, at)
	t[1].LoadEnded(key, at)
}

// hearLoads counts the loads that an observer is told, and returns how to hear of the
// largest herd since that was last asked.
func hearLoads(observer *origin.Observer) (herd func() int) {
	var herds liveorigin.Herds
	*observer = tee{*observer, &herds}
	return func() int {
		defer herds.Reset()
		return int(herds.Stats().HerdPeak)
	}
}

// poll asks an origin that is another process for its herd every second, until ctx
// ends, and returns how to hear of the last answer.
func poll(ctx context.Context, base string) (herd func() int) {
	var largest atomic.Int64
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			stats, err := liveorigin.AskCounts(ctx, base)
			if err != nil {
				continue // the run itself says so at its end
			}
			var most int64
			for _, k := range stats.ByKey {
				most = max(most, k.InFlight)
			}
			largest.Store(most)
		}
	}()
	return func() int { return int(largest.Load()) }
}
