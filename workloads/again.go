package workloads

import "time"

// echo is a feed whose writes are each followed by another one of their key, so
// much later: the requests of the feed itself stay as they are. What would come
// after the end of the run does not.
type echo struct {
	feed
	after, end time.Duration

	next  time.Duration // of the feed
	ended error         // and why it has none
	late  []Request     // the writes that are to follow, with their instants; from head on
	head  int
	own   bool // the request that was advanced to is one of them
}

// advance merges the feed with what is late, which needs no heap: the delay is the
// same for all, so that the writes follow in the order in which they came. Where an
// instant ties, what is late goes first.
func (e *echo) advance() (time.Duration, error) {
	if !e.own {
		e.next, e.ended = e.feed.advance()
	}
	waits := e.head < len(e.late)
	switch {
	case waits && (e.ended != nil || e.late[e.head].At <= e.next):
		e.own = true
		return e.late[e.head].At, nil
	case e.ended != nil:
		return 0, e.ended
	}
	e.own = false
	return e.next, nil
}

func (e *echo) take(r *Request) {
	if e.own {
		follows := e.late[e.head]
		r.Key, r.Size, r.Op, r.User = follows.Key, follows.Size, follows.Op, follows.User
		e.head++
		return
	}
	e.feed.take(r)
	if at := e.next + e.after; r.Op == Write && at < e.end {
		if e.head > len(e.late)/2 { // moving less than half pays for itself, and bounds the room
			e.late = append(e.late[:0], e.late[e.head:]...)
			e.head = 0
		}
		follows := *r
		follows.At = at
		e.late = append(e.late, follows)
	}
}
