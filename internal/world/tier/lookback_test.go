package tier_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/world/tier"
)

// Who looks back misses nothing after a node joined, on any ring: each key is
// fetched once from where it was, for two round trips more, and belongs to its new
// node when the time to look back is over.
func TestLookBack(t *testing.T) {
	for _, ring := range []string{"modulo", "ketama"} {
		t.Run(ring, func(t *testing.T) {
			cache := node(4)
			cache.Ring, cache.LookBack = ring, 10*time.Second
			faults := joins(4, 5*time.Second)
			tierUnder(t, cache, faults, func(b *bench, c *tier.Client) {
				const n = 400
				writes(t, c, n, "v")
				_ = b.sim.Sleep(ctx, 5*time.Second-b.sim.Elapsed())
				begun := b.sim.Elapsed()
				if got := reads(t, c, n); got != n {
					t.Errorf("%d of %d are there when a node has joined", got, n)
				}
				first := b.sim.Elapsed() - begun
				begun = b.sim.Elapsed()
				_ = b.sim.Sleep(ctx, 16*time.Second-begun)
				begun = b.sim.Elapsed()
				if got := reads(t, c, n); got != n {
					t.Errorf("%d of %d are there afterwards", got, n)
				}
				moved := (first - (b.sim.Elapsed() - begun)) / (2 * time.Millisecond)
				if moved < n/6 || moved > n*8/10 {
					t.Errorf("%d of %d keys took two round trips more", moved, n)
				}
			})
		})
	}
}

// A value that is deleted, or retired, while one looks back is gone from both nodes.
func TestLookBackFindsNothingDeleted(t *testing.T) {
	cache := node(4)
	cache.LookBack = time.Minute
	faults := joins(4, 5*time.Second)
	tierUnder(t, cache, faults, func(b *bench, c *tier.Client) {
		const n = 100
		writes(t, c, n, "v")
		_ = b.sim.Sleep(ctx, 5*time.Second-b.sim.Elapsed())
		for i := range n {
			key := fmt.Sprint("key:", i)
			err := c.Delete(ctx, key)
			if i%2 == 1 {
				err = c.Retire(ctx, key, 1, time.Hour)
			}
			if err != nil {
				t.Error(err)
			}
		}
		if got := reads(t, c, n); got != 0 {
			t.Errorf("%d of %d deleted values are found", got, n)
		}
	})
}
