package workloads

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/herdlab/herdlab/internal/queue"
	"github.com/herdlab/herdlab/workloads/trace"
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

	// Rank is the place of the key among those of its class by popularity: 1 is the most
	// popular. It is 0 where there is none: of a bystander, of a trace, of a key that is
	// asked for once, and of keys that are all alike.
	Rank int
}

// Workload is the traffic of one run, in the order of its time. It is not safe
// for concurrent use.
type Workload struct {
	feeds   []feed // by class
	classes []*class
	heads   queue.Heap[struct{}] // of every class that has not ended, its next instant; Seq is the class, so that the earlier one goes first
	own     *Recordings          // of its traces; nil where they are somebody else's
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
// a class is a [*FieldError], wrapped in an error that names the class. Traces are read
// by [Workload.Open], or by the first Next, and not before.
func New(seed uint64, duration time.Duration, classes []Class) (*Workload, error) {
	own := new(Recordings)
	w, err := own.New(seed, duration, classes)
	if err == nil {
		w.own = own
	}
	return w, err
}

// New is [New] with the traces of r, which other runs replay as well and which outlive the
// workload.
func (r *Recordings) New(seed uint64, duration time.Duration, classes []Class) (*Workload, error) {
	if duration <= 0 {
		return nil, fmt.Errorf("a run of %v has no requests: give it a duration above 0", duration)
	}
	w := &Workload{}
	seen := make(map[string]bool)
	for _, c := range classes {
		err := cmp.Or(c.Validate(), c.within(duration),
			refuse(seen[c.Class], "class", "there are two of this name: their requests could not be told apart"))
		if err != nil {
			return nil, fmt.Errorf("class %q: %w", c.Class, err)
		}
		seen[c.Class] = true
		made := newClass(seed, duration, c)
		w.classes = append(w.classes, made)
		w.feeds = append(w.feeds, made.feed(r))
	}
	return w, nil
}

// Next fills in the next request and reports whether there was one. After false,
// [Workload.Err] tells the end from a failure.
func (w *Workload) Next(r *Request) bool {
	if w.Open() != nil {
		return false
	}
	if w.heads.Len() == 0 {
		return false
	}
	head := *w.heads.Min()
	r.At, r.Class = time.Duration(head.At), int(head.Seq)
	f := w.feeds[r.Class]
	f.take(r)
	at, err := f.advance()
	switch {
	case err == nil:
		head.At = int64(at)
		w.heads.Replace(head)
	case errors.Is(err, io.EOF):
		w.heads.Pop()
	default:
		w.fail(err)
	}
	return true
}

// Open reads the traces, if they were not read: what may take a while on a clock that
// does not wait.
func (w *Workload) Open() error {
	if !w.started {
		w.started = true
		for i := 0; i < len(w.feeds) && w.err == nil; i++ {
			w.begin(i)
		}
	}
	return w.err
}

// begin puts the first instant of a class among the heads. A class without a request
// has none.
func (w *Workload) begin(class int) {
	at, err := w.feeds[class].advance()
	switch {
	case err == nil:
		w.heads.Push(queue.Entry[struct{}]{At: int64(at), Seq: uint64(class)})
	case !errors.Is(err, io.EOF):
		w.fail(err)
	}
}

// fail ends the traffic of all classes: what is left without one of them would
// look like a result and be none.
func (w *Workload) fail(err error) { w.err, w.heads = err, queue.Heap[struct{}]{} }

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

// TraceStats is what was found in a trace, and the class that replays it.
type TraceStats struct {
	Class string
	trace.Stats
	Cut int64 // requests that come after the end of the run, or of the class's active time
}

// TraceStats returns what was found in the traces, one entry for every class
// that replays one, in the order of the classes.
func (w *Workload) TraceStats() []TraceStats {
	var list []TraceStats
	for _, f := range w.feeds {
		if r, ok := f.(*replay); ok {
			list = append(list, TraceStats{r.Class.Class, r.stats, r.cut})
		}
	}
	return list
}

// Close ends the traffic.
func (w *Workload) Close() error {
	w.started, w.heads = true, queue.Heap[struct{}]{}
	var all []error
	for _, f := range w.feeds {
		all = append(all, f.Close())
	}
	if w.own != nil {
		all = append(all, w.own.Close())
	}
	return errors.Join(all...)
}
