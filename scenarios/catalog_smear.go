package scenarios

import (
	"context"
	"iter"

	"github.com/herdlab/herdlab/strategies"
)

// smear wraps the loader of the strategy beneath too, which knows keys of copies
// only.
func smear(e Entry, shared Parts) (*Fleet, error) {
	cfg := *e.Config.(*strategies.SmearConfig)
	shared.Loader = strategies.Unsmear(shared.Loader, cfg)
	fleet, err := Build(e.beneath(), shared)
	if err != nil {
		return nil, err
	}
	outer := *fleet
	outer.Box = func(p Parts) (strategies.Strategy, error) {
		cfg := cfg
		cfg.Runtime = p.Runtime
		p.Loader = strategies.Unsmear(p.Loader, cfg)
		beneath, err := fleet.Box(p)
		if err != nil {
			return nil, err
		}
		return strategies.NewSmear(beneath, cfg)
	}
	if fleet.Warm != nil {
		outer.Warm = func(ctx context.Context, keys iter.Seq[string]) error {
			return fleet.Warm(ctx, copies(keys, cfg))
		}
	}
	return &outer, nil
}

// copies are the keys of all copies of keys.
func copies(keys iter.Seq[string], cfg strategies.SmearConfig) iter.Seq[string] {
	return func(yield func(string) bool) {
		for key := range keys {
			for _, copied := range cfg.Keys(key) {
				if !yield(copied) {
					return
				}
			}
		}
	}
}
