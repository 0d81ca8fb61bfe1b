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

// mortal is a store in a cache of the user's, where nothing of a run stays for ever: it
// is never flushed, and a run may be killed.
type mortal struct{ store }

// leftover is how long what has no ttl is kept, which is longer than a run.
const leftover = 24 * time.Hour

func (m mortal) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	return m.store.Set(ctx, key, e, cmp.Or(ttl, leftover))
}

func (m mortal) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return m.store.SetNewer(ctx, key, e, cmp.Or(ttl, leftover))
}

func (m mortal) SetLeased(ctx context.Context, key, token string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return m.store.SetLeased(ctx, key, token, e, cmp.Or(ttl, leftover))
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

// gutterStore is a store of the gutter, where no entry lives longer than limit.
type gutterStore struct {
	store
	limit time.Duration
}

// inGutter makes a node's store one of the gutter.
func inGutter(s store, limit time.Duration) store {
	if p, ok := s.(pooled); ok {
		p.store = gutterStore{p.store, limit}
		return p
	}
	return gutterStore{s, limit}
}

func (p gutterStore) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	return p.store.Set(ctx, key, e, p.within(ttl))
}

func (p gutterStore) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return p.store.SetNewer(ctx, key, e, p.within(ttl))
}

func (p gutterStore) within(ttl time.Duration) time.Duration {
	return min(cmp.Or(ttl, p.limit), p.limit)
}
