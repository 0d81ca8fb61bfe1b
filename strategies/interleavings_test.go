//go:build !race

package strategies_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// No order of the steps of readers and writers leaves a value in the cache that
// is older than the origin's, for as long as it lives: the classic trap of
// cache-aside, which the same orders find.
func TestNoOrderLeavesAnOldValueUnderLeases(t *testing.T) {
	reads, writes := []bool{false}, []bool{true}
	twice := []bool{true, true}
	for _, c := range []struct {
		name   string
		actors [][]bool // the requests of each; true is a write
		least  int      // orders there are
	}{
		{"a reader and a writer", [][]bool{reads, writes}, 15},
		{"a reader and a writer who writes twice", [][]bool{reads, twice}, 70},
		{"a reader who reads twice and a writer", [][]bool{{false, false}, writes}, 20},
		{"a reader and two writers", [][]bool{reads, writes, writes}, 420},
		{"two readers and a writer", [][]bool{reads, reads, writes}, 2000},
		{"two readers and a writer who writes twice", [][]bool{reads, reads, twice}, 30000},
	} {
		for _, keep := range []time.Duration{0, time.Hour} {
			if keep == 0 && c.least > 10_000 {
				continue // half the time will do: the same leases, and nothing else to serve
			}
			t.Run(fmt.Sprintf("%s, deleted values kept for %v", c.name, keep), func(t *testing.T) {
				stale, orders := explore(t, c.actors, func(s strategies.Store, load strategies.Loader, rt strategies.Runtime) (strategies.Strategy, error) {
					return filedLeased(s, load, strategies.LeaseConfig{TTL: 24 * time.Hour, Wait: time.Microsecond, KeepDeleted: keep, Runtime: rt})
				})
				if len(stale) > 0 || orders < c.least {
					t.Errorf("of %d orders %d leave an old value, such as %v; want none of %d", orders, len(stale), first(stale), c.least)
				}
			})
		}
		t.Run(c.name+", cache-aside", func(t *testing.T) {
			stale, orders := explore(t, c.actors, func(s strategies.Store, load strategies.Loader, rt strategies.Runtime) (strategies.Strategy, error) {
				return filedNaive(s, load, strategies.NaiveConfig{TTL: 24 * time.Hour, Runtime: rt})
			})
			if len(stale) == 0 {
				t.Errorf("none of %d orders leaves an old value: this test shows nothing", orders)
			}
		})
	}
}

func first(orders [][]int) []int {
	if len(orders) == 0 {
		return nil
	}
	return orders[0]
}

// explore has the actors act in every order and returns those orders after which
// a reader is given an old value.
func explore(t *testing.T, actors [][]bool, make func(strategies.Store, strategies.Loader, strategies.Runtime) (strategies.Strategy, error)) (stale [][]int, orders int) {
	t.Helper()
	for path := []int{}; path != nil; orders++ {
		s := sim.New()
		d := &director{Clock: s, path: path}
		if err := s.Run(func() {
			w := newWorld(s, s.WithCancel)
			w.server.rtt = 0
			box, err := make(gated{newClient(w, "box"), d}, d.loader(w), w.runtime())
			if err != nil {
				t.Error(err)
				return
			}
			d.direct(w, box, actors)
			if r, err := box.Get(background, "k"); err != nil || r.Version != w.origin.versions["k"]+1 {
				stale = append(stale, slices.Clone(d.taken))
			}
		}); err != nil {
			t.Fatal(err)
		}
		path = d.next()
	}
	return stale, orders
}

// director lets one actor at a time do one step, as far as it can be told by
// path, and beyond that the first who wants.
type director struct {
	clock.Clock
	path    []int
	taken   []int // whom it has let go on, of how many
	choices []int

	free    bool // nobody waits for a turn any more
	busy    int  // actors that are between two steps
	settled clock.Event
	waiting []clock.Event // by actor; nil is one that does not wait
	current int
}

func (d *director) direct(w *world, box strategies.Strategy, actors [][]bool) {
	d.settled, d.waiting, d.busy = d.NewEvent("everybody's step"), make([]clock.Event, len(actors)), len(actors)
	for who, requests := range actors {
		d.Go("actor", func() {
			for _, write := range requests {
				d.current = who
				if write {
					d.step()
					version := w.origin.write("k")
					_ = box.(strategies.Invalidator).Invalidate(background, "k", version)
				} else {
					_, _ = box.Get(background, "k")
				}
			}
			d.rests()
		})
	}
	for {
		_ = d.settled.Wait(background, clock.Forever)
		d.settled.Reset()
		var ready []int
		for who, e := range d.waiting {
			if e != nil {
				ready = append(ready, who)
			}
		}
		if len(ready) == 0 {
			d.free = true
			return
		}
		choice := 0
		if len(d.taken) < len(d.path) {
			choice = d.path[len(d.taken)]
		}
		d.taken, d.choices = append(d.taken, choice), append(d.choices, len(ready))
		d.current, d.busy = ready[choice], 1
		chosen := d.waiting[d.current]
		d.waiting[d.current] = nil
		chosen.Set()
	}
}

// step waits until the director lets this actor go on. One process runs at a
// time, so the one who calls is the current one.
func (d *director) step() {
	if d.free {
		return
	}
	who, turn := d.current, d.NewEvent("a turn")
	d.waiting[who] = turn
	d.rests()
	_ = turn.Wait(background, clock.Forever)
	d.current = who
}

func (d *director) rests() {
	if d.busy--; d.busy == 0 {
		d.settled.Set()
	}
}

// next is the path to the next order, or nil.
func (d *director) next() []int {
	for i := len(d.taken) - 1; i >= 0; i-- {
		if d.taken[i]+1 < d.choices[i] {
			return append(slices.Clone(d.taken[:i]), d.taken[i]+1)
		}
	}
	return nil
}

// loader reads the origin in one step.
func (d *director) loader(w *world) strategies.Loader {
	return strategies.LoaderFunc(func(_ context.Context, key string) (strategies.Value, error) {
		d.step()
		return strategies.Value{Version: w.origin.versions[key] + 1}, nil
	})
}

// gated is a client whose operations are a step each.
type gated struct {
	*client
	d *director
}

func (g gated) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	g.d.step()
	return g.client.Get(ctx, key)
}

func (g gated) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	g.d.step()
	return g.client.Set(ctx, key, e, ttl)
}

func (g gated) Delete(ctx context.Context, key string) error {
	g.d.step()
	return g.client.Delete(ctx, key)
}

func (g gated) Lease(ctx context.Context, key, token string, every time.Duration) (strategies.Lease, error) {
	g.d.step()
	return g.client.Lease(ctx, key, token, every)
}

func (g gated) SetLeased(ctx context.Context, key, token string, e strategies.Entry, ttl time.Duration) (bool, error) {
	g.d.step()
	return g.client.SetLeased(ctx, key, token, e, ttl)
}

func (g gated) Retire(ctx context.Context, key string, at strategies.Instant, keep time.Duration) error {
	g.d.step()
	return g.client.Retire(ctx, key, at, keep)
}
