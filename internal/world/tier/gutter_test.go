package tier_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/world/tier"
)

// The gutter answers for a dead node: its keys are stored there for a short while,
// and no key of another node moves. When the node is back it is asked again.
func TestGutter(t *testing.T) {
	for _, eject := range []int{0, 2} {
		for _, fast := range []time.Duration{0, time.Second} {
			t.Run(fmt.Sprintf("eject_after %d, fail_fast %v", eject, fast), func(t *testing.T) {
				cache := node(4)
				cache.Ring, cache.Gutter, cache.GutterTTL, cache.EjectAfter, cache.FailFast = "modulo", 1, 5*time.Second, eject, fast
				faults := cut(2, 10*time.Second, 10*time.Second)
				tierUnder(t, cache, faults, func(b *bench, c *tier.Client) { gutterStandsIn(t, b, c) })
			})
		}
	}
}

func gutterStandsIn(t *testing.T, b *bench, c *tier.Client) {
	const n = 400
	writes(t, c, n, "first")
	_ = b.sim.Sleep(ctx, 11*time.Second-b.sim.Elapsed())
	if got := reads(t, c, n); got < n*7/10 || got > n*8/10 {
		t.Errorf("with one of four nodes dead %d of %d are there, want three quarters", got, n)
	}
	writes(t, c, n, "second")
	if got := reads(t, c, n); got != n {
		t.Errorf("the gutter has stored: %d of %d are there", got, n)
	}
	_ = b.sim.Sleep(ctx, 6*time.Second)
	if got := reads(t, c, n); got < n*7/10 || got > n*8/10 {
		t.Errorf("after gutter_ttl %d of %d are there, want three quarters", got, n)
	}
	_ = b.sim.Sleep(ctx, 30*time.Second)
	old := 0
	for i := range n {
		if e, _, _ := c.Get(ctx, fmt.Sprint("key:", i)); string(e.Data) == "first" {
			old++
		}
	}
	if old < n*2/10 || old > n*3/10 {
		t.Errorf("%d of %d are the values from before the node was cut off, want a quarter", old, n)
	}
}

// With every node dead all keys are the gutter's, and when the gutter is dead too
// its keys fail.
func TestGutterAlone(t *testing.T) {
	cache := node(2)
	cache.Gutter, cache.GutterTTL = 2, time.Minute
	var faults []event
	for i := range 4 { // the gutter's are the last two
		faults = append(faults, event{time.Second + time.Duration(i/2)*19*time.Second, func(x *tier.Tier) { _ = x.StopNode(i, fault.Crash) }})
	}
	tierUnder(t, cache, faults, func(b *bench, c *tier.Client) {
		_ = b.sim.Sleep(ctx, time.Second)
		writes(t, c, 50, "v")
		if got := reads(t, c, 50); got != 50 {
			t.Errorf("%d of 50 are in the gutter", got)
		}
		_ = b.sim.Sleep(ctx, 20*time.Second)
		if _, _, err := c.Get(ctx, "k"); !errors.Is(err, tier.ErrRefused) {
			t.Errorf("with everything dead: %v", err)
		}
	})
}
