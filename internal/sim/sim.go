package sim

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

// Epoch is the instant at which every virtual clock starts.
var Epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Sim is a virtual clock and its scheduler. Only its own processes and
// callbacks may use it while it runs.
type Sim struct {
	now    int64     // nanoseconds since Epoch
	read   time.Time // Now at readAt
	readAt int64
	seq    uint64
	heap   heap
	due    queue // scheduled for this very instant, behind what the heap has for it

	current *task // the process that runs; nil inside a callback
	next    *task // whom the root loop is to resume
	idle    []*task
	tasks   []*task // every process there ever was: those with a body are in the middle of it
	ids     uint32
	spare   []*task // used callbacks

	hash   uint64
	events int64
	fault  error
	dead   bool // unwinding what is left after a fault
}

var _ clock.Clock = (*Sim)(nil)

// New returns a virtual clock at Epoch.
func New() *Sim { return &Sim{read: Epoch, hash: hashSeed} }

// Now is the virtual instant.
func (s *Sim) Now() time.Time {
	if s.now != s.readAt { // most instants are read several times
		s.readAt, s.read = s.now, Epoch.Add(time.Duration(s.now))
	}
	return s.read
}

// Elapsed is the virtual time since Epoch.
func (s *Sim) Elapsed() time.Duration { return time.Duration(s.now) }

// Sleep lets d of virtual time pass for this process.
func (s *Sim) Sleep(ctx context.Context, d time.Duration) error {
	t := s.waiter()
	if ctx.Done() != nil {
		return s.sleepUnless(ctx, t, d)
	}
	at := s.now + int64(max(d, 0))
	if s.due.n == 0 && (len(s.heap) == 0 || at < s.heap[0].at) {
		s.now = at // nobody else is due before: time passes where we stand
		s.count(t)
		return nil
	}
	s.schedule(at, t)
	s.park(t, "sleep")
	return nil
}

// Go starts f as a process, at this instant but after what is already due.
func (s *Sim) Go(name string, f func()) {
	t := s.process(name, f)
	s.schedule(s.now, t)
}

// AfterFunc calls f once d has passed. f must not wait.
func (s *Sim) AfterFunc(d time.Duration, f func()) {
	t := s.callback(f)
	s.schedule(s.now+int64(max(d, 0)), t)
}

// NewEvent returns an unset event.
func (s *Sim) NewEvent(name string) clock.Event { return &event{sim: s, name: name} }

// Events is the number of events so far.
func (s *Sim) Events() int64 { return s.events }

// TraceHash is a hash over all events so far, in order: when, and whose. Two
// runs that did the same have the same hash.
func (s *Sim) TraceHash() uint64 { return s.hash }
