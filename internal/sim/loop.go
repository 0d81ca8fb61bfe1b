package sim

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"time"

	"github.com/herdlab/herdlab/internal/queue"
)

// task is what an event wakes: a process, or a callback. Both are recycled: a new
// task has a new id, which is in the trace hash, so that the order in which they are
// taken and given back is a part of every result.
type task struct {
	id   uint32
	turn uint32 // counts wake-ups; an event of an earlier turn is void
	name string

	callback func() // not nil for a callback, which has no coroutine

	body    func()
	resume  func() (struct{}, bool)
	stop    func()
	yield   func(struct{}) bool
	chained bool // it has been resumed and has not yielded

	waits string // what it waits for, for the report of a deadlock
	since int64
	bySet bool // its wait was ended by an event's Set
}

// wakeUp is what a task is due for: its next turn, unless it has had another one
// by then. (A task that waits with a limit has two: the limit's, and the one of
// whatever it waits for. Whichever comes second is void, which is cheaper than to
// take it out of the heap.)
type wakeUp struct {
	task *task
	turn uint32
}

// counts reports whether the task has not had that turn.
func (w wakeUp) counts() bool { return w.turn == w.task.turn }

// schedule makes t due at the given instant. What is due now needs no heap: it is
// behind everything else that is due now, so a queue keeps the order. The
// first turn of every process is of that kind.
func (s *Sim) schedule(at int64, t *task) {
	w := wakeUp{t, t.turn}
	if at == s.now {
		s.due.Push(w)
		return
	}
	s.seq++
	s.heap.Push(queue.Entry[wakeUp]{At: at, Seq: s.seq, Value: w})
}

// wake makes the process of w due now and reports true, unless that wait is
// already over or has been ended by another wake-up of the same instant.
func (s *Sim) wake(w wakeUp) bool {
	if !w.counts() {
		return false
	}
	w.task.turn++ // voids its time limit and every other wake-up
	s.schedule(s.now, w.task)
	return true
}

// pop returns the next task whose event still counts, and moves time to it.
//
// Everything in due was scheduled at this very instant, hence after whatever
// the heap holds for it: the heap's share goes first.
func (s *Sim) pop() *task {
	if s.watch != nil {
		if s.look(); s.fault != nil {
			return nil
		}
	}
	for {
		var w wakeUp
		at := s.now
		switch {
		case s.heap.Len() > 0 && (s.due.Len() == 0 || s.heap.Min().At == s.now):
			e := s.heap.Pop()
			w, at = e.Value, e.At
		case s.due.Len() > 0:
			w = s.due.Pop()
		default:
			return nil
		}
		if w.counts() {
			s.now = at
			s.count(w.task)
			return w.task
		}
	}
}

// hashSeed is the offset basis of FNV-1a, an arbitrary odd start.
const hashSeed = 14695981039346656037

// count enters one event into the trace hash.
func (s *Sim) count(t *task) {
	s.events++
	h := (s.hash ^ uint64(s.now)) * 0x9E3779B97F4A7C15
	s.hash = (h ^ h>>32 ^ uint64(t.id)) * 0xD6E8FEB86659FD93
}

// look calls the watch, on the stack of whoever found the event before over.
func (s *Sim) look() {
	running := s.current
	s.current = nil // it may not wait
	func() {
		defer s.catch(nil)
		s.watch()
	}()
	s.current = running
}

// process readies an idle coroutine, or a new one, to run body. The one that became
// idle last is taken first: its stack is the warmest.
func (s *Sim) process(name string, body func()) *task {
	var t *task
	if n := len(s.idle); n > 0 {
		t, s.idle = s.idle[n-1], s.idle[:n-1]
	} else {
		s.ids++
		t = &task{id: s.ids}
		t.resume, t.stop = iter.Pull(func(yield func(struct{}) bool) { s.live(t, yield) })
		s.tasks = append(s.tasks, t)
	}
	t.name, t.body, t.waits, t.since = name, body, "its first turn", s.now
	return t
}

// live is the life of a coroutine: one body after another, since a new coroutine
// costs ten times what a turn does. A panic of a body ends it, and is the run's
// fault.
func (s *Sim) live(t *task, yield func(struct{}) bool) {
	defer s.catch(t)
	t.yield = yield
	for {
		t.body()
		t.body, t.turn = nil, t.turn+1
		s.idle = append(s.idle, t)
		s.await(t)
		if s.dead {
			return
		}
	}
}

