package tier

import (
	"cmp"
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/world/timeline"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// Client is one box's way to the tier: its own view of the ring, its own
// knowledge of which nodes are dead. It is the Store and the Locker of the
// box's strategy.
//
// An operation takes one round trip. A read sees the node as it is when the
// read begins and a change is done when it ends, so that the operations of all
// boxes are linearizable, as those of a single server are.
type Client struct {
	tier    *Tier
	clock   clock.Clock
	members *Membership
	space   atomic.Pointer[keyspace]
	dead    atomic.Bool // the box crashed: nothing it still does reaches the tier
}

// Use has the client go on with another prefix, as a release does that bumps the
// version of its keys. What is under way goes on under the old one. It never fails.
func (c *Client) Use(prefix string) error {
	space := c.tier.spaces.withPrefix(prefix)
	c.space.Store(&space)
	return nil
}

// route is the node to ask for key, its owner or a stand-in, or why there is none.
func (c *Client) route(key string) (int, error) {
	if c.dead.Load() {
		return 0, ErrCut
	}
	return c.members.Route(key)
}

// Kill cuts the client off: its box crashed.
func (c *Client) Kill() { c.dead.Store(true) }

// Get reads one entry: at the owner of key; where that does not answer, in the gutter;
// and where it has none, at the node that had key before the list changed.
//
// It waits here and not in getAt, which does the same: a frame less below the wait is
// about 10 ns of every request, as in world.Job.
func (c *Client) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	i, err := c.route(key)
	if err != nil {
		return strategies.Entry{}, false, err
	}
	e, ok, condition, wire := c.ask(i, key)
	timeline.Asked(ctx, i, wire)
	if stateOf(condition) == hangs { // the answer is of when it goes on
		a, failed := c.waitFor(ctx, i, c.tier.cfg.Timeout, &request{verb: opGet, space: *c.space.Load(), key: key})
		e, ok, err = a.entry, a.ok, failed
	} else if err = c.clock.Sleep(ctx, c.delay(wire)); err == nil {
		err = c.verdict(i, condition, wire)
	}
	if ok && err == nil {
		return e, true, nil
	}
	return c.getElsewhere(ctx, key, i, err)
}

// getElsewhere goes on with a read for which node i had nothing, or failed with err.
func (c *Client) getElsewhere(ctx context.Context, key string, i int, err error) (strategies.Entry, bool, error) {
	if err == nil {
		if j, had := c.members.Before(key, i); had {
			return c.lookBack(ctx, key, j, i)
		}
	} else if unanswered(err) {
		if j, spare := c.members.Instead(key, i); spare {
			return c.getAt(ctx, j, key)
		}
	}
	return strategies.Entry{}, false, err
}

// getAt reads one entry at node i.
func (c *Client) getAt(ctx context.Context, i int, key string) (strategies.Entry, bool, error) {
	e, ok, condition, wire := c.ask(i, key)
	timeline.Asked(ctx, i, wire)
	if stateOf(condition) == hangs {
		a, err := c.waitFor(ctx, i, c.tier.cfg.Timeout, &request{verb: opGet, space: *c.space.Load(), key: key})
		return a.entry, a.ok && err == nil, err
	}
	err := c.clock.Sleep(ctx, c.delay(wire))
	if err == nil {
		err = c.verdict(i, condition, wire)
	}
	if err != nil {
		return strategies.Entry{}, false, err
	}
	return e, ok, nil
}

// ask is a question to node i, and the answer that is to come. The value is that of the
// instant of the question, and is under way for as long as its bytes take; a node that
// dies meanwhile takes it along.
func (c *Client) ask(i int, key string) (e strategies.Entry, ok bool, condition int64, wire time.Duration) {
	n := c.tier.nodes[i]
	condition = n.condition.Load()
	if stateOf(condition) == up {
		n.mu.Lock()
		e, ok, wire = n.get(*c.space.Load(), key, c.clock.Now())
		n.mu.Unlock()
	}
	return e, ok, condition, wire
}

// Set stores an entry for ttl, or for ever if ttl is zero.
func (c *Client) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	_, err := c.store(ctx, key, e, ttl, false)
	return err
}

// SetNewer stores an entry unless there is one of a later version.
func (c *Client) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return c.store(ctx, key, e, ttl, true)
}

// store is Set and SetNewer.
func (c *Client) store(ctx context.Context, key string, e strategies.Entry, ttl time.Duration, newer bool) (stored bool, err error) {
	if ttl < 0 {
		return false, ErrLifetime
	}
	return c.changed(ctx, &request{verb: opSet, key: key, entry: e, life: ttl, newer: newer})
}

// Delete removes an entry, also from the node where somebody might look back for it.
func (c *Client) Delete(ctx context.Context, key string) error {
	c.deleteBefore(ctx, key)
	_, err := c.change(ctx, &request{verb: opDelete, key: key})
	return err
}

// TryLock takes the lock of key if it is free.
func (c *Client) TryLock(ctx context.Context, key, token string, ttl time.Duration) (got bool, err error) {
	if ttl <= 0 {
		return false, ErrLifetime
	}
	return c.changed(ctx, &request{verb: opLock, key: key, token: token, life: ttl})
}

// Unlock frees the lock of key if token holds it.
func (c *Client) Unlock(ctx context.Context, key, token string) (held bool, err error) {
	return c.changed(ctx, &request{verb: opUnlock, key: key, token: token})
}

// Extend prolongs the lock of key if token holds it.
func (c *Client) Extend(ctx context.Context, key, token string, ttl time.Duration) (held bool, err error) {
	if ttl <= 0 {
		return false, ErrLifetime
	}
	return c.changed(ctx, &request{verb: opExtend, key: key, token: token, life: ttl})
}

