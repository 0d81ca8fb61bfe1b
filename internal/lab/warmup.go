package lab

import (
	"context"
	"slices"
	"sync"

	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/strategies/clock"
	"github.com/herdlab/herdlab/workloads"
)

const (
	warmKeys = 100_000 // keys a strategy's own warm-up loads at most, the most popular first
	warmers  = 64      // processes of the scenario's warm-up at most
)

// warmup is what happens before the traffic: users log in, a strategy fills its
// cache as it does by itself, where it does, and the scenario's first keys are
// asked for. A key that cannot be had stays cold.
type warmup struct {
	fleet   *fleet
	sc      *scenarios.Scenario
	traffic *workloads.Workload
	sizes   *sizes
}

func (u warmup) run() error {
	items := slices.Collect(u.items(u.traffic.Items(u.sc.Warm)))
	if u.fleet.caches == nil {
		if w, ok := u.fleet.world.(Warmer); ok && len(items) > 0 {
			return w.Warm(keysOf(items))
		}
		return nil
	}
	if err := u.login(); err != nil {
		return err
	}
	caches := u.sc.CacheOf()
	for i, of := range u.fleet.caches {
		if of.shared.Warm == nil {
			continue
		}
		own := keysOf(slices.DeleteFunc(slices.Collect(u.items(u.traffic.Items(warmKeys))), func(it workloads.Item) bool { return caches[it.Class] != i }))
		if err := of.shared.Warm(context.Background(), slices.Values(own)); err != nil {
			return err
		}
	}
	items = slices.DeleteFunc(items, func(it workloads.Item) bool { return u.sc.Workload[it.Class].Cache == world.NoCache })
	return u.each(len(items), warmersOf(u.sc.Fleet.Origin), func(i int) {
		of := u.fleet.caches[caches[items[i].Class]]
		_, _ = of.made[i%len(of.made)].Get(context.Background(), items[i].Key)
	})
}

// items notes the size of each of them before it can be asked for.
func (u warmup) items(list func(func(workloads.Item) bool)) func(func(workloads.Item) bool) {
	return func(yield func(workloads.Item) bool) {
		for it := range list {
			u.sizes.note(it.Key, it.Size)
			if !yield(it) {
				return
			}
		}
	}
}

func keysOf(items []workloads.Item) (keys []string) {
	for _, it := range items {
		keys = append(keys, it.Key)
	}
	return keys
}

// login gives every user a session.
func (u warmup) login() error {
	caches := u.sc.CacheOf()
	blank := origin.NewBlank(u.sizes.of)
	for i, class := range u.sc.Workload {
		if !class.Session {
			continue
		}
		users := slices.Collect(u.items(u.traffic.Population(i)))
		cache := u.fleet.caches[caches[i]].cache
		err := u.each(len(users), warmers, func(i int) {
			key := users[i].Key
			_ = cache.Set(context.Background(), key, world.NewSession(blank.Value(key), u.fleet.clock.Now()), world.SessionLife)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// each calls do for 0 to n-1, by so many processes.
func (u warmup) each(n, atOnce int, do func(i int)) error {
	if n == 0 {
		return nil
	}
	all := min(atOnce, n)
	var mu sync.Mutex
	done, left := u.fleet.clock.NewEvent("the warm-up"), all
	for w := range all {
		u.fleet.clock.Go("warm-up", func() {
			for i := w; i < n; i += all {
				do(i)
			}
			mu.Lock()
			defer mu.Unlock()
			if left--; left == 0 {
				done.Set()
			}
		})
	}
	return done.Wait(context.Background(), clock.Forever)
}

// warmersOf is how many processes warm up: no more than the origin computes at
// once, so that none of them finds its queue full.
func warmersOf(o origin.Config) int {
	if o.Concurrency == 0 {
		return warmers
	}
	return min(warmers, o.Concurrency)
}
