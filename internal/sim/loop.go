package sim

import (
	"context"
	"time"
)

// schedule makes t due at the given instant.
func (s *Sim) schedule(at int64, t *task) {
	s.seq++
	e := scheduled{at: at, seq: s.seq, task: t, turn: t.turn}
	if at == s.now {
		s.due.push(e)
		return
	}
	s.heap.push(e)
}

// pop returns the next task whose event still counts, and moves time to it.
//
// Everything in due was scheduled at this very instant, hence after whatever
// the heap holds for it: the heap's share goes first.
func (s *Sim) pop() *task {
	for {
		var e scheduled
		switch {
		case len(s.heap) > 0 && (s.due.n == 0 || s.heap[0].at == s.now):
			e = s.heap.pop()
		case s.due.n > 0:
			e = s.due.pop()
		default:
			return nil
		}
		if e.turn != e.task.turn {
			continue // it was woken by something else meanwhile
		}
		s.now = e.at
		s.count(e.task)
		return e.task
	}
}

// park waits until t is woken.
func (s *Sim) park(t *task, what string) {
	t.waits, t.since = what, s.now
	s.await(t)
	if s.dead {
		panic(unwind{})
	}
}

// await runs callbacks until it is t's turn, and passes the turn on to other
// processes until then.
//
// Processes resume each other: who passes the turn on stays below on a chain
// that begins with Run. A process further up the chain gets its turn when those
// above it yield; any other is resumed from here, and becomes the end of the
// chain. (Yielding to Run for every turn would switch twice each time.)
func (s *Sim) await(t *task) {
	for {
		next := s.next
		if next == nil && s.fault == nil {
			if next = s.pop(); next != nil && next.callback != nil {
				s.call(next)
				continue
			}
		}
		switch {
		case next == t:
			s.next, s.current = nil, t
			t.turn++
			return
		case next == nil || next.chained: // or the end of the run: down to Run
			s.next = next
			s.yield(t)
			return // resumed: it is t's turn
		default:
			s.resume(next)
		}
	}
}

// resume gives a process its turn, from Run or from another process. It
// returns when the process yields; s.next is then the one whose turn it is.
func (s *Sim) resume(t *task) {
	s.next = nil
	t.turn++
	t.chained = true
	s.current = t
	t.resume()
	t.chained = false
	s.current = nil
}

// yield goes back to whoever resumed t.
func (s *Sim) yield(t *task) {
	if !t.yield(struct{}{}) {
		s.dead = true
	}
}

// Run runs main as the first process and returns when nothing is left to do. A
// panic of a process or callback, and processes that wait for what can no
// longer happen, are errors that give the virtual time. After an error the
// clock is of no more use; otherwise time stands where it is and Run may be
// called again.
func (s *Sim) Run(main func()) error {
	s.Go("main", main)
	for s.fault == nil {
		t := s.pop()
		if t == nil {
			break
		}
		if t.callback != nil {
			s.call(t)
			continue
		}
		s.resume(t)
	}
	if s.fault == nil && len(s.idle) < len(s.tasks) {
		s.fault = s.deadlock()
	}
	s.release()
	return s.fault
}

// release ends every coroutine. Those in the middle of a body unwind: their
// deferred calls run, and any wait in them ends at once.
func (s *Sim) release() {
	s.dead = true
	for _, t := range s.tasks {
		t.stop()
	}
	s.tasks, s.idle, s.dead = nil, nil, s.fault != nil
}

// waiter is the process that is about to wait.
func (s *Sim) waiter() *task {
	if s.dead {
		panic(unwind{})
	}
	if s.current == nil {
		panic("sim: wait outside a process: a callback, or a goroutine that the clock did not start")
	}
	return s.current
}

// sleepUnless is Sleep under a context that may be cancelled.
func (s *Sim) sleepUnless(ctx context.Context, t *task, d time.Duration) error {
	c := cancellerOf(ctx)
	if err := cause(ctx, c); err != nil {
		return err
	}
	if c != nil {
		c.add(t)
		defer c.remove(t)
	}
	s.schedule(s.now+int64(max(d, 0)), t)
	s.park(t, "sleep")
	return cause(ctx, c)
}
