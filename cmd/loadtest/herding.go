package main

import (
	"sync"
	"time"

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
