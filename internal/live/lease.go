package live

import (
	"cmp"
	"context"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

var _ strategies.Leaser = (*cacheClient)(nil)

func (c *cacheClient) Lease(ctx context.Context, key, token string, every time.Duration) (l strategies.Lease, err error) {
	err = c.on(ctx, key, &c.tier.counts.locks, func(ctx context.Context, s store) (err error) {
		if l, err = s.Lease(ctx, key, token, every); l.Found {
			c.tier.counts.bytesOut.Add(int64(len(l.Entry.Data)))
		}
		return err
	})
	return l, err
}

func (c *cacheClient) SetLeased(ctx context.Context, key, token string, e strategies.Entry, ttl time.Duration) (stored bool, err error) {
	err = c.on(ctx, key, &c.tier.counts.sets, func(ctx context.Context, s store) (err error) {
		stored, err = s.SetLeased(ctx, key, token, e, ttl)
		return err
	})
	return stored, err
}

func (c *cacheClient) Retire(ctx context.Context, key string, at strategies.Instant, keep time.Duration) error {
	if _, j, had := c.had(key); had {
		_ = c.at(ctx, j, &c.tier.counts.deletes, func(ctx context.Context, s store) error { return s.Delete(ctx, key) })
	}
	return c.on(ctx, key, &c.tier.counts.deletes, func(ctx context.Context, s store) error { return s.Retire(ctx, key, at, keep) })
}

func (m mortal) SetLeased(ctx context.Context, key, token string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return m.store.SetLeased(ctx, key, token, e, cmp.Or(ttl, leftover))
}
