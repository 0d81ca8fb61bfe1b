package main

import (
	"slices"
	"time"
)

// window is what happened in the last few slots of time.
type window struct {
	slots []slot // the oldest first; the last is filled now
	width time.Duration
}

// slot is what happened in one of them.
type slot struct {
	latencies []time.Duration
	herd      int // most loads of one key at once
}

func newWindow(slots int, width time.Duration) *window {
	return &window{slots: make([]slot, slots), width: width}
}

// now is the slot that is filled.
func (w *window) now() *slot { return &w.slots[len(w.slots)-1] }

// turn begins a new slot with the herd that there is, and forgets the oldest.
func (w *window) turn(herd int) {
	oldest := w.slots[0]
	copy(w.slots, w.slots[1:])
	*w.now() = slot{latencies: oldest.latencies[:0], herd: herd}
}

// figures are of all slots, the time before the traffic began left out: requests a
// second, their 99th percentile, the largest herd.
func (w *window) figures(since time.Duration) (rate float64, p99 time.Duration, herd int) {
	var all []time.Duration
	for _, s := range w.slots {
		all = append(all, s.latencies...)
		herd = max(herd, s.herd)
	}
	if n := len(all); n > 0 {
		slices.Sort(all)
		p99 = all[n*99/100]
	}
	span := min(since, w.width*time.Duration(len(w.slots)))
	return float64(len(all)) / max(span.Seconds(), 1e-3), p99, herd
}