// changed sends a change and says whether it was made. An error of the way to the node
// and one of the node itself are the same to whoever asked.
func (c *Client) changed(ctx context.Context, r *request) (ok bool, err error) {
	a, err := c.change(ctx, r)
	return a.ok, cmp.Or(err, a.err)
}

// change sends a request to the node of its key, which does it when it has arrived. One
// that is lost on its way has had no effect; one that a node has got which hangs has it
// when that goes on, although its client gave up.
func (c *Client) change(ctx context.Context, r *request) (reply, error) {
	i, err := c.route(r.key)
	if err != nil {
		return reply{}, err
	}
	r.space = *c.space.Load()
	a, err := c.changeAt(ctx, i, r)
	if err != nil && unanswered(err) {
		if j, spare := c.members.Instead(r.key, i); spare {
			return c.changeAt(ctx, j, r)
		}
	}
	return a, err
}

// changeAt does so at node i.
func (c *Client) changeAt(ctx context.Context, i int, r *request) (reply, error) {
	n, begun := c.tier.nodes[i], c.clock.Now()
	condition := n.condition.Load()
	var wire time.Duration
	if bytes := len(r.entry.Data); stateOf(condition) == up && bytes > 0 && n.bandwidth > 0 {
		n.mu.Lock()
		wire = n.transfer(begun.UnixNano(), bytes)
		n.mu.Unlock()
	}
	timeline.Asked(ctx, i, wire)
	if stateOf(condition) != hangs {
		if err := c.clock.Sleep(ctx, c.delay(wire)); err != nil {
			return reply{}, err
		}
		if err := c.verdict(i, condition, wire); err != nil {
			return reply{}, err
		}
	}
	if stateOf(n.condition.Load()) == hangs { // since before, or by now
		return c.waitFor(ctx, i, c.tier.cfg.Timeout-c.clock.Now().Sub(begun), r)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.do(r, c.clock.Now()), nil
}

// delay is how long an operation takes of a node that does not hang: a round trip and
// its bytes on the wire, or the time-out, whichever is shorter: a client does not wait
// for the end of a transfer that it knows nothing of.
func (c *Client) delay(wire time.Duration) time.Duration {
	return min(c.tier.cfg.RTT+wire, c.tier.cfg.Timeout)
}

// verdict says how an operation went whose time has passed, and tells the membership,
// which may leave the node alone from now on. What the client of a crashed box learns
// counts for nobody.
func (c *Client) verdict(i int, condition int64, wire time.Duration) error {
	switch {
	case c.dead.Load():
		return ErrCut
	case c.tier.cfg.RTT+wire > c.tier.cfg.Timeout:
		return c.failed(i, ErrNoAnswer)
	case c.tier.nodes[i].broken(condition):
		return c.failed(i, ErrRefused)
	}
	c.members.Answered(i)
	return nil
}

// failed counts an operation of node i that failed with err.
func (c *Client) failed(i int, err error) error {
	if c.dead.Load() {
		return ErrCut
	}
	c.tier.nodes[i].failed()
	c.members.Failed(i)
	return err
}

var _ strategies.Leaser = (*Client)(nil)

// Lease returns the entry of key or hands out its lease.
func (c *Client) Lease(ctx context.Context, key, token string, every time.Duration) (got strategies.Lease, err error) {
	if every <= 0 || 2*every <= 0 || token == "" || len(token) > 255 {
		return got, errLease
	}
	a, err := c.change(ctx, &request{verb: opLease, key: key, token: token, life: every})
	return a.lease, err
}

// SetLeased stores an entry if token is the lease of key.
func (c *Client) SetLeased(ctx context.Context, key, token string, e strategies.Entry, ttl time.Duration) (stored bool, err error) {
	switch {
	case ttl < 0:
		return false, ErrLifetime
	case token == "":
		return false, errLease
	}
	return c.changed(ctx, &request{verb: opSetLeased, key: key, token: token, entry: e, life: ttl})
}

// Retire removes key and its lease, and keeps its entry aside; where somebody might
// look back for it nothing is kept.
func (c *Client) Retire(ctx context.Context, key string, at strategies.Instant, keep time.Duration) error {
	if keep < 0 {
		return ErrLifetime
	}
	c.deleteBefore(ctx, key)
	_, err := c.change(ctx, &request{verb: opRetire, key: key, at: at, life: keep})
	return err
}

// lookBack reads key, which node i has not, from node j that had it, and stores it
// where it belongs now: for ever, since its ttl is not known, and its reader looks
// at its age. It is what Facebook's clients do with a cold cluster ("Scaling
// Memcache at Facebook", section 4.3), without the hold-off after a delete:
//
//	A: misses at the new node, finds the old value at the old one
//	B: write at the origin, delete at both nodes
//	A: stores the old value at the new node
func (c *Client) lookBack(ctx context.Context, key string, j, i int) (strategies.Entry, bool, error) {
	e, ok, err := c.getAt(ctx, j, key)
	if err != nil || !ok {
		return strategies.Entry{}, false, nil // as without it
	}
	_, _ = c.changeAt(ctx, i, &request{verb: opSet, space: *c.space.Load(), key: key, entry: e, newer: true})
	return e, true, nil
}

// deleteBefore removes key from the node that had it before, if the list has changed.
func (c *Client) deleteBefore(ctx context.Context, key string) {
	if c.members.before.Load() == nil {
		return
	}
	if i, err := c.route(key); err == nil {
		if j, had := c.members.Before(key, i); had {
			_, _ = c.changeAt(ctx, j, &request{verb: opDelete, space: *c.space.Load(), key: key})
		}
	}
}

// unanswered reports whether an operation failed for want of an answer.
func unanswered(err error) bool { return errors.Is(err, ErrRefused) || errors.Is(err, ErrNoAnswer) }
