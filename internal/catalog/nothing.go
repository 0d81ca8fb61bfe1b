package catalog

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// nothing are parts that do nothing. A strategy is built from them once while
// its settings are checked, and is never asked.
func nothing() Parts {
	return Parts{
		Store: noStore{}, Locker: noStore{},
		Loader: strategies.LoaderFunc(func(context.Context, string) (strategies.Value, error) {
			return strategies.Value{}, strategies.ErrColdCache
		}),
	}
}

type noStore struct{}

var (
	_ strategies.Store    = noStore{}
	_ strategies.Extender = noStore{}
	_ strategies.Locker   = noStore{}
	_ strategies.Leaser   = noStore{}
)

func (noStore) Get(context.Context, string) (strategies.Entry, bool, error) {
	return strategies.Entry{}, false, nil
}
func (noStore) Set(context.Context, string, strategies.Entry, time.Duration) error { return nil }
func (noStore) Delete(context.Context, string) error                               { return nil }

func (noStore) TryLock(context.Context, string, string, time.Duration) (bool, error) {
	return false, nil
}
func (noStore) Unlock(context.Context, string, string) (bool, error) { return false, nil }
func (noStore) Extend(context.Context, string, string, time.Duration) (bool, error) {
	return false, nil
}

func (noStore) Lease(context.Context, string, string, time.Duration) (strategies.Lease, error) {
	return strategies.Lease{}, nil
}
func (noStore) SetLeased(context.Context, string, string, strategies.Entry, time.Duration) (bool, error) {
	return false, nil
}
func (noStore) Retire(context.Context, string, strategies.Instant, time.Duration) error { return nil }
