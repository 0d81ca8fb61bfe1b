package trace

import (
	"cmp"
	"io"
	"slices"

	"github.com/herdlab/herdlab/internal/queue"
)

// Request is one request of a trace.
type Request struct {
	// Nanoseconds since 1970.
	At  int64
	Key string
	// Of the value, in bytes.
	Size  int
	Write bool
}

// Reader reads the requests of a recording in the order of time. It is not safe for
// concurrent use; a recording may have many.
type Reader struct {
	of *Recording
	// The runs that are not read yet by number, the earliest first.
	waiting []int
	active  queue.Heap[*cursor]
	// Of every key's value, by now.
	sizes []int64
	// Those that are to come of what was gathered.
	second []event
	// For what is gathered of files whose times are whole seconds.
	room  []event
	exact []event // and of the others
	// Of what was gathered last.
	instant int64
	read    int64
	request Request
}

// Reader is a new reader before the first request. It takes eight bytes for every key, and
// the room of the runs that it reads at a time.
func (r *Recording) Reader() *Reader {
	reader := &Reader{of: r, sizes: slices.Clone(r.sizes)}
	for i := range r.spool.runs {
		reader.waiting = append(reader.waiting, i)
	}
	slices.SortStableFunc(reader.waiting, func(a, b int) int {
		return cmp.Compare(r.spool.runs[a].first, r.spool.runs[b].first)
	})
	return reader
}

// Next goes on to the next request, which is valid until the following call. At
// the end the error is io.EOF.
func (r *Reader) Next() (*Request, error) {
	if len(r.second) == 0 {
		if err := r.gather(); err != nil {
			return nil, err
		}
	}
	e := &r.second[0]
	r.second = r.second[1:]
	r.read++
	r.request = Request{At: e.at, Key: r.of.keys[e.key], Size: r.size(e), Write: e.write}
	return &r.request, nil
}

// Left is how many requests are to come. It is exact, as all of them were counted when
// the trace was read.
func (r *Reader) Left() int64 { return r.of.stats.Requests - r.read }

// size is how large the key's value is: as the line says, if it is of the value and not
// of an answer of another kind, such as 304; as the last line that did; before the
// first of them as that one will. A statement that is weaker than the best of its key is
// none: an error in between leaves the page as large as it is. A reader has the sizes for
// itself, as another one may be elsewhere in the trace.
func (r *Reader) size(e *event) int {
	if e.sized >= sizedWeak && e.sized >= r.of.sized[e.key] {
		r.sizes[e.key] = e.size
	}
	if r.of.sized[e.key] == notSized {
		return r.of.stats.UsualSize
	}
	return int(r.sizes[e.key])
}

// gather has the next requests ready: one, or where times of some file know no more than
// the second all that share one, for they are to be spread over it.
func (r *Reader) gather() error {
	r.second, r.exact = r.second[:0:0], r.exact[:0]
	r.room = r.room[:0]
	for n := 0; ; n++ {
		next, err := r.min()
		switch {
		case err != nil:
			return err
		case next == nil && n == 0:
			return io.EOF
		// Where nothing is to be spread nothing is waited for.
		case next == nil || n > 0 && (!r.of.spreads || next.at/second != r.instant/second):
			r.second = r.spread()
			return nil
		}
		r.instant = next.at
		if r.of.spreads && r.of.coarse[next.run.source] {
			r.room = append(r.room, next.event)
		} else {
			r.exact = append(r.exact, next.event)
		}
		if err := r.step(); err != nil {
			return err
		}
	}
}

// spread gives the requests of a second their instants, i/n of the way into it. Those of a file whose times know
// no more are spread evenly: request i of n comes i/n into the second. All at its
// beginning they would be a burst that never was, with a herd of its own. The order of
// those that tie is that of the files.
func (r *Reader) spread() []event {
	for i := range r.room {
		r.room[i].at += int64(i) * second / int64(len(r.room))
	}
	if len(r.room) == 0 {
		return r.exact
	}
	if len(r.exact) > 0 {
		r.room = append(r.room, r.exact...)
		slices.SortStableFunc(r.room, func(a, b event) int { return cmp.Compare(a.at, b.at) })
	}
	return r.room
}

// min is the earliest of the runs that are read, at its next request; nil at the end. Runs
// that begin by then are begun, and no others: a run that is not read yet takes no memory.
// The heap has the number of a run beside its instant, so that ties go to the earlier run.
func (r *Reader) min() (*cursor, error) {
	for len(r.waiting) > 0 {
		i := r.waiting[0]
		next := &r.of.spool.runs[i]
		if r.active.Len() > 0 && r.active.Min().At < next.first {
			break
		}
		r.waiting = r.waiting[1:]
		c := r.of.spool.open(next)
		if _, err := c.next(); err != nil { // a run has a request
			return nil, err
		}
		r.active.Push(queue.Entry[*cursor]{At: c.at, Seq: uint64(i), Value: c})
	}
	if r.active.Len() == 0 {
		return nil, nil
	}
	return r.active.Min().Value, nil
}

// step goes on in the run that min is of. A run that ends leaves the heap, and its room.
func (r *Reader) step() error {
	head := *r.active.Min()
	more, err := head.Value.next()
	if !more {
		r.active.Pop()
		return err
	}
	head.At = head.Value.at
	r.active.Replace(head)
	return nil
}
