package world

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// past is the ring as it was before the list of nodes changed, for as long as one
// looks back.
type past struct {
	view  *view
	until time.Time
}

// Before is the node that had key before the list of nodes changed, if that was
// another one than i and lately.
func (m *Membership) Before(key string, i int) (node int, ok bool) {
	p := m.before.Load()
	if p == nil || !p.until.After(m.now()) {
		return 0, false
	}
	node = p.view.owner(key)
	return node, node >= 0 && node != i
}

// lookBack reads key, which node i has not, from node j that had it, and stores it
// where it belongs now: for ever, since its ttl is not known, and its reader looks
// at its age. It is what Facebook's clients do with a cold cluster ("Scaling
// Memcache at Facebook", section 4.3), without the hold-off after a delete:
//
//	A: misses at the new node, finds the old value at the old one
//	B: write at the origin, delete at both nodes
//	A: stores the old value at the new node
func (c *CacheClient) lookBack(ctx context.Context, key string, j, i int) (strategies.Entry, bool, error) {
	e, ok, err := c.getAt(ctx, j, key)
	if err != nil || !ok {
		return strategies.Entry{}, false, nil // as without it
	}
	_ = c.changeAt(ctx, i, len(e.Data), func(n *node, now time.Time) {
		_, _ = n.set(*c.space.Load(), key, e, now, 0, true)
	})
	return e, true, nil
}

// deleteBefore removes key from the node that had it before.
func (c *CacheClient) deleteBefore(ctx context.Context, key string, remove func(*node, time.Time)) {
	i, err := c.route(key)
	if err != nil {
		return
	}
	if j, had := c.members.Before(key, i); had {
		_ = c.changeAt(ctx, j, 0, remove)
	}
}
