package live

import (
	"context"
	"errors"
	"time"

	"github.com/herdlab/herdlab/strategies"
	memcachedstore "github.com/herdlab/herdlab/strategies/stores/memcached"
)

// errNoLeases is what a strategy that wants leases gets where pages are kept.
var errNoLeases = errors.New("no leases where a front serves pages: what stands for an entry meanwhile would be served as one")

// pages is a store of pages as the client of a node.
type pages struct{ *memcachedstore.Pages }

var _ store = pages{}

func (pages) Lease(context.Context, string, string, time.Duration) (strategies.Lease, error) {
	return strategies.Lease{}, errNoLeases
}

func (pages) SetLeased(context.Context, string, string, strategies.Entry, time.Duration) (bool, error) {
	return false, errNoLeases
}

func (pages) Retire(context.Context, string, strategies.Instant, time.Duration) error {
	return errNoLeases
}
