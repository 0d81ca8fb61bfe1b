package workloads

import (
	"time"

	"github.com/herdlab/herdlab/internal/queue"
)

// echo is a feed whose writes are each followed by another one of their key, so
// much later: the requests of the feed itself stay as they are. What would come
// after the end of the run does not.
type echo struct {
	feed
	after, end time.Duration

	next  time.Duration       // of the feed
	ended error               // and why it has none
	late  queue.Ring[Request] // the writes that are to follow, with their instants
	own   bool                // the request that was advanced to is one of them
}

// advance merges the feed with what is late, which needs no heap: the delay is the
// same for all, so that the writes follow in the order in which they came. Where an
// instant ties, what is late goes first.
func (e *echo) advance() (time.Duration, error) {
	if !e.own {
		e.next, e.ended = e.feed.advance()
	}
	e.own = e.late.Len() > 0 && (e.ended != nil || e.late.Front().At <= e.next)
	if e.own {
		return e.late.Front().At, nil
	}
	return e.next, e.ended
}

func (e *echo) take(r *Request) {
	if e.own {
		follows := e.late.Pop()
		r.Key, r.Rank, r.Size, r.Op, r.User = follows.Key, follows.Rank, follows.Size, follows.Op, follows.User
		return
	}
	e.feed.take(r)
	if at := e.next + e.after; r.Op == Write && at < e.end {
		follows := *r
		follows.At = at
		e.late.Push(follows)
	}
}
