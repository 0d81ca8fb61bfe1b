// Package station is a first-come-first-served queue before c equal servers: the
// cores of a box, the network of a cache node, the slots of an origin.
//
// Instants are in nanoseconds, from wherever the caller counts.
package station

import (
	"math"
	"time"

	"github.com/herdlab/herdlab/internal/queue"
	"github.com/herdlab/herdlab/internal/world/gauge"
)

// Station gives jobs to servers. With service times known on arrival the whole
// wait is known too (Kiefer and Wolfowitz, "On the theory of queues with many
// servers", 1955): the job starts when the server that is free first is free. So
// one sleep stands for queueing and service. Not safe for concurrent use.
type Station struct {
	free   queue.Heap[struct{}] // when each server is free
	starts queue.Ring[int64]    // of jobs that may still wait, in order
	busy   time.Duration        // service given out so far
	gauge  *gauge.Gauge
}

// New returns c idle servers; with c = 0 there is always one free.
func New(c int) *Station {
	s := &Station{}
	for range c {
		s.free.Push(queue.Entry[struct{}]{At: math.MinInt64})
	}
	return s
}

// Reserve takes the place of a job in the queue and says when it will begin. What
// would begin or end later than an int64 can say does so at its end.
func (s *Station) Reserve(now int64, service time.Duration) (start int64) {
	s.busy += service
	if s.free.Len() == 0 {
		return now
	}
	start = max(now, s.free.Min().At)
	end := start + min(int64(service), math.MaxInt64-start)
	s.free.Replace(queue.Entry[struct{}]{At: end})
	s.gauge.Serve(now, start, end, s.free.Min().At)
	return start
}

// Watch has a gauge hear of every job.
func (s *Station) Watch(g *gauge.Gauge) { s.gauge = g }

// Busy is the service given out so far, that of jobs included that have not begun.
func (s *Station) Busy() time.Duration { return s.busy }

// Correct makes the server that is free first be so later, or earlier: a job on it
// took so much longer than was said when it came.
func (s *Station) Correct(by time.Duration) {
	s.busy += by
	if s.free.Len() > 0 {
		s.free.Replace(queue.Entry[struct{}]{At: s.free.Min().At + int64(by)})
	}
}

// Note remembers that a job begins at start, for [Station.Waiting].
func (s *Station) Note(start int64) { s.starts.Push(start) }

// Waiting counts the jobs noted that have not begun. Jobs begin in the order in
// which they came, so those that have begun are at the front.
func (s *Station) Waiting(now int64) int {
	for s.starts.Len() > 0 && *s.starts.Front() <= now {
		s.starts.Pop()
	}
	return s.starts.Len()
}
