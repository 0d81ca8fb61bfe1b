package lab

import (
	"fmt"
	"math/rand/v2"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
	"github.com/herdlab/herdlab/strategies/publish"
)

// fleet is the strategy of every box, and what they share.
type fleet struct {
	caches []*namedFleet // none where the world is no Host
	world  World
	clock  Clock
	parked *waiters // the boxes' clock
	stream func(string) *rand.Rand
	made   int // strategies
}

// namedFleet is the strategies of one named cache.
type namedFleet struct {
	cache  world.Cache // of what serves the whole fleet
	shared *catalog.Fleet
	made   []strategies.Strategy // every one ever installed, for its counts
}

// newFleet makes an entry's strategies for the named caches and installs them in
// the world's boxes.
func newFleet(e scenarios.Entry, w World, caches []string, clk Clock, stream func(string) *rand.Rand, stop func() bool) (*fleet, error) {
	f := &fleet{world: w, clock: clk, parked: &waiters{Clock: clk}, stream: stream}
	host, ok := w.(Host)
	if !ok {
		return f, nil
	}
	for name := range caches {
		cache, err := host.Cache(name)
		if err != nil {
			return nil, err
		}
		purpose := "strategy/fleet"
		if name > 0 {
			purpose += "/" + caches[name]
		}
		own := e.In(caches[name])
		shared, err := catalog.Build(own.Choice(), f.parts(cache, host.Loader(), f.clock, purpose))
		if err != nil {
			return nil, err
		}
		f.caches = append(f.caches, &namedFleet{cache: cache, shared: shared})
	}
	installing := true
	defer func() { installing = false }()
	return f, host.Install(func(i, name int, cache world.Cache, loader strategies.Loader) (strategies.Strategy, error) {
		if installing && stop != nil && stop() { // ten thousand boxes take a while
			return nil, ErrStopped
		}
		return f.box(i, name, cache, loader)
	})
}

// parts are what a strategy is made of, with a clock and the random stream of a purpose.
func (f *fleet) parts(cache world.Cache, loader strategies.Loader, clk clock.Clock, purpose string) catalog.Parts {
	return catalog.Parts{
		Store: cache, Locker: cache, Loader: loader, Runtime: strategies.Runtime{Clock: clk, Rand: f.stream(purpose), ExactLRU: true},
	}
}

// box makes the strategy of one box for one named cache.
func (f *fleet) box(i, name int, cache world.Cache, loader strategies.Loader) (strategies.Strategy, error) {
	of := f.caches[name]
	s, err := of.shared.Box(f.parts(cache, loader, f.parked, fmt.Sprintf("strategy/box%d/%d", i, f.made)))
	if err == nil {
		f.made++
		of.made = append(of.made, s)
	}
	return s, err
}

// report adds up what the strategies counted.
func (f *fleet) report(run *metrics.Run) {
	var l1 metrics.L1Stats
	for _, of := range f.caches {
		for _, s := range of.made {
			r, ok := s.(strategies.StatsReporter)
			if !ok {
				continue
			}
			n := r.Stats()
			run.LocksLost += n.LocksLost
			run.Discarded += n.Discarded
			run.RefreshErrors += n.RefreshErrors
			run.LoadErrors += n.LoadErrors
			l1.Hits += n.L1Hits
			l1.Misses += n.L1Misses
		}
		if p := of.shared.Publisher; p != nil {
			fillQueue(run, p.Stats())
			run.LoadErrors += p.Loads().LoadErrors
		}
	}
	if l1.Hits+l1.Misses > 0 {
		run.L1 = &l1
	}
}

// fillQueue adds the counts of one named cache's queue.
func fillQueue(run *metrics.Run, n publish.Stats) {
	if run.Queue == nil {
		run.Queue = &metrics.QueueStats{}
	}
	q := run.Queue
	q.Jobs += n.Jobs
	q.Collapsed += n.Collapsed
	q.Dropped += n.Dropped
	q.Outdated += n.Outdated
	if n.Jobs > 0 {
		if q.AgeMaxMS == nil {
			q.AgeMaxMS = new(float64)
		}
		*q.AgeMaxMS = max(*q.AgeMaxMS, millis(n.AgeMax))
	}
}
