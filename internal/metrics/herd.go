package metrics

import (
	"fmt"
	"time"
)

// herd follows the loads under way at the origin, of each key and in all.
//
// The herd, or stampede, is what a cache is for: the number of loads of one key at
// once. One is needed, every further one is a duplicate, and computes what is being
// computed already. Its height over time is kept by counting keys by their height:
//
//	byKey    a: 3  b: 1  c: 1
//	tallest  3: 1  1: 2            the height is 3; when one of a's loads ends,
//	tallest  2: 1  1: 2            it is 2, and nobody had to look at b and c
type herd struct {
	byKey map[string]int64
	all   int64
	width time.Duration

	Loads // that began outside of every warm-up

	windowPeak, windowAll []int64
	last                  int             // window of the latest event
	tallest               map[int64]int64 // number of keys by their loads under way
}

func newHerd(windows int, width time.Duration) *herd {
	return &herd{
		byKey: make(map[string]int64), tallest: make(map[int64]int64), width: width,
		windowPeak: make([]int64, windows), windowAll: make([]int64, windows),
	}
}

// started notes a load. It is a duplicate if another of its key is under way.
func (h *herd) started(key string, at time.Duration, counts bool) {
	w := h.advance(at)
	n := h.byKey[key] + 1
	h.byKey[key] = n
	h.rank(n-1, n)
	h.all++
	if counts {
		h.Computes++
		if n > 1 {
			h.DuplicateComputes++
		}
		h.HerdPeak, h.OriginInFlightPeak = max(h.HerdPeak, n), max(h.OriginInFlightPeak, h.all)
	}
	if last := len(h.windowPeak) - 1; last >= 0 {
		w = min(w, last) // how high a late herd is counts there
		h.windowPeak[w] = max(h.windowPeak[w], n)
		h.windowAll[w] = max(h.windowAll[w], h.all)
	}
}

// ended notes the end of a load. Loads go on under keys and are not told apart: which
// of two loads of one key ended makes no difference to any count.
func (h *herd) ended(key string, at time.Duration) {
	h.advance(at)
	n := h.byKey[key] - 1
	if n < 0 {
		panic(fmt.Sprintf("metrics: a load of %q ended at %v that had not begun", key, at))
	}
	h.rank(n+1, n)
	h.all--
	if n == 0 {
		delete(h.byKey, key)
		return
	}
	h.byKey[key] = n
}

// rank keeps, for every height, the number of keys with so many loads.
func (h *herd) rank(from, to int64) {
	if h.tallest[from]--; h.tallest[from] <= 0 {
		delete(h.tallest, from)
	}
	if to > 0 {
		h.tallest[to]++
	}
}

// advance moves to the window of at. Loads that go on from one window into the
// next count in both.
func (h *herd) advance(at time.Duration) int {
	// A load that was begun in an earlier window and goes on is in every window between
	// then and now, though nothing happened in them: their peak is what there is now.
	w := int(at / h.width)
	if h.last < w {
		peak := h.height()
		for i := h.last + 1; i <= min(w, len(h.windowPeak)-1); i++ {
			h.windowPeak[i], h.windowAll[i] = peak, h.all
		}
		h.last = w
	}
	return w
}

// height is the most loads of one key under way now.
func (h *herd) height() (height int64) {
	for n := range h.tallest {
		height = max(height, n)
	}
	return height
}

// law is what does not add up: the loads of the keys are those in all, and no
// herd is higher than them. At the end none is left.
func (h *herd) law(ended bool) error {
	switch {
	case h.all < 0, ended && h.all != 0, h.all < h.height():
		return fmt.Errorf("%d loads of the origin are under way, %d of one key", h.all, h.height())
	case h.DuplicateComputes > h.Computes, h.HerdPeak > h.OriginInFlightPeak:
		return fmt.Errorf("of %d loads, %d at once, are %d duplicates and %d of one key at once",
			h.Computes, h.OriginInFlightPeak, h.DuplicateComputes, h.HerdPeak)
	}
	return nil
}
