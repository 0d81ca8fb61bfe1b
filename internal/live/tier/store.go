package tier

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/herdlab/herdlab/strategies"
	memcachedstore "github.com/herdlab/herdlab/strategies/stores/memcached"
)

// store is what a node's client has to be able to do.
type store interface {
	strategies.Store
	strategies.Locker
	strategies.NewerSetter
	strategies.Extender
	strategies.Leaser
}

// bounded is a store whose entries live for what it makes of their ttl.
type bounded struct {
	store
	life func(ttl time.Duration) time.Duration
}

// bound bounds a node's store. One that is pooled stays so.
func bound(s store, life func(ttl time.Duration) time.Duration) store {
	if p, ok := s.(pooled); ok {
		p.store = bounded{p.store, life}
		return p
	}
	return bounded{s, life}
}

func (b bounded) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	return b.store.Set(ctx, key, e, b.life(ttl))
}

func (b bounded) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return b.store.SetNewer(ctx, key, e, b.life(ttl))
}

func (b bounded) SetLeased(ctx context.Context, key, token string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return b.store.SetLeased(ctx, key, token, e, b.life(ttl))
}

// mortal bounds what is in a cache of the user's, where nothing of a run stays for ever:
// it is never flushed, and a run may be killed.
func mortal(ttl time.Duration) time.Duration { return cmp.Or(ttl, leftover) }

// leftover is how long what has no ttl is kept, which is longer than a run.
const leftover = 24 * time.Hour

// inGutter bounds what is in the gutter, where no entry lives longer than limit.
func inGutter(limit time.Duration) func(ttl time.Duration) time.Duration {
	return func(ttl time.Duration) time.Duration { return min(cmp.Or(ttl, limit), limit) }
}

// pooled is a store over a client that keeps idle connections and does not see
// that a node which failed has broken those too: each would be found out by a
// failure of its own.
type pooled struct {
	store
	drop func() error // all of them
}

// errNoLeases is what a strategy that wants leases gets where pages are kept.
var errNoLeases = errors.New("no leases where a front serves pages: what stands for an entry meanwhile would be served as one")

// pageStore is a store of pages as the client of a node.
type pageStore struct{ *memcachedstore.Pages }

var _ store = pageStore{}

func (pageStore) Lease(context.Context, string, string, time.Duration) (strategies.Lease, error) {
	return strategies.Lease{}, errNoLeases
}

func (pageStore) SetLeased(context.Context, string, string, strategies.Entry, time.Duration) (bool, error) {
	return false, errNoLeases
}

func (pageStore) Retire(context.Context, string, strategies.Instant, time.Duration) error {
	return errNoLeases
}