// callback readies a used task, or a new one, to call f once. Nothing else holds a
// used one: a callback has one event, and that has come.
func (s *Sim) callback(f func()) *task {
	if n := len(s.spare); n > 0 {
		t := s.spare[n-1]
		s.spare = s.spare[:n-1]
		t.callback = f
		return t
	}
	s.ids++
	return &task{id: s.ids, name: "callback", callback: f}
}

// call runs a callback on the stack of the process that looks for the next event.
func (s *Sim) call(t *task) {
	running := s.current
	s.current = nil
	f := t.callback
	t.callback = nop // lets go of what f holds; f itself may take t again
	s.spare = append(s.spare, t)
	func() {
		defer s.catch(t)
		f()
	}()
	s.current = running
}

// nop marks a task as a callback while it is spare.
func nop() {}

// park waits until t is woken. What it waits for is noted for the report of a
// deadlock alone.
func (s *Sim) park(t *task, what string) {
	t.waits, t.since = what, s.now
	s.await(t)
	if s.dead {
		panic(unwind{})
	}
}

// crowd is how many processes must be under way for callbacks to be called by Run
// and no longer by the process that finds them due. Among few that saves two
// switches, as the process often is the one that the callback then wakes. In a
// burst every process would call one callback in its life, and grow its stack for
// that one from 4 KB to 8: with 51,000 in flight a fifth of the time and of the
// memory. Which of the two is done changes nothing but the cost.
const crowd = 1000

// await runs callbacks until it is t's turn, and passes the turn on to other
// processes until then.
//
// Processes resume each other: the one that passes the turn on stays below on a
// chain that begins with Run. A process further up the chain gets its turn when
// those above it yield; any other is resumed from here, and becomes the end of the
// chain. (Yielding to Run for every turn would switch twice each time.)
func (s *Sim) await(t *task) {
	for {
		next := s.next
		if next == nil && s.fault == nil {
			if next = s.pop(); next != nil && next.callback != nil && len(s.tasks)-len(s.idle) < crowd {
				s.call(next)
				continue
			}
		}
		switch {
		case next == t:
			s.next, s.current = nil, t
			t.turn++
			return
		case next == nil || next.chained || next.callback != nil: // at the end of the run, or for a callback: down to Run
			s.next = next
			if !t.yield(struct{}{}) { // the end of the run: the body that t is in the middle of unwinds
				s.dead = true
			}
			return // resumed: it is t's turn
		default:
			s.next = nil
			s.resume(next)
		}
	}
}

// resume gives a process its turn, from Run or from another process, neither of which
// has a next one then. It returns when the process yields; s.next is then the one whose
// turn it is.
func (s *Sim) resume(t *task) {
	t.turn++
	t.chained = true
	s.current = t
	t.resume()
	t.chained = false
	s.current = nil
}

// waiter is the process that is about to wait. To wait where nobody's turn can be
// given is a mistake of the caller, and would hang the run for good.
func (s *Sim) waiter() *task {
	if s.dead {
		panic(unwind{})
	}
	if s.current == nil {
		panic("sim: wait outside a process: a callback, or a goroutine that the clock did not start")
	}
	return s.current
}

// sleepUnless is Sleep under a context that may be cancelled, before it or meanwhile.
func (s *Sim) sleepUnless(ctx context.Context, t *task, d time.Duration) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	c := cancellerOf(ctx)
	c.add(t)
	defer c.remove(t)
	s.schedule(s.now+int64(max(d, 0)), t)
	s.park(t, "sleep")
	return context.Cause(ctx)
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

// catch makes a panic of t the fault of the run; t is nil for the watch. The first
// one counts: what follows is the unwinding of the others.
func (s *Sim) catch(t *task) {
	switch v := recover().(type) {
	case nil, unwind:
	default:
		if s.fault != nil {
			return
		}
		name := "watch"
		if t != nil {
			name = t.name
		}
		s.fault = &PanicError{At: s.Elapsed(), Name: name, Value: v, Stack: debug.Stack()}
	}
}

// deadlock is the fault of a run in which nothing is due and somebody waits.
func (s *Sim) deadlock() error {
	e := &DeadlockError{At: s.Elapsed()}
	for _, t := range s.tasks { // by age
		if t.body != nil { // it is in the middle of it
			e.Waiting = append(e.Waiting, fmt.Sprintf("%s waits for %s since %v", t.name, t.waits, time.Duration(t.since)))
		}
	}
	return e
}
