package sim

import "iter"

// task is what an event wakes: a process, or a callback.
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

// process readies an idle coroutine, or a new one, to run body.
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

// live is the life of a coroutine: one body after another. A panic of a body
// ends it, and is the run's fault.
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

// callback readies a used task, or a new one, to call f once.
func (s *Sim) callback(f func()) *task {
	if n := len(s.spare); n > 0 {
		t := s.spare[n-1]
		s.spare = s.spare[:n-1]
		t.callback = f
		return t
	}
	s.ids++
	return &task{id: s.ids, callback: f}
}

// call runs a callback on the stack of whoever looks for the next event.
func (s *Sim) call(t *task) {
	running := s.current
	s.current = nil
	f := t.callback
	t.callback = nop
	s.spare = append(s.spare, t)
	func() {
		defer s.catch(t)
		f()
	}()
	s.current = running
}

// nop marks a task as a callback while it is spare.
func nop() {}
