package tier_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
)

// memory is a process of its own, on a clock that stands still.
func memory(eviction string, entries, cull int) (*tier.Process, *tier.ProcessCounts) {
	counts := new(tier.ProcessCounts)
	cfg := tier.Config{Eviction: eviction, Process: tier.ProcessConfig{Entries: entries, Cull: cull}}
	return tier.NewProcess(cfg, nil, func() time.Time { return sim.Epoch }, rand.New(rand.NewPCG(1, 1)), counts), counts
}

func put(t *testing.T, p *tier.Process, key string) error {
	t.Helper()
	return p.Set(context.Background(), key, strategies.Entry{Value: strategies.Value{Data: []byte(key)}}, time.Hour)
}

// held counts the keys from..to that are there, without being asked for.
func held(t *testing.T, p *tier.Process, from, to int) (n int) {
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
			if n := counts.Evictions.Load(); n != int64(c.evictions) {
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
	if s := counts; s.Evictions.Load() != 1 || s.Hits.Load() != 3 || s.Misses.Load() != 1 {
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
	if err := put(t, p, "2"); !errors.Is(err, tier.ErrNoMemory) {
		t.Errorf("a third of two entries: %v", err)
	}
	if err := put(t, p, "1"); err != nil || held(t, p, 0, 3) != 2 {
		t.Errorf("an overwrite: %v", err)
	}
}
