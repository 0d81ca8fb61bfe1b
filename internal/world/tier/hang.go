package tier

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/strategies/clock"
)

// hang is the time in which a node is stopped. Its kernel goes on and takes what clients
// send, and the node does that when it goes on, in the order in which it came:
//
//	A: reads, and gives up after its time-out
//	A: computes, stores, and gives up on that, too
//	B: reads
//	   the node goes on: A's read is answered to nobody, A's value is stored
//	B: gets A's value, if its time-out has not passed
//
// So a hang that is shorter than the time-out is a delay. One that ends with the death of
// the node takes all of it along.
type hang struct {
	over    clock.Event // it goes on, or has died
	waiting []*command
	broken  int // connections whose client gave up
}

// command is a request that waits in a socket of a node that hangs.
type command struct {
	request
	reply reply
	done  bool // by the node, when it went on
	left  bool // who asked gave up
}

// backlog bounds what a hang of any length can hold. It is how many connections wait to be accepted, as memcached has it (-b) and about
// twice what Redis has. A client that gives up closes its connection and opens another
// one, which stays in there although it is closed; when it is full, nothing more comes in.
const backlog = 1024

// take lets a request wait, or returns nil where none comes in any more.
func (h *hang) take(r request) *command {
	if h.broken >= backlog {
		return nil
	}
	c := &command{request: r}
	h.waiting = append(h.waiting, c)
	return c
}

// leave has who asked give up on c, which may be nil. The connection is lost with it: a
// late answer on it would be taken for that to the next question, so that clients close it.
func (h *hang) leave(c *command) {
	h.broken++
	if c != nil {
		c.left = true
	}
}

// goOn does what waits. A read that nobody waits for any more nobody would see. Lives
// count from now, as a client sends how long and not until when: what is stored late lives
// as long as anything else, and a lock whose holder has given up, and does not know that
// it has it, keeps everybody out for its whole time.
func (h *hang) goOn(n *node, now time.Time) {
	for _, c := range h.waiting {
		if !c.left || c.verb != opGet {
			c.reply, c.done = n.do(&c.request, now), true
		}
	}
}

// waitFor sends a request to node i, which hangs, and waits for the answer, limit at
// most. What is done at the end of the hang is seen by all others from then on, and by who
// asked a round trip later. It may hang again by then, which does not hold the answer up.
func (c *Client) waitFor(ctx context.Context, i int, limit time.Duration, r *request) (reply, error) {
	n, begun := c.tier.nodes[i], c.clock.Now()
	n.mu.Lock()
	h := n.hung
	waits := h.take(*r)
	n.mu.Unlock()
	err := h.over.Wait(ctx, limit)
	if err != nil || waits == nil {
		n.mu.Lock()
		h.leave(waits)
		n.mu.Unlock()
		if ctx.Err() != nil {
			return reply{}, err
		}
		_ = c.clock.Sleep(ctx, limit-c.clock.Now().Sub(begun)) // where it never came in
		return reply{}, c.failed(i, ErrNoAnswer)
	}
	if !waits.done { // the node has died, and every connection with it
		return reply{}, c.failed(i, ErrRefused)
	}
	condition, rest, takes := n.condition.Load(), limit-c.clock.Now().Sub(begun), c.tier.cfg.RTT+waits.reply.wire
	if err := c.clock.Sleep(ctx, min(takes, rest)); err != nil {
		return reply{}, err
	}
	if takes > rest {
		return reply{}, c.failed(i, ErrNoAnswer)
	}
	return waits.reply, c.verdict(i, condition, waits.reply.wire)
}
