package scenarios

import (
	"context"
	"fmt"
	"iter"

	"github.com/herdlab/herdlab/strategies"
)

// Parts are what a strategy is made of besides its settings.
type Parts struct {
	Store   strategies.Store
	Locker  strategies.Locker
	Loader  strategies.Loader
	Runtime strategies.Runtime
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
	Publisher *strategies.Publisher
}

// kind is one line of the catalogue.
type kind struct {
	doc    string
	over   bool // stands over another strategy
	config func() any
	build  func(e Entry, shared Parts) (*Fleet, error)
}

// catalogue is every strategy there is, by the name that scenarios use. A new
// strategy is a new line here and in Kinds.
func catalogue() map[string]kind {
	return map[string]kind{
		"direct": {
			doc:    "no cache: every request computes",
			config: func() any { return new(strategies.DirectConfig) }, build: direct,
		},
		"naive": {
			doc:    "cache-aside: look in the cache, on a miss compute and store; nobody coordinates",
			config: func() any { return new(strategies.NaiveConfig) }, build: naive,
		},
		"mutex": {
			doc:    "one computes under a lock in the shared cache, the others fail or wait",
			config: func() any { return new(strategies.MutexConfig) }, build: mutex,
		},
		"swr": {
			doc:    "stale-while-revalidate: an old value is served while one refreshes it",
			config: func() any { return new(strategies.SWRConfig) }, build: swr,
		},
		"pool": {
			doc:    "a few of the fleet compute a key, a few more wait, and the others get a stale value or fail",
			config: func() any { return new(strategies.PoolConfig) }, build: pool,
		},
		"lease": {
			doc:    "the cache hands out leases: one computes, and no value that a write has overtaken is stored",
			config: func() any { return new(strategies.LeaseConfig) }, build: leased,
		},
		"two-level": {
			doc: "a small cache inside every box, over another strategy", over: true,
			config: func() any { return new(strategies.TwoLevelConfig) }, build: twoLevel,
		},
		"smear": {
			doc: "several copies of a value under keys of their own, over another strategy; a read takes one at random", over: true,
			config: func() any { return new(strategies.SmearConfig) }, build: smear,
		},
		"publish": {
			doc:    "writers compute and push values; readers only read",
			config: func() any { return new(strategies.PublishConfig) }, build: publish,
		},
	}
}

// Kinds lists the strategies of the catalogue, simplest first.
func Kinds() []string {
	return []string{"direct", "naive", "mutex", "swr", "pool", "lease", "two-level", "smear", "publish"}
}

func findKind(name string) (kind, bool) {
	k, ok := catalogue()[name]
	return k, ok
}

// Build prepares the strategy of one entry for a fleet. Shared holds the parts
// that serve the whole fleet: a publisher's workers load and store through
// them. A setting out of its range is a [*strategies.ConfigError], from here
// or from Box.
func Build(e Entry, shared Parts) (*Fleet, error) {
	k, ok := findKind(e.Kind)
	if !ok {
		return nil, fmt.Errorf("unknown strategy %q", e.Kind)
	}
	return k.build(e, shared)
}

func direct(e Entry, _ Parts) (*Fleet, error) {
	return &Fleet{Box: func(p Parts) (strategies.Strategy, error) {
		cfg := *e.Config.(*strategies.DirectConfig)
		cfg.Runtime = p.Runtime
		return strategies.NewDirect(p.Loader, cfg)
	}}, nil
}

func naive(e Entry, _ Parts) (*Fleet, error) {
	return &Fleet{Box: func(p Parts) (strategies.Strategy, error) {
		cfg := *e.Config.(*strategies.NaiveConfig)
		cfg.Runtime = p.Runtime
		return strategies.NewNaive(p.Store, p.Loader, cfg)
	}}, nil
}

func mutex(e Entry, _ Parts) (*Fleet, error) {
	return &Fleet{Box: func(p Parts) (strategies.Strategy, error) {
		cfg := *e.Config.(*strategies.MutexConfig)
		cfg.Runtime = p.Runtime
		return strategies.NewMutex(p.Store, p.Locker, p.Loader, cfg)
	}}, nil
}

func swr(e Entry, _ Parts) (*Fleet, error) {
	return &Fleet{Box: func(p Parts) (strategies.Strategy, error) {
		cfg := *e.Config.(*strategies.SWRConfig)
		cfg.Runtime = p.Runtime
		return strategies.NewSWR(p.Store, p.Locker, p.Loader, cfg)
	}}, nil
}

func pool(e Entry, _ Parts) (*Fleet, error) {
	return &Fleet{Box: func(p Parts) (strategies.Strategy, error) {
		cfg := *e.Config.(*strategies.PoolConfig)
		cfg.Runtime = p.Runtime
		return strategies.NewPool(p.Store, p.Locker, p.Loader, cfg)
	}}, nil
}

func leased(e Entry, _ Parts) (*Fleet, error) {
	return &Fleet{Box: func(p Parts) (strategies.Strategy, error) {
		cfg := *e.Config.(*strategies.LeaseConfig)
		cfg.Runtime = p.Runtime
		return strategies.NewLeased(p.Store, p.Loader, cfg)
	}}, nil
}

func twoLevel(e Entry, shared Parts) (*Fleet, error) {
	fleet, err := Build(e.beneath(), shared)
	if err != nil {
		return nil, err
	}
	outer := *fleet
	outer.Box = func(p Parts) (strategies.Strategy, error) {
		beneath, err := fleet.Box(p)
		if err != nil {
			return nil, err
		}
		cfg := *e.Config.(*strategies.TwoLevelConfig)
		cfg.Runtime = p.Runtime
		return strategies.NewTwoLevel(beneath, cfg)
	}
	return &outer, nil
}

func publish(e Entry, shared Parts) (*Fleet, error) {
	cfg := *e.Config.(*strategies.PublishConfig)
	cfg.Runtime = shared.Runtime
	publisher, err := strategies.NewPublisher(shared.Store, shared.Loader, cfg)
	if err != nil {
		return nil, err
	}
	return &Fleet{
		Box:       func(p Parts) (strategies.Strategy, error) { return publisher.ReaderBy(p.Store, p.Loader), nil },
		Warm:      publisher.Warm,
		Publisher: publisher,
	}, nil
}

// beneath is the strategy under one that stands over another: naive where none is
// named.
func (e Entry) beneath() Entry {
	if e.Over != nil {
		return *e.Over
	}
	cfg := new(strategies.NaiveConfig)
	setDefaults(cfg)
	return Entry{Name: "naive", Kind: "naive", Config: cfg}
}
