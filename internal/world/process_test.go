package world_test

import (
	"context"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
)

// Two boxes see nothing of each other's values, all of each other's locks, and
// one that crashed has lost its own.
func TestProcessesOfAWorld(t *testing.T) {
	cfg := world.Config{Fleet: fleet(), Faults: []fault.Fault{fault.BoxCrash{Moment: fault.Moment{At: 3 * time.Second}}}}
	cfg.Fleet.Boxes, cfg.Fleet.Cache.Values = 2, tier.InProcess
	cfg.Fleet.Cache.Process = tier.ProcessConfig{Entries: 300, Cull: 3}
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

// Every process of a box has a strategy and a cache client of its own: each finds out for
// itself that a node hangs, and remembers it.
func TestProcessesOfABox(t *testing.T) {
	for processes, slow := range map[int]int{1: 1, 2: 2, 4: 4} {
		cfg := world.Config{Fleet: fleet(), Faults: []fault.Fault{fault.NodeLoss{Span: fault.Span{For: time.Minute}, How: fault.Hang}}}
		cfg.Fleet.Processes, cfg.Fleet.Origin.Latency.Fixed, cfg.Fleet.Cache.FailFast = processes, 0, time.Hour
		made := 0
		b := setUp(t, cfg, func(b *bench) world.Build {
			return func(_, _ int, c world.Cache, l strategies.Loader) (strategies.Strategy, error) {
				made++
				return aside{b.sim, c, l, time.Hour}, nil
			}
		})
		b.run(t, time.Minute, func() {
			for i := range 12 {
				b.at(time.Duration(i+1)*3*time.Second, "k")
			}
		})
		waited := 0
		for _, r := range b.records {
			if r.Done-r.At >= time.Second { // the client's time-out
				waited++
			}
		}
		if made != processes || waited != slow {
			t.Errorf("%d processes: %d strategies, and %d of 12 requests waited for the node; want %d", processes, made, waited, slow)
		}
	}
}

// A process that dies with its box loses its jobs, and those that come after have all
// workers.
func TestProcessesOfABoxAfterACrash(t *testing.T) {
	cfg := world.Config{Fleet: fleet(), Faults: []fault.Fault{fault.BoxCrash{Moment: fault.Moment{At: 50 * time.Millisecond}}}}
	cfg.Fleet.Processes = 4
	b := setUp(t, cfg, nil)
	b.run(t, time.Minute, func() {
		for range 3 {
			b.at(0, "lost")
		}
		for range 4 {
			b.at(time.Second, "served")
		}
	})
	for _, r := range b.records {
		if served := r.At > 0; served != (r.Outcome == metrics.Computed) || served && r.Done-r.At != 100*time.Millisecond {
			t.Errorf("%+v", r)
		}
	}
}
