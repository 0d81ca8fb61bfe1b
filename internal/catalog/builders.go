package catalog

import (
	"context"
	"fmt"
	"iter"

	"github.com/herdlab/herdlab/internal/published"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/publish"
)

// Parts are what a strategy is made of besides its settings.
type Parts struct {
	Store   strategies.Store
	Locker  strategies.Locker
	Loader  strategies.Loader
	Runtime strategies.Runtime
}

// Choice is a strategy with its settings.
type Choice struct {
	Kind   string  // a name of the list
	Config any     // pointer to the kind's configuration
	Over   *Choice // the strategy beneath, of one that stands over another; nil is naive
}

// Fleet makes the strategies of a fleet's boxes.
type Fleet struct {
	// Box makes the strategy of one box from the box's own parts.
	Box func(p Parts) (strategies.Strategy, error)

	// Warm computes keys before the traffic begins. Nil where the strategy
	// does not publish.
	Warm func(ctx context.Context, keys iter.Seq[string]) error

	// Publisher is the queue and the workers that serve the whole fleet. Nil
	// where the strategy does not publish.
	Publisher *publish.Publisher
}

// Build prepares a strategy for a fleet. Shared holds the parts that serve the whole
// fleet: a publisher's workers load and store through them. A setting out of its range
// is a [*strategies.ConfigError], from here or from Box.
func Build(c Choice, shared Parts) (*Fleet, error) {
	k, ok := Find(c.Kind)
	if !ok {
		return nil, fmt.Errorf("unknown strategy %q", c.Kind)
	}
	return k.build(c, shared)
}

// Try builds the strategy of one box from parts that do nothing, so that its settings
// are checked and its type is known. It must not be used.
func Try(c Choice) (strategies.Strategy, error) {
	fleet, err := Build(c, nothing())
	if err != nil {
		return nil, err
	}
	return fleet.Box(nothing())
}

// builder is how one kind is built.
type builder func(c Choice, shared Parts) (*Fleet, error)

// config makes an empty configuration of one type.
func config[C any]() any { return new(C) }

// each builds a strategy of which every box has its own, and nothing is shared but the
// store. Every box gets a copy of the configuration.
func each[C any](box func(p Parts, c C) (strategies.Strategy, error)) builder {
	return func(c Choice, _ Parts) (*Fleet, error) {
		return &Fleet{Box: func(p Parts) (strategies.Strategy, error) { return box(p, *c.Config.(*C)) }}, nil
	}
}

// beneath is the strategy under one that stands over another.
func (c Choice) beneath() Choice {
	if c.Over != nil {
		return *c.Over
	}
	return Choice{Kind: "naive", Config: new(strategies.NaiveConfig)}
}

func twoLevel(c Choice, shared Parts) (*Fleet, error) {
	fleet, err := Build(c.beneath(), shared)
	if err != nil {
		return nil, err
	}
	outer := *fleet
	outer.Box = func(p Parts) (strategies.Strategy, error) {
		beneath, err := fleet.Box(p)
		if err != nil {
			return nil, err
		}
		cfg := *c.Config.(*strategies.TwoLevelConfig)
		cfg.Runtime = p.Runtime
		return strategies.NewTwoLevel(beneath, cfg)
	}
	return &outer, nil
}

// smear wraps the loader of the strategy beneath too, which knows keys of copies only.
func smear(c Choice, shared Parts) (*Fleet, error) {
	cfg := *c.Config.(*strategies.SmearConfig)
	shared.Loader = strategies.Unsmear(shared.Loader, cfg)
	fleet, err := Build(c.beneath(), shared)
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

func publisher(c Choice, shared Parts) (*Fleet, error) {
	cfg := *c.Config.(*published.PublishConfig)
	cfg.Runtime = shared.Runtime
	if cfg.AsPublished {
		p, err := published.NewPublisher(shared.Store, shared.Loader, cfg.Config)
		if err != nil {
			return nil, err
		}
		box := func(of Parts) (strategies.Strategy, error) { return p.Reader(of.Store, of.Loader) }
		return &Fleet{Box: box, Warm: p.Warm, Publisher: p.Publisher}, nil
	}
	p, err := publish.NewPublisher(shared.Store, shared.Loader, cfg.Config)
	if err != nil {
		return nil, err
	}
	box := func(of Parts) (strategies.Strategy, error) { return p.Reader(of.Store, of.Loader) }
	return &Fleet{Box: box, Warm: p.Warm, Publisher: p}, nil
}
