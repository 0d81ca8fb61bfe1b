package workloads

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"time"
)

// Op is what a request does with its key.
type Op uint8

const (
	Read  Op = iota // asks for the value
	Write           // changes the value at the origin
)

func (o Op) String() string {
	if o == Write {
		return "write"
	}
	return "read"
}

// Request is one request of the traffic.
type Request struct {
	At    time.Duration // since the start of the run
	Key   string        // what is asked for; "" for a bystander
	Op    Op
	User  int // who is signed in, from 1; 0 is nobody
	Size  int // of the key's value, in bytes; 0 for a bystander
	Class int // index of its class, as given to [New]
}

// Workload is the traffic of one run, in the order of its time. It is not safe
// for concurrent use.
type Workload struct {
	feeds   []feed // by class
	classes []*class
	heads   []head
	started bool
	err     error
}

// feed is the requests of one class.
type feed interface {
	// advance goes on to the next request and returns its instant. At the end
	// the error is io.EOF.
	advance() (time.Duration, error)

	// take fills in the request that it has advanced to, all but At and Class.
	take(r *Request)

	io.Closer
}

// New makes the traffic of a run of a given duration under a seed. A mistake in
// a class is a [*FieldError], wrapped in an error that names the class. The
// files of traces are opened by the first Next and not before.
func New(seed uint64, duration time.Duration, classes []Class) (*Workload, error) {
	if duration <= 0 {
		return nil, fmt.Errorf("a run of %v has no requests: give it a duration above 0", duration)
	}
	w := &Workload{}
	seen := make(map[string]bool)
	for _, c := range classes {
		err := c.Validate()
		if err == nil {
			err = c.within(duration)
		}
		if err == nil && seen[c.Class] {
			err = fault("class", "there are two of this name: their requests could not be told apart")
		}
		if err != nil {
			return nil, fmt.Errorf("class %q: %w", c.Class, err)
		}
		seen[c.Class] = true
		made := newClass(seed, duration, c)
		w.classes = append(w.classes, made)
		w.feeds = append(w.feeds, made.feed())
	}
	return w, nil
}

// Next fills in the next request and reports whether there was one. After false,
// [Workload.Err] tells the end from a failure.
func (w *Workload) Next(r *Request) bool {
	if !w.started {
		w.started = true
		for i := range w.feeds {
			if !w.begin(i) {
				return false
			}
		}
	}
	if len(w.heads) == 0 {
		return false
	}
	h := &w.heads[0]
	r.At, r.Class = h.at, h.class
	f := w.feeds[h.class]
	f.take(r)
	at, err := f.advance()
	if err != nil {
		w.end(err)
		return true
	}
	h.at = at
	if len(w.heads) > 1 {
		w.sink()
	}
	return true
}

func (w *Workload) begin(class int) bool {
	at, err := w.feeds[class].advance()
	if err == nil {
		w.push(head{at, class})
	} else if !errors.Is(err, io.EOF) {
		w.err, w.heads = err, nil
		return false
	}
	return true
}

// end takes the class at the top out, or everything if it has failed.
func (w *Workload) end(err error) {
	if !errors.Is(err, io.EOF) {
		w.err, w.heads = err, nil
		return
	}
	last := len(w.heads) - 1
	w.heads[0] = w.heads[last]
	w.heads = w.heads[:last]
	w.sink()
}

// Err returns why the traffic ended before its time: a trace that cannot be
// read, with file, line and column. It is nil at the regular end.
func (w *Workload) Err() error { return w.err }

// All is the same as calling [Workload.Next] until it is false: it goes on from
// where the traffic is, and what it has yielded is gone.
func (w *Workload) All() iter.Seq[Request] {
	return func(yield func(Request) bool) {
		var r Request
		for w.Next(&r) {
			if !yield(r) {
				return
			}
		}
	}
}

// Rate is the offered load of a class at an instant, in requests per second, for
// drawing. It is NaN for a trace, whose load is known only by replaying it. A
// burst that comes all at once is not in it.
func (w *Workload) Rate(class int, at time.Duration) float64 {
	c := w.classes[class]
	if c.Trace != nil {
		return math.NaN()
	}
	rate := c.rate(at)
	if c.Again > 0 {
		rate += c.Writes * c.rate(at-c.Again)
	}
	return rate
}

// TraceStats returns what has been read of the traces, one entry for every class
// that replays one, in the order of the classes.
func (w *Workload) TraceStats() []TraceStats {
	var list []TraceStats
	for _, f := range w.feeds {
		if r, ok := f.(*replay); ok {
			list = append(list, r.snapshot())
		}
	}
	return list
}

// Close ends the traffic and closes the files of its traces.
func (w *Workload) Close() error {
	w.started, w.heads = true, nil
	var all []error
	for _, f := range w.feeds {
		all = append(all, f.Close())
	}
	return errors.Join(all...)
}
