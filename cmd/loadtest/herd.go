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

// polled is the herd at an origin that is another process: it is asked for it
// every second.
type polled struct {
	largest atomic.Int64
	stop    context.CancelFunc
}

// poll asks until stop is called.
func poll(ctx context.Context, base string) *polled {
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
			stats, err := liveorigin.AskCounts(ctx, base)
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
