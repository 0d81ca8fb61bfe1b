package trace

import (
	"cmp"
	"slices"
	"time"
)

const (
	// lookahead is how many seconds of a trace are held to put its requests in
	// order. A server writes an entry when the request ends, with the time at
	// which it began, so that logs are out of order by as much as requests last.
	lookahead = 60

	// maxHeld is how many requests are held at most: 40 MB of them, and their keys. Of a
	// busier log less than a minute is put in order.
	maxHeld = 1_000_000

	second = int64(time.Second)
)

// reorder puts requests in the order of time. It holds them by the second, in a
// ring:
//
//	released | oldest ...................... oldest+60 | too new: release first
//	     ^                                                  oldest until it fits
//	     too late: moved to oldest
//
// so that a request costs the same however many are held.
type reorder struct {
	ring   [64][]Request // of second s at s mod 64; more than lookahead. A bucket keeps its room when it is emptied
	oldest int64         // second; all before it are released
	held   int
	most   int // limit of held
	begun  bool
	exact  bool // some time had a fraction of a second
}

// full reports whether a batch has to be released before a request of the
// instant can be added. It moves oldest on over seconds without requests, but no
// further than it has to.
func (o *reorder) full(at int64) bool {
	if o.held == 0 {
		return false
	}
	for at/second-o.oldest > lookahead {
		if len(o.ring[o.slot(o.oldest)]) > 0 {
			return true
		}
		o.oldest++
	}
	return o.held >= o.most
}

// slot is the place of a second in the ring. No two seconds that are held share one,
// since the ring has more of them than lookahead.
func (o *reorder) slot(s int64) uint64 { return uint64(s) % uint64(len(o.ring)) }

// add takes a request, for which there must be room. It reports false if the
// request is too late to be put in its place.
func (o *reorder) add(r Request) bool {
	s := r.At / second
	if !o.begun || s-o.oldest > lookahead {
		o.oldest, o.begun = s-lookahead, true
	}
	// To move a late request, instead of dropping it, keeps the load what it was.
	inTime := s >= o.oldest
	if !inTime {
		s = o.oldest
		r.At = s * second
	} else if r.At%second != 0 {
		o.exact = true
	}
	bucket := &o.ring[o.slot(s)]
	*bucket = append(*bucket, r)
	o.held++
	return inTime
}

// release returns the requests of the oldest second that has any, in order: nothing
// that is read from now on can be older, or it is late and is moved. They
// are valid until the next add. There must be some.
func (o *reorder) release() []Request {
	for {
		bucket := &o.ring[o.slot(o.oldest)]
		s := o.oldest
		o.oldest++
		if len(*bucket) == 0 {
			continue
		}
		batch := *bucket
		*bucket = batch[:0]
		o.held -= len(batch)
		o.settle(batch, s)
		return batch
	}
}

// settle gives the requests of a second their instants. Where no time has a
// fraction they are spread evenly: request i of n comes i/n into the second. All at
// its beginning they would be a burst that never was, with a herd of its own. The
// order of those that tie is that of the file.
// An exact trace may have a whole second among its times: one of them is no sign of
// a clock that knows no more, which is why exact is of all the trace so far.
func (o *reorder) settle(batch []Request, s int64) {
	if o.exact {
		earlier := func(a, b Request) int { return cmp.Compare(a.At, b.At) }
		if !slices.IsSortedFunc(batch, earlier) {
			slices.SortStableFunc(batch, earlier)
		}
		return
	}
	for i := range batch {
		batch[i].At = s*second + int64(i)*second/int64(len(batch))
	}
}
