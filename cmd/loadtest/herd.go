package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	liveorigin "github.com/herdlab/herdlab/internal/live/origin"
	"github.com/herdlab/herdlab/internal/world/origin"
)

// herding hears of the loads of a run on their way to who records them, and
// tells the screen how many of one key are under way.
type herding struct {
	origin.Observer
	screen *screen

	mu   sync.Mutex
	keys map[string]int
}

func (h *herding) LoadStarted(key string, at time.Time) {
	h.Observer.LoadStarted(key, at)
	h.mu.Lock()
	h.keys[key]++
	n := h.keys[key]
	h.mu.Unlock()
	h.screen.herd(n)
}

func (h *herding) LoadEnded(key string, at time.Time) {
	h.Observer.LoadEnded(key, at)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.keys[key]--; h.keys[key] == 0 {
		delete(h.keys, key)
	}
}

// largest is the most loads of one key that are under way.
func (h *herding) largest() (most int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, n := range h.keys {
		most = max(most, n)
	}
	return most
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
