package world_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies"
)

// memory is a process of its own, on a clock that stands still.
func memory(eviction string, entries, cull int) (*world.Process, *world.ProcessCounts) {
	counts := new(world.ProcessCounts)
	cfg := world.CacheConfig{Eviction: eviction, Process: world.ProcessConfig{Entries: entries, Cull: cull}}
	return world.NewProcess(cfg, nil, func() time.Time { return sim.Epoch }, rand.New(rand.NewPCG(1, 1)), counts), counts
}

func put(t *testing.T, p *world.Process, key string) error {
	t.Helper()
	return p.Set(context.Background(), key, strategies.Entry{Value: strategies.Value{Data: []byte(key)}}, time.Hour)
}

// held counts the keys from..to that are there, without being asked for.
func held(t *testing.T, p *world.Process, from, to int) (n int) {
	t.Helper()
	for i := from; i < to; i++ {
		if _, ok, err := p.Get(context.Background(), fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		} else if ok {
			n++
		}
	}
	return n
}

// A set that finds 300 entries gives up 100 first, as LocMemCache does.
func TestProcessCulls(t *testing.T) {
	for _, c := range []struct {
		eviction        string
		cull            int
		old, recent     int // left of the first and of the last 150; -1 is not fixed
		left, evictions int
	}{
		{"lru", 3, 50, 150, 200, 100},
		{"random", 3, -1, -1, 200, 100},
		{"lru", 0, 0, 0, 0, 300},
		{"lru", 400, 150, 150, 300, 0}, // one in 400 of 300 is none: it grows, as Django's does
	} {
		t.Run(fmt.Sprintf("%s, one in %d", c.eviction, c.cull), func(t *testing.T) {
			p, counts := memory(c.eviction, 300, c.cull)
			for i := range 300 {
				if err := put(t, p, fmt.Sprint(i)); err != nil {
					t.Fatal(err)
				}
			}
			if err := put(t, p, "one more"); err != nil {
				t.Fatal(err)
			}
			old, recent := held(t, p, 0, 150), held(t, p, 150, 300)
			if c.old >= 0 && (old != c.old || recent != c.recent) {
				t.Errorf("%d of the oldest and %d of the latest are left, want %d and %d", old, recent, c.old, c.recent)
			}
			if c.eviction == "random" && (old < 80 || old > 120) {
				t.Errorf("chance left %d of the oldest 150, and of them all two in three", old)
			}
			if _, ok, _ := p.Get(context.Background(), "one more"); !ok || old+recent != c.left {
				t.Errorf("%d are left beside the new one (%v), want %d", old+recent, ok, c.left)
			}
			if n := counts.Stats().Evictions; n != int64(c.evictions) {
				t.Errorf("%d evictions, want %d", n, c.evictions)
			}
		})
	}
}

// What was asked for is the last to go, and an overwritten key finds the memory
// full all the same.
func TestProcessUse(t *testing.T) {
	p, counts := memory("lru", 3, 3)
	for i := range 3 {
		if err := put(t, p, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	held(t, p, 0, 1)
	if err := put(t, p, "2"); err != nil {
		t.Fatal(err)
	}
	if held(t, p, 0, 1) != 1 || held(t, p, 1, 2) != 0 || held(t, p, 2, 3) != 1 {
		t.Error("the one unused for longest is to go, and no other")
	}
	if s := counts.Stats(); s.Evictions != 1 || s.Hits != 3 || s.Misses != 1 {
		t.Errorf("counted %+v", s)
	}
}

func TestProcessThatGivesUpNothing(t *testing.T) {
	p, _ := memory("none", 2, 3)
	for i := range 2 {
		if err := put(t, p, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := put(t, p, "2"); !errors.Is(err, world.ErrNoMemory) {
		t.Errorf("a third of two entries: %v", err)
	}
	if err := put(t, p, "1"); err != nil || held(t, p, 0, 3) != 2 {
		t.Errorf("an overwrite: %v", err)
	}
}

// Two boxes see nothing of each other's values, all of each other's locks, and
// one that crashed has lost its own.
func TestProcessesOfAWorld(t *testing.T) {
	cfg := world.Config{Fleet: fleet(), Faults: []world.FaultConfig{{At: 3 * time.Second, Kind: "owner-crash"}}}
	cfg.Fleet.Boxes, cfg.Fleet.Cache.Values = 2, world.InProcess
	cfg.Fleet.Cache.Process = world.ProcessConfig{Entries: 300, Cull: 3}
	var caches []world.Cache
	b := setUp(t, cfg, func(b *bench) world.Build {
		return func(i, _ int, c world.Cache, l strategies.Loader) (strategies.Strategy, error) {
			caches = append(caches, c)
			return aside{b.sim, c, l, time.Hour}, nil
		}
	})
	locked := map[string]bool{}
	b.run(t, 10*time.Second, func() {
		for i := range 4 { // round robin: two for each box
			b.at(time.Duration(i)*200*time.Millisecond, "k")
		}
		b.at(4*time.Second, "k")
		b.at(5*time.Second, "k")
		for i, token := range []string{"a", "b"} {
			got, err := caches[i].TryLock(context.Background(), "k", token, time.Minute)
			if err != nil {
				t.Error(err)
			}
			locked[token] = got
		}
	})
	if !locked["a"] || locked["b"] {
		t.Errorf("locked %v, want a alone", locked)
	}
	if b.loads != 3 {
		t.Errorf("%d loads, want one for each box and one for the box that came back", b.loads)
	}
	if r := b.report(); r.L1.Hits != 3 || r.L1.Misses != 3 || r.Cache.Gets != 0 {
		t.Errorf("counted %+v and %d reads of the tier", r.L1, r.Cache.Gets)
	}
}
