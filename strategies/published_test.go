package strategies_test

import (
	"cmp"

	"github.com/herdlab/herdlab/internal/tag"
	"github.com/herdlab/herdlab/strategies"
)

// asInFiles is a configuration with the defaults of a scenario, which are those of the
// software that strategies were published with: requests are not coalesced, and their
// loads are run by the requests themselves. Much of what is to be seen between boxes is
// seen between requests, then.
func asInFiles[C any](cfg C) C {
	tag.FillAsFile(&cfg)
	return cfg
}

func filedMutex(store strategies.Store, locker strategies.Locker, loader strategies.Loader, cfg strategies.MutexConfig) (*strategies.Mutex, error) {
	return strategies.NewMutex(store, locker, loader, asInFiles(cfg))
}

func filedSWR(store strategies.Store, locker strategies.Locker, loader strategies.Loader, cfg strategies.SWRConfig) (*strategies.SWR, error) {
	if locker == nil {
		cfg.Cold = cmp.Or(cfg.Cold, strategies.ColdCoalesce)
	}
	return strategies.NewSWR(store, locker, loader, asInFiles(cfg))
}

func filedPool(store strategies.Store, locker strategies.Locker, loader strategies.Loader, cfg strategies.PoolConfig) (*strategies.Pool, error) {
	return strategies.NewPool(store, locker, loader, asInFiles(cfg))
}

func filedLeased(store strategies.Store, loader strategies.Loader, cfg strategies.LeaseConfig) (*strategies.Leased, error) {
	return strategies.NewLeased(store, loader, asInFiles(cfg))
}

func filedNaive(store strategies.Store, loader strategies.Loader, cfg strategies.NaiveConfig) (*strategies.Naive, error) {
	return strategies.NewNaive(store, loader, asInFiles(cfg))
}

func filedTwoLevel(inner strategies.Strategy, cfg strategies.TwoLevelConfig) (*strategies.TwoLevel, error) {
	return strategies.NewTwoLevel(inner, asInFiles(cfg))
}
