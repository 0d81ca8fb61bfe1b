// Package station is a first-come-first-served queue before c equal servers: the
// cores of a box, the network of a cache node, the slots of an origin.
package station

import (
	"time"

	"github.com/herdlab/herdlab/internal/queue"
)

// Station gives jobs to servers. With service times known on arrival the whole
// wait is known too (Kiefer and Wolfowitz, "On the theory of queues with many
// servers", 1955): the job starts when the server that is free first is free. So
// one sleep stands for queueing and service. Not safe for concurrent use.
type Station struct {
	free   []time.Time           // min-heap: when each server is free
	starts queue.Ring[time.Time] // of jobs that may still wait, in order
	busy   time.Duration         // service given out so far
}

// New returns c idle servers; with c = 0 there is always one free.
func New(c int) *Station { return &Station{free: make([]time.Time, c)} }

// Reserve takes the place of a job in the queue and says when it will begin.
func (s *Station) Reserve(now time.Time, service time.Duration) (start time.Time) {
	s.busy += service
	if len(s.free) == 0 {
		return now
	}
	start = now
	if s.free[0].After(now) {
		start = s.free[0]
	}
	s.free[0] = start.Add(service)
	s.sink()
	return start
}

// Busy is the service given out so far, that of jobs included that have not begun.
func (s *Station) Busy() time.Duration { return s.busy }

// Correct makes the server that is free first be so later, or earlier: a job on it
// took so much longer than was said when it came.
func (s *Station) Correct(by time.Duration) {
	s.busy += by
	if len(s.free) > 0 {
		s.free[0] = s.free[0].Add(by)
		s.sink()
	}
}

// Note remembers that a job begins at start, for [Station.Waiting].
func (s *Station) Note(start time.Time) { s.starts.Push(start) }

// Waiting counts the jobs noted that have not begun. Jobs begin in the order in
// which they came, so those that have begun are at the front.
func (s *Station) Waiting(now time.Time) int {
	for s.starts.Len() > 0 && !s.starts.Front().After(now) {
		s.starts.Pop()
	}
	return s.starts.Len()
}

// sink restores the heap after its root grew.
func (s *Station) sink() {
	q, i := s.free, 0
	for {
		child := 2*i + 1
		if child >= len(q) {
			return
		}
		if child+1 < len(q) && q[child+1].Before(q[child]) {
			child++
		}
		if !q[child].Before(q[i]) {
			return
		}
		q[i], q[child] = q[child], q[i]
		i = child
	}
}
