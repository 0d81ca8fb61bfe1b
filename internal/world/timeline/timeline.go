// Package timeline follows single requests through a modelled world, and writes down what
// takes their time.
//
// Nothing is followed in an ordinary run. A run in virtual time can be repeated exactly, so
// that whoever wants to know what became of a request runs it again with a [Recorder]. Each
// try at a request then carries a [Try], beside the job to the box, and from there on as
// the context of all that the strategy asks for. So it is seen where it asks, at the cache,
// at the origin and at the clock on which it waits, and knows nothing of it.
//
// All of it is free of effects: whatever a followed run does, it does as the other one did,
// event by event. Nil pointers and contexts that carry no Try note nothing.
package timeline

import (
	"context"
	"fmt"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

// Clock tells the time, and which process runs: by a number that is 0 outside all of them,
// and the name it was started under.
type Clock interface {
	Now() time.Time
	Process() (id uint32, name string)
}

// Recorder follows the requests of one run. Only the processes of a virtual clock may use
// it, one at a time.
type Recorder struct {
	clock  Clock
	begun  time.Time
	wanted map[int64]*metrics.Timeline // by number

	// What requests do to each other is told by what all of them do, not those alone that
	// are wanted.
	loads map[string][]*doing // under way, of a key
	waits []Span              // under way, of wanted ones, for what no load has begun yet
	locks map[string]*doing   // held, as far as the requests know
}

// doing is what a request does for others to wait for. It is compared by its address: one
// request may load a key twice at once, in front and behind.
type doing struct {
	request int64
	box     int
	since   time.Duration
}

// NewRecorder returns a recorder of the requests with these numbers.
func NewRecorder(clk Clock, numbers []int64) *Recorder {
	r := &Recorder{clock: clk, wanted: make(map[int64]*metrics.Timeline), loads: make(map[string][]*doing), locks: make(map[string]*doing)}
	for _, n := range numbers {
		r.wanted[n] = &metrics.Timeline{Number: n, Tries: []metrics.Try{}}
	}
	return r
}

// Begin has instants count from now.
func (r *Recorder) Begin(now time.Time) { r.begun = now }

// now is the instant on the run's clock.
func (r *Recorder) now() time.Duration { return r.clock.Now().Sub(r.begun) }

// Timeline is what became of a request that was wanted; nil if it was not. It is complete
// when the run has ended: a refresh may go on after the answer.
func (r *Recorder) Timeline(number int64) *metrics.Timeline { return r.wanted[number] }

// Try begins another try at a request that arrived at an instant.
func (r *Recorder) Try(number int64, n int, key string, at time.Duration) *Try {
	t := &Try{run: r, number: number, n: n, key: key, arrived: at, timeline: r.wanted[number]}
	t.ctx = carrier{context.Background(), t}
	if t.timeline != nil {
		t.timeline.Tries = append(t.timeline.Tries, metrics.Try{FromMS: t.now(), Steps: []metrics.Step{}})
	}
	return t
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

// say says who does what since when.
func (d *doing) say(what string) string {
	return fmt.Sprintf("%s request %d, since %.6f s", what, d.request, d.since.Seconds())
}
