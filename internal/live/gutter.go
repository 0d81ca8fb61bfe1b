package live

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// passing is a store of the gutter, where no entry lives longer than limit.
type passing struct {
	store
	limit time.Duration
}

// brief makes a node's store one of the gutter.
func brief(s store, limit time.Duration) store {
	if p, ok := s.(pooled); ok {
		p.store = passing{p.store, limit}
		return p
	}
	return passing{s, limit}
}

func (p passing) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	return p.store.Set(ctx, key, e, p.within(ttl))
}

func (p passing) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return p.store.SetNewer(ctx, key, e, p.within(ttl))
}

func (p passing) within(ttl time.Duration) time.Duration {
	if ttl == 0 {
		return p.limit
	}
	return min(ttl, p.limit)
}
