package metrics

import (
	"sync/atomic"
	"time"
)

// events counts what happens over time, one kind of it. It is safe for concurrent
// use: on the wall clock the boxes read the cache all at once.
type events struct {
	windows, phases []atomic.Int64
	counted         atomic.Int64 // outside of every warm-up
}

func newEvents(windows, phases int) *events {
	return &events{windows: make([]atomic.Int64, windows), phases: make([]atomic.Int64, phases)}
}

// add counts one. A phase has a count of its own, since phases may begin in the middle
// of a window, and may overlap. What happens after the last window, when the last requests end, is
// in no window: all of it together would be that one's peak.
func (e *events) add(at time.Duration, s *Summary) {
	if w := int(at / s.cfg.Window); w < len(e.windows) {
		e.windows[w].Add(1)
	}
	for i := range s.cfg.Phases {
		if s.cfg.Phases[i].holds(at) {
			e.phases[i].Add(1)
		}
	}
	if s.counts(at) {
		e.counted.Add(1)
	}
}

// series is the number in every window.
func (e *events) series() []int64 {
	counts := make([]int64, len(e.windows))
	for i := range e.windows {
		counts[i] = e.windows[i].Load()
	}
	return counts
}

// peak is the highest number of a window that does not begin in a warm-up, and the
// highest rate a second over one. A window is in or out as a whole: phases seldom begin
// within one. The last may be cut short by the end of the traffic.
func (e *events) peak(s *Summary) (most int64, fastest float64) {
	for i := range e.windows {
		begin := time.Duration(i) * s.cfg.Window
		if width := min(s.cfg.Window, s.cfg.Duration-begin); s.counts(begin) {
			n := e.windows[i].Load()
			most, fastest = max(most, n), max(fastest, float64(n)/width.Seconds())
		}
	}
	return most, fastest
}
