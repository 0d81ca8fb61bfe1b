package catalog

import (
	"context"
	"fmt"
	"iter"
	"reflect"

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

// recipe is how one kind is built: from configurations of one type.
type recipe struct {
	config func() any // an empty one
	build  func(c Choice, shared Parts) (*Fleet, error)
}

// of is the recipe that builds from configurations of type C.
func of[C any](build func(c Choice, shared Parts) (*Fleet, error)) recipe {
	return recipe{func() any { return new(C) }, build}
}

// each builds a strategy of which every box has its own, and nothing is shared but the
// store.
func each[C any](box func(p Parts, c C) (strategies.Strategy, error)) recipe {
	return of[C](func(c Choice, _ Parts) (*Fleet, error) {
		return &Fleet{Box: func(p Parts) (strategies.Strategy, error) { return box(p, settings[C](c, p)) }}, nil
	})
}

// over builds a strategy that stands over another, each box's over the same box's. The
// two have the parts that wrap makes of a box's.
func over[C any](wrap func(p Parts, c C) Parts, box func(inner strategies.Strategy, c C) (strategies.Strategy, error)) recipe {
	return of[C](func(c Choice, shared Parts) (*Fleet, error) {
		fleet, err := Build(c.beneath(), wrap(shared, settings[C](c, shared)))
		if err != nil {
			return nil, err
		}
		outer := *fleet
		outer.Box = func(p Parts) (strategies.Strategy, error) {
			cfg := settings[C](c, p)
			inner, err := fleet.Box(wrap(p, cfg))
			if err != nil {
				return nil, err
			}
			return box(inner, cfg)
		}
		return &outer, nil
	})
}

// settings is a copy of the configuration for one box, with the box's runtime.
func settings[C any](c Choice, p Parts) C {
	cfg := *c.Config.(*C)
	reflect.ValueOf(&cfg).Elem().FieldByName("Runtime").Set(reflect.ValueOf(p.Runtime))
	return cfg
}

// beneath is the strategy under one that stands over another.
func (c Choice) beneath() Choice {
	if c.Over != nil {
		return *c.Over
	}
	return Choice{Kind: "naive", Config: new(strategies.NaiveConfig)}
}

// smear keeps its copies under keys that the strategy beneath takes for keys of their
// own: the loader finds back to the origin's, and a warm-up computes every copy.
func smear() recipe {
	type config = strategies.SmearConfig
	single := over(func(p Parts, cfg config) Parts {
		p.Loader = strategies.Unsmear(p.Loader, cfg)
		return p
	}, func(inner strategies.Strategy, cfg config) (strategies.Strategy, error) {
		return strategies.NewSmear(inner, cfg)
	})
	return of[config](func(c Choice, shared Parts) (*Fleet, error) {
		fleet, err := single.build(c, shared)
		if err != nil || fleet.Warm == nil {
			return fleet, err
		}
		warm, cfg := fleet.Warm, *c.Config.(*config)
		fleet.Warm = func(ctx context.Context, keys iter.Seq[string]) error { return warm(ctx, copies(keys, cfg)) }
		return fleet, nil
	})
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

// publisher builds the readers of one publisher, which has the parts of the whole fleet.
func publisher() recipe {
	return of[published.PublishConfig](func(c Choice, shared Parts) (*Fleet, error) {
		cfg := settings[published.PublishConfig](c, shared)
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
	})
}

// nothing are parts that do nothing. A strategy is built from them to check its
// settings, and is never asked.
func nothing() Parts {
	load := strategies.LoaderFunc(func(context.Context, string) (strategies.Value, error) {
		return strategies.Value{}, strategies.ErrColdCache
	})
	return Parts{Store: noStore{}, Locker: noStore{}, Loader: load}
}

// noStore is everything that a store can be, to those who only look.
type noStore struct {
	strategies.Store
	strategies.Locker
	strategies.Extender
	strategies.Leaser
}
