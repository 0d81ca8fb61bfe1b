// Package sim is a virtual clock: time that passes only when every process
// waits, and that gives the same run every time.
//
// A process is ordinary blocking Go code started by [Sim.Go]; it waits through
// the methods of clock.Clock. One process runs at a time. When it waits, the
// earliest event is next, and events of the same instant run in the order in
// which they were scheduled, so a run is a function of its inputs alone.
//
// Processes are coroutines (iter.Pull) and are recycled. A process that waits
// looks for the next event itself: a callback ([Sim.AfterFunc]) runs on its
// stack, its own wake-up simply returns, and only another process's turn costs
// a switch. The modelled world keeps what never blocks (arrivals, time-outs)
// in callbacks for that reason.
package sim

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/queue"
	"github.com/herdlab/herdlab/strategies/clock"
)

// Epoch is the instant at which virtual clocks start, unless they are told. It has no meaning
// but this: a wall-clock date would be one more input of a run.
var Epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Sim is a virtual clock and its scheduler. Only its own processes and
// callbacks may use it while it runs: it has no lock, because nothing runs
// beside the process whose turn it is.
//
// Its methods stand in two files: this one is what others call, loop.go is how a
// turn goes from one process to the next.
type Sim struct {
	start  time.Time
	now    int64     // nanoseconds since start
	read   time.Time // Now at readAt
	readAt int64
	seq    uint64
	heap   queue.Heap[wakeUp]
	due    queue.Ring[wakeUp] // scheduled for this very instant, behind what the heap has for it

	current *task // the process that runs; nil inside a callback
	next    *task // the task whose turn was found to be next by a process that cannot give it
	idle    []*task
	tasks   []*task // every process there ever was: those with a body are in the middle of it
	ids     uint32
	spare   []*task // used callbacks

	watch  func() // called after every event; nil as a rule
	hash   uint64
	events int64
	fault  error
	dead   bool // unwinding what is left after a fault
}

var _ clock.Clock = (*Sim)(nil)

// New returns a virtual clock at Epoch.
func New() *Sim { return At(Epoch) }

// At returns a virtual clock that starts at another instant: what counts in whole seconds
// sees in which part of one it is.
func At(start time.Time) *Sim { return &Sim{start: start, read: start, hash: hashSeed} }

// Now is the virtual instant.
func (s *Sim) Now() time.Time {
	if s.now != s.readAt { // most instants are read several times
		s.readAt, s.read = s.now, s.start.Add(time.Duration(s.now))
	}
	return s.read
}

// Elapsed is the virtual time since the start.
func (s *Sim) Elapsed() time.Duration { return time.Duration(s.now) }

// Sleep lets d of virtual time pass for this process; nothing, for a d below
// zero. Its error is that of ctx, if it is a virtual one (see [Sim.WithCancel])
// and is cancelled first.
func (s *Sim) Sleep(ctx context.Context, d time.Duration) error {
	t := s.waiter()
	if ctx.Done() != nil {
		return s.sleepUnless(ctx, t, d)
	}
	at := s.now + int64(max(d, 0))
	if s.due.Len() == 0 && (s.heap.Len() == 0 || at < s.heap.Min().At) && s.watch == nil {
		s.now = at // nobody else is due before: time passes where we stand
		s.count(t)
		return nil
	}
	s.schedule(at, t)
	s.park(t, "sleep")
	return nil
}

// Go starts f as a process, at this instant but after what is already due. The
// name is for the report of a panic or a deadlock.
func (s *Sim) Go(name string, f func()) {
	t := s.process(name, f)
	s.schedule(s.now, t)
}

// AfterFunc calls f once d has passed. f must not wait: it has no stack of its
// own, which makes it cheaper than a process.
func (s *Sim) AfterFunc(d time.Duration, f func()) {
	t := s.callback(f)
	s.schedule(s.now+int64(max(d, 0)), t)
}

// NewEvent returns an unset event.
func (s *Sim) NewEvent(name string) clock.Event { return &event{sim: s, name: name} }

// WithCancel is context.WithCancel in virtual time: the cancellation reaches
// those who wait on the virtual clock at the instant it is made. (A wait under
// a context made by package context alone notices the cancellation only when
// it ends for another reason, since its Done channel is outside virtual time.)
func (s *Sim) WithCancel(parent context.Context) (context.Context, context.CancelFunc) {
	inner, cancel := context.WithCancel(parent)
	c := &canceller{Context: inner, sim: s}
	var up *canceller
	if parent.Done() != nil { // context.WithoutCancel still has the values above it
		up = cancellerOf(parent)
	}
	if up != nil {
		up.below = append(up.below, c)
	}
	return c, func() {
		cancel()
		if up != nil { // it may outlive many such contexts
			up.below = slices.DeleteFunc(up.below, func(o *canceller) bool { return o == c })
		}
		c.wake()
	}
}

// Process is the process that runs, by a number that no other one has while it does, and
// the name it was started under; 0 inside a callback.
func (s *Sim) Process() (id uint32, name string) {
	if s.current == nil {
		return 0, ""
	}
	return s.current.id, s.current.name
}

// Watch has check called after every event, and before the next one: what a soak
// asserts of a model. It may look and not touch: it must neither wait nor
// schedule. Its panic is the run's error, with the virtual time of the event.
func (s *Sim) Watch(check func()) { s.watch = check }

// Events is the number of events so far.
func (s *Sim) Events() int64 { return s.events }

// TraceHash is a hash over all events so far, in order: when, and whose. Two
// runs that did the same have the same hash.
func (s *Sim) TraceHash() uint64 { return s.hash }

// Run runs main as the first process and returns when nothing is left to do. A
// panic of a process or callback, and processes that wait for what can no
// longer happen, are errors that give the virtual time. After an error the
// clock is of no more use; otherwise time stands where it is and Run may be
// called again.
func (s *Sim) Run(main func()) error {
	s.Go("main", main)
	for s.fault == nil {
		t := s.next // what a process found due and left to Run
		if s.next = nil; t == nil {
			t = s.pop()
		}
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

// unwind is the panic that ends a process whose clock has stopped, so that its
// deferred calls run. It is no fault.
type unwind struct{}

// PanicError is a panic of a process or callback.
type PanicError struct {
	At    time.Duration // virtual time
	Name  string        // of the process
	Value any
	Stack []byte
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("panic in process %q at virtual time %v: %v\n%s", e.Name, e.At, e.Value, e.Stack)
}

// Unwrap gives the panic's value where it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// DeadlockError says that processes wait and nothing can wake them.
type DeadlockError struct {
	At      time.Duration // virtual time
	Waiting []string      // "name waits for what since when", in order of their start
}

func (e *DeadlockError) Error() string {
	return fmt.Sprintf("deadlock at virtual time %v: %d processes wait and nothing can wake them: %s",
		e.At, len(e.Waiting), strings.Join(e.Waiting, "; "))
}
