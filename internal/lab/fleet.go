package lab

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"herdlab/internal/cluster"
	"herdlab/internal/metrics"
	"herdlab/scenarios"
	"herdlab/strategies"
	"herdlab/strategies/clock"
	"herdlab/workloads"
)

const (
	warmKeys = 100_000 // keys a strategy's own warm-up loads at most, the most popular first
	warmers  = 64      // processes of the scenario's warm-up at most
)

// fleet is the strategy of every box, and what they share.
type fleet struct {
	caches []*namedFleet // none where the world is no Host
	world  World
	clock  Clock
	stream func(string) *rand.Rand
	mu     sync.Mutex // of the warm-up
	made   int        // strategies
}

// namedFleet is the strategies of one named cache.
type namedFleet struct {
	shared *scenarios.Fleet
	made   []strategies.Strategy // every one ever installed, for its counts
}

// newFleet makes an entry's strategies for the named caches and installs them in
// the world's boxes.
func newFleet(e scenarios.Entry, w World, caches []string, clk Clock, stream func(string) *rand.Rand) (*fleet, error) {
	f := &fleet{world: w, clock: clk, stream: stream}
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
		shared, err := scenarios.Build(e, scenarios.Parts{
			Store: cache, Locker: cache, Loader: host.Loader(),
			Runtime: strategies.Runtime{Clock: clk, Rand: stream(purpose)},
		})
		if err != nil {
			return nil, err
		}
		f.caches = append(f.caches, &namedFleet{shared: shared})
	}
	return f, host.Install(f.box)
}

// box makes the strategy of one box for one named cache.
func (f *fleet) box(i, name int, cache cluster.Cache, loader strategies.Loader) (strategies.Strategy, error) {
	of := f.caches[name]
	s, err := of.shared.Box(scenarios.Parts{
		Store: cache, Locker: cache, Loader: loader,
		Runtime: strategies.Runtime{Clock: f.clock, Rand: f.stream(fmt.Sprintf("strategy/box%d/%d", i, f.made))},
	})
	if err == nil {
		f.made++
		of.made = append(of.made, s)
	}
	return s, err
}

// warm fills the cache before the traffic: as the strategy does it by itself,
// where it does, and then by asking for the first n keys as the scenario wants
// it. A key that cannot be had stays cold.
func (f *fleet) warm(traffic *workloads.Workload, n, atOnce int) error {
	if f.caches == nil {
		if w, ok := f.world.(Warmer); ok && n > 0 {
			return w.Warm(slices.Collect(traffic.Keys(n)))
		}
		return nil
	}
	of := f.caches[0]
	if of.shared.Warm != nil {
		if err := of.shared.Warm(context.Background(), traffic.Keys(warmKeys)); err != nil {
			return err
		}
	}
	keys := slices.Collect(traffic.Keys(n))
	if len(keys) == 0 {
		return nil
	}
	all := min(atOnce, len(keys))
	done, left := f.clock.NewEvent("the warm-up"), all
	for w := range all {
		f.clock.Go("warm-up", func() {
			for i := w; i < len(keys); i += all {
				_, _ = of.made[i%len(of.made)].Get(context.Background(), keys[i])
			}
			f.mu.Lock()
			defer f.mu.Unlock()
			if left--; left == 0 {
				done.Set()
			}
		})
	}
	return done.Wait(context.Background(), clock.Forever)
}

// warmersOf is how many processes warm up: no more than the origin computes at
// once, so that none of them finds its queue full.
func warmersOf(o cluster.OriginConfig) int {
	if o.Concurrency == 0 {
		return warmers
	}
	return min(warmers, o.Concurrency)
}

// fill adds up what the strategies counted.
func (f *fleet) fill(run *metrics.Run) {
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
			l1.Hits += n.L1Hits
			l1.Misses += n.L1Misses
		}
		if p := of.shared.Publisher; p != nil {
			fillQueue(run, p.Stats())
		}
	}
	if l1.Hits+l1.Misses > 0 {
		run.L1 = &l1
	}
}

// fillQueue adds the counts of one named cache's queue.
func fillQueue(run *metrics.Run, n strategies.PublishStats) {
	if run.Queue == nil {
		run.Queue = &metrics.QueueStats{}
	}
	q := run.Queue
	q.Jobs += n.Jobs
	q.Collapsed += n.Collapsed
	q.Dropped += n.Dropped
	q.Outdated += n.Outdated
	if n.Jobs > 0 {
		age := float64(n.AgeMax) / 1e6
		if q.AgeMaxMS != nil {
			age = max(age, *q.AgeMaxMS)
		}
		q.AgeMaxMS = &age
	}
}
