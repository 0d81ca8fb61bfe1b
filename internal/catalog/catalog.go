// Package catalog is the list of strategies. Whatever treats all of them alike reads it:
// the loader of scenarios, the JSON Schema, the references, the table in the README, and
// the tests of what every strategy promises. A new strategy is its own file and one entry
// of [All]; the tests name what else it owes.
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

// Kind is one strategy: its name, what is said of it, what has to be known of it before
// it is built, and how that is done.
type Kind struct {
	Name string // as scenarios spell it
	Doc  string // one line, without a full stop

	// Two cells of the table in the README: who computes a missing value, and what the
	// others get meanwhile.
	Computes, Others string

	Over      bool // stands over another strategy
	Uncached  bool // has no cache: every request computes
	Leases    bool // its store has to hand out leases, see [strategies.Leaser]
	Publishes bool // one publisher serves the whole fleet

	// Why it makes no sense where the values are in the processes of the boxes, in
	// files of each box (what follows "the disk"), or behind a web server that reads the
	// store by itself. Empty: it does.
	NotInProcess, NotOnDisk, NotBehindFront string

	recipe
}

// Config is a new configuration, with every field left out: a pointer to a struct that
// has the tags of package tag.
func (k Kind) Config() any { return k.config() }

// Settings is the type of the configuration.
func (k Kind) Settings() reflect.Type { return reflect.TypeOf(k.config()).Elem() }

// All is every strategy, the simplest first.
func All() []Kind {
	return []Kind{
		{
			Name: "direct", Doc: "no cache: every request computes", Uncached: true,
			Computes: "everybody: there is no cache", Others: "they compute too",
			recipe: each(func(p Parts, c strategies.DirectConfig) (strategies.Strategy, error) {
				return strategies.NewDirect(p.Loader, c)
			}),
		},
		{
			Name: "naive", Doc: "cache-aside: look in the cache, on a miss compute and store; nobody coordinates",
			Computes: "everybody who misses", Others: "they compute too: the herd",
			recipe: each(func(p Parts, c strategies.NaiveConfig) (strategies.Strategy, error) {
				return strategies.NewNaive(p.Store, p.Loader, c)
			}),
		},
		{
			Name: "mutex", Doc: "one computes under a lock in the shared cache, the others fail or wait",
			Computes: "the one who gets the lock", Others: "refused at once, a bounded wait, or a place in the queue for the lock",
			recipe: each(func(p Parts, c published.MutexConfig) (strategies.Strategy, error) {
				return published.NewMutex(p.Store, p.Locker, p.Loader, c)
			}),
		},
		{
			Name: "swr", Doc: "stale-while-revalidate: an old value is served while one refreshes it",
			Computes: "the one who gets the lock, in the background", Others: "the stale value; where there is none, refused or a bounded wait",
			recipe: each(func(p Parts, c strategies.SWRConfig) (strategies.Strategy, error) {
				return strategies.NewSWR(p.Store, p.Locker, p.Loader, c)
			}),
		},
		{
			Name: "pool", Doc: "a few of the fleet compute a key, a few more wait, and the others get a stale value or fail",
			Computes: "a few, each with a slot", Others: "the stale value, a bounded wait, or refused",
			recipe: each(func(p Parts, c strategies.PoolConfig) (strategies.Strategy, error) {
				return strategies.NewPool(p.Store, p.Locker, p.Loader, c)
			}),
		},
		{
			Name: "lease", Doc: "the cache hands out leases: one computes, and no value that a write has overtaken is stored", Leases: true,
			Computes: "the one whom the cache gives the lease; a write takes it back", Others: "a short wait, or what the write took away",
			NotInProcess: "a process hands out no leases", NotOnDisk: "has the values: they are in files that hand out no leases",
			NotBehindFront: "there are no leases: what stands for a page meanwhile would be served as one",
			recipe: each(func(p Parts, c strategies.LeaseConfig) (strategies.Strategy, error) {
				return strategies.NewLeased(p.Store, p.Loader, c)
			}),
		},
		{
			Name: "two-level", Doc: "a small cache inside every box, over another strategy", Over: true,
			Computes: "as the strategy beneath", Others: "a copy from their own box, for a second",
			NotInProcess: "a box would keep a copy of what it has already",
			recipe: over(func(p Parts, _ strategies.TwoLevelConfig) Parts { return p }, func(inner strategies.Strategy, c strategies.TwoLevelConfig) (strategies.Strategy, error) {
				return strategies.NewTwoLevel(inner, c)
			}),
		},
		{
			Name: "smear", Doc: "several copies of a value under keys of their own, over another strategy; a read takes one at random", Over: true,
			Computes: "as the strategy beneath, once for each of several copies", Others: "one of the copies",
			NotInProcess: "there is no node whose network copies could spare", recipe: smear(),
		},
		{
			Name: "publish", Doc: "writers compute and push values; readers only read", Publishes: true,
			Computes: "workers, when something is written", Others: "what was published last",
			NotInProcess: "no box would see what the publisher stores in its own process",
			NotOnDisk:    "gives every box values of its own: no box would see what the publisher stores; leave out fleet.disk", recipe: publisher(),
		},
	}
}

// Find is the strategy of a name, and whether there is one.
func Find(name string) (Kind, bool) {
	for _, k := range All() {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// Names are the names of all strategies, the simplest first.
func Names() []string {
	var names []string
	for _, k := range All() {
		names = append(names, k.Name)
	}
	return names
}

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
