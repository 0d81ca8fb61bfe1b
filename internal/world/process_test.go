package world_test

import (
	"context"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
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
