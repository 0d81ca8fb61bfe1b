package world

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// lease is what a node knows of a key that has no entry: to whom it was handed
// out, and what was retired last. Real stores keep it in the place of the entry;
// here it takes no memory.
type lease struct {
	token   string // "": nobody has it
	given   time.Time
	until   time.Time // it ends by itself
	old     strategies.Entry
	retired strategies.Instant
}

var _ strategies.Leaser = (*CacheClient)(nil)

// Lease returns the entry of key or hands out its lease.
func (c *CacheClient) Lease(ctx context.Context, key, token string, every time.Duration) (got strategies.Lease, err error) {
	if every <= 0 || 2*every <= 0 || token == "" || len(token) > 255 {
		return got, errLease
	}
	err = c.change(ctx, key, 0, func(n *node, now time.Time) { got = n.lease(*c.space.Load(), key, token, now, every) })
	return got, err
}

// SetLeased stores an entry if token is the lease of key.
func (c *CacheClient) SetLeased(ctx context.Context, key, token string, e strategies.Entry, ttl time.Duration) (stored bool, err error) {
	switch {
	case ttl < 0:
		return false, ErrLifetime
	case token == "":
		return false, errLease
	}
	failed := c.change(ctx, key, len(e.Data), func(n *node, now time.Time) {
		stored, err = n.setLeased(*c.space.Load(), key, token, e, now, ttl)
	})
	if failed != nil {
		return false, failed
	}
	return stored, err
}

// Retire removes key and its lease, and keeps its entry aside; where somebody might
// look back for it nothing is kept.
func (c *CacheClient) Retire(ctx context.Context, key string, at strategies.Instant, keep time.Duration) error {
	if keep < 0 {
		return ErrLifetime
	}
	if c.members.before.Load() != nil {
		c.deleteBefore(ctx, key, func(n *node, _ time.Time) { n.delete(*c.space.Load(), key) })
	}
	return c.change(ctx, key, 0, func(n *node, now time.Time) { n.retire(*c.space.Load(), key, at, now, keep) })
}

func (n *node) lease(space keyspace, key, token string, now time.Time, every time.Duration) strategies.Lease {
	n.stats.Locks++
	if it := n.items.get(space, key, now); it != nil {
		n.stats.BytesOut += int64(len(it.entry.Data))
		return strategies.Lease{Found: true, Entry: it.entry}
	}
	at := wireKey{space.number, key}
	l := n.leases[at]
	if !l.until.After(now) {
		l = lease{}
	}
	got := strategies.Lease{Entry: l.old, Retired: l.retired}
	switch {
	case l.token == "":
		l.token = token
	case now.Sub(l.given) < every:
		return got
	}
	l.given, l.until, got.Token = now, now.Add(2*every), l.token
	n.leases[at] = l
	return got
}

func (n *node) setLeased(space keyspace, key, token string, e strategies.Entry, now time.Time, ttl time.Duration) (bool, error) {
	if l := n.leases[wireKey{space.number, key}]; l.token != token || !l.until.After(now) {
		n.stats.Sets++
		return false, nil
	}
	return n.set(space, key, e, now, ttl, false)
}

func (n *node) retire(space keyspace, key string, at strategies.Instant, now time.Time, keep time.Duration) {
	where := wireKey{space.number, key}
	l := n.leases[where]
	if !l.until.After(now) {
		l = lease{}
	}
	if it := n.items.get(space, key, now); it != nil {
		l.old, l.retired = it.entry, at
	}
	n.delete(space, key)
	if keep > 0 && !l.retired.IsZero() {
		l.token, l.until = "", now.Add(keep)
		n.leases[where] = l
	}
}

// release takes the lease of a key back, because something has happened to it.
func (n *node) release(space keyspace, key string) {
	if len(n.leases) > 0 {
		delete(n.leases, wireKey{space.number, key})
	}
}
