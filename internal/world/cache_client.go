package world

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// CacheClient is one box's way to the tier: its own view of the ring, its own
// knowledge of which nodes are dead. It is the Store and the Locker of the
// box's strategy.
//
// An operation takes one round trip. A read sees the node as it is when the
// read begins and a change is done when it ends, so that the operations of all
// boxes are linearizable, as those of a single server are.
type CacheClient struct {
	tier    *Tier
	clock   Clock
	members *Membership
	space   atomic.Pointer[keyspace]
	dead    atomic.Bool // the box crashed: nothing it still does reaches the tier
}

var (
	_ strategies.Store       = (*CacheClient)(nil)
	_ strategies.NewerSetter = (*CacheClient)(nil)
	_ strategies.Locker      = (*CacheClient)(nil)
	_ strategies.Extender    = (*CacheClient)(nil)
)

// Client returns a new client that believes every node alive, and puts the prefix
// in front of all keys. It is no box's.
func (t *Tier) Client(prefix string) (*CacheClient, error) { return t.ClientOf(-1, prefix) }

// ClientOf returns a new client for the given box.
func (t *Tier) ClientOf(box int, prefix string) (*CacheClient, error) {
	members, err := t.roster.Client(t.cfg, box, t.names, t.clock.Now, t.empty)
	if err != nil {
		return nil, err
	}
	c := &CacheClient{tier: t, clock: t.clock, members: members}
	return c, c.Use(prefix)
}

// Use has the client go on with another prefix.
func (c *CacheClient) Use(prefix string) error {
	space := c.tier.spaces.of(prefix)
	c.space.Store(&space)
	return nil
}

// wire is a key as the nodes know it.
func (c *CacheClient) wire(key string) wireKey { return wireKey{c.space.Load().number, key} }

// route is the node that owns key.
func (c *CacheClient) route(key string) (int, error) {
	if c.dead.Load() {
		return 0, errCrashed
	}
	return c.members.Route(key)
}

// Kill cuts the client off: its box crashed.
func (c *CacheClient) Kill() { c.dead.Store(true) }

// Get reads one entry.
func (c *CacheClient) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	i, err := c.route(key)
	if err != nil {
		return strategies.Entry{}, false, err
	}
	e, ok, err := c.getAt(ctx, i, key)
	if err != nil && unanswered(err) {
		if j, spare := c.members.Instead(key, i); spare {
			return c.getAt(ctx, j, key)
		}
	}
	if !ok && err == nil {
		if j, had := c.members.Before(key, i); had {
			return c.lookBack(ctx, key, j, i)
		}
	}
	return e, ok, err
}

// getAt reads one entry at node i.
func (c *CacheClient) getAt(ctx context.Context, i int, key string) (e strategies.Entry, ok bool, err error) {
	n := c.tier.nodes[i]
	condition := n.condition.Load()
	var wire time.Duration
	if stateOf(condition) == up {
		n.mu.Lock()
		e, ok, wire = n.get(*c.space.Load(), key, c.clock.Now())
		n.mu.Unlock()
	}
	if err := c.clock.Sleep(ctx, c.delay(condition, wire)); err != nil {
		return strategies.Entry{}, false, err
	}
	if err := c.verdict(i, condition, wire); err != nil {
		return strategies.Entry{}, false, err
	}
	return e, ok, nil
}

// Set stores an entry for ttl, or for ever if ttl is zero.
func (c *CacheClient) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	_, err := c.store(ctx, key, e, ttl, false)
	return err
}

// SetNewer stores an entry unless there is one of a later version.
func (c *CacheClient) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return c.store(ctx, key, e, ttl, true)
}

func (c *CacheClient) store(ctx context.Context, key string, e strategies.Entry, ttl time.Duration, newer bool) (stored bool, err error) {
	if ttl < 0 {
		return false, ErrLifetime
	}
	doErr := c.change(ctx, key, len(e.Data), func(n *node, now time.Time) {
		stored, err = n.set(*c.space.Load(), key, e, now, ttl, newer)
	})
	if doErr != nil {
		return false, doErr
	}
	return stored, err
}

// Delete removes an entry, also from the node where somebody might look back for it.
func (c *CacheClient) Delete(ctx context.Context, key string) error {
	remove := func(n *node, _ time.Time) { n.delete(*c.space.Load(), key) }
	if c.members.before.Load() != nil {
		c.deleteBefore(ctx, key, remove)
	}
	return c.change(ctx, key, 0, remove)
}

// TryLock takes the lock of key if it is free.
func (c *CacheClient) TryLock(ctx context.Context, key, token string, ttl time.Duration) (got bool, err error) {
	if ttl <= 0 {
		return false, ErrLifetime
	}
	err = c.change(ctx, key, 0, func(n *node, now time.Time) { got = n.tryLock(c.wire(key), token, now, ttl) })
	return got, err
}

// Unlock frees the lock of key if token holds it.
func (c *CacheClient) Unlock(ctx context.Context, key, token string) (held bool, err error) {
	err = c.change(ctx, key, 0, func(n *node, now time.Time) { held = n.unlock(c.wire(key), token, now) })
	return held, err
}

// Extend prolongs the lock of key if token holds it.
func (c *CacheClient) Extend(ctx context.Context, key, token string, ttl time.Duration) (held bool, err error) {
	if ttl <= 0 {
		return false, ErrLifetime
	}
	err = c.change(ctx, key, 0, func(n *node, now time.Time) { held = n.extend(c.wire(key), token, now, ttl) })
	return held, err
}

// change sends so many bytes to the node of key and applies do when they have
// arrived.
func (c *CacheClient) change(ctx context.Context, key string, bytes int, do func(*node, time.Time)) error {
	i, err := c.route(key)
	if err != nil {
		return err
	}
	err = c.changeAt(ctx, i, bytes, do)
	if err != nil && unanswered(err) {
		if j, spare := c.members.Instead(key, i); spare {
			return c.changeAt(ctx, j, bytes, do)
		}
	}
	return err
}

// changeAt does so at node i.
func (c *CacheClient) changeAt(ctx context.Context, i, bytes int, do func(*node, time.Time)) error {
	n := c.tier.nodes[i]
	condition := n.condition.Load()
	var wire time.Duration
	if stateOf(condition) == up && bytes > 0 && n.bandwidth > 0 {
		n.mu.Lock()
		wire = n.transfer(c.clock.Now(), bytes)
		n.mu.Unlock()
	}
	if err := c.clock.Sleep(ctx, c.delay(condition, wire)); err != nil {
		return err
	}
	if err := c.verdict(i, condition, wire); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	do(n, c.clock.Now())
	return nil
}

// delay is how long an operation takes: a round trip and its bytes on the wire,
// or the time-out.
func (c *CacheClient) delay(condition int64, wire time.Duration) time.Duration {
	if stateOf(condition) == hangs {
		return c.tier.cfg.Timeout
	}
	return min(c.tier.cfg.RTT+wire, c.tier.cfg.Timeout)
}

// verdict says how an operation went whose time has passed.
func (c *CacheClient) verdict(i int, condition int64, wire time.Duration) error {
	n := c.tier.nodes[i]
	switch {
	case c.dead.Load():
		return errCrashed
	case stateOf(condition) == hangs || c.tier.cfg.RTT+wire > c.tier.cfg.Timeout:
		n.failed()
		c.members.Failed(i)
		return ErrNoAnswer
	case stateOf(condition) == refuses || n.condition.Load() != condition:
		n.failed()
		c.members.Failed(i)
		return ErrRefused
	}
	c.members.Answered(i)
	return nil
}
