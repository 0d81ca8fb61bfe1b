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

// nodeStore is a node's client, as it was opened for one box.
type nodeStore struct {
	store

	// most is how long its entries live at most; 0 is as long as their ttl says.
	most time.Duration

	// drop closes all idle connections; nil where the client sees by itself that a node
	// which failed has broken those too. Else each would be found out by a failure of
	// its own.
	drop func() error
}

// leftover is how long what a run leaves in a cache of the user's is kept at most, which
// is longer than a run: such a cache is never flushed, and a run may be killed.
const leftover = 24 * time.Hour

// bound is a ttl within most. One of 0 is for ever.
func (s nodeStore) bound(ttl time.Duration) time.Duration {
	if s.most == 0 {
		return ttl
	}
	return min(cmp.Or(ttl, s.most), s.most)
}

func (s nodeStore) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	return s.store.Set(ctx, key, e, s.bound(ttl))
}

func (s nodeStore) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return s.store.SetNewer(ctx, key, e, s.bound(ttl))
}

func (s nodeStore) SetLeased(ctx context.Context, key, token string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return s.store.SetLeased(ctx, key, token, e, s.bound(ttl))
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
