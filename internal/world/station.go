package world

import "time"

// station is a first-come-first-served queue before c equal servers: the cores
// of a box, the network of a cache node, the slots of an origin. With service
// times known on arrival the whole wait is known too (Kiefer and Wolfowitz,
// 1955): the job starts when the server that is free first is free. So one
// sleep stands for queueing and service. Not safe for concurrent use.
type station struct {
	free   []time.Time     // min-heap: when each server is free
	starts fifo[time.Time] // of jobs that may still wait, in order
	busy   time.Duration   // service given out so far
}

// newStation returns c idle servers; with c = 0 there is always one free.
func newStation(c int) *station { return &station{free: make([]time.Time, c)} }

// reserve takes the place of a job in the queue and says when it will begin.
func (s *station) reserve(now time.Time, service time.Duration) (start time.Time) {
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

// waiting counts the jobs noted by wait that have not begun.
func (s *station) waiting(now time.Time) int {
	for s.starts.n > 0 && !s.starts.front().After(now) {
		s.starts.pop()
	}
	return s.starts.n
}

// wait notes that a job begins at start, for waiting.
func (s *station) wait(start time.Time) { s.starts.push(start) }

// sink restores the heap after its root grew.
func (s *station) sink() {
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

// correct makes the core that is free first be so later, or earlier.
func (s *station) correct(by time.Duration) {
	s.busy += by
	if len(s.free) > 0 {
		s.free[0] = s.free[0].Add(by)
		s.sink()
	}
}
