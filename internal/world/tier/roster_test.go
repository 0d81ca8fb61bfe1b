package tier_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/world/tier"
)

// reads is how many of the first n keys a client finds.
func reads(t *testing.T, c *tier.Client, n int) (found int) {
	t.Helper()
	for i := range n {
		_, ok, err := c.Get(ctx, fmt.Sprint("key:", i))
		if err != nil {
			t.Error(err)
		}
		if ok {
			found++
		}
	}
	return found
}

func writes(t *testing.T, c *tier.Client, n int, data string) {
	t.Helper()
	for i := range n {
		if err := c.Set(ctx, fmt.Sprint("key:", i), entry(data), time.Hour); err != nil {
			t.Error(err)
		}
	}
}

// A node that joins takes its share of the keys, as many as the ring moves, and a
// client made later has the same list.
func TestNodeJoin(t *testing.T) {
	for ring, share := range map[string]float64{"modulo": 0.75, "ketama": 0.25, "rendezvous": 0.25} {
		cache := node(4)
		cache.Ring = ring
		faults := joins(4, 10*time.Second)
		tierUnder(t, cache, faults, func(b *bench, c *tier.Client) {
			const n = 2000
			writes(t, c, n, "old")
			if got := reads(t, c, n); got != n {
				t.Errorf("%s: %d of %d are there before", ring, got, n)
			}
			_ = b.sim.Sleep(ctx, 10*time.Second-b.sim.Elapsed())
			got := float64(n-reads(t, c, n)) / n
			if got < share-0.05 || got > share+0.05 {
				t.Errorf("%s: %.3f of the keys moved, want %.2f", ring, got, share)
			}
			late, err := b.Tier.Client(-1, "", ":1:")
			if err != nil {
				t.Fatal(err)
			}
			if again := float64(n-reads(t, late, n)) / n; again != got {
				t.Errorf("%s: for a new client %.3f of the keys moved, and for the other %.3f", ring, again, got)
			}
		})
	}
}

// A node that leaves keeps its memory: what was written elsewhere meanwhile is
// forgotten when it is back, and what it had is served again.
func TestANodeThatLeftHasOldValues(t *testing.T) {
	cache := node(2)
	cache.Ring = "ketama"
	faults := []event{list(1, 10*time.Second, false), list(1, 20*time.Second, true)}
	tierUnder(t, cache, faults, func(b *bench, c *tier.Client) {
		const n = 200
		writes(t, c, n, "old")
		_ = b.sim.Sleep(ctx, 10*time.Second-b.sim.Elapsed())
		writes(t, c, n, "new")
		_ = b.sim.Sleep(ctx, 20*time.Second-b.sim.Elapsed())
		old := 0
		for i := range n {
			e, _, _ := c.Get(ctx, fmt.Sprint("key:", i))
			if string(e.Data) == "old" {
				old++
			}
		}
		if old < n/3 || old > 2*n/3 {
			t.Errorf("%d of %d values are from before the node left, want about half", old, n)
		}
	})
}

// Boxes may have clients that do not agree on the ring: what one stores, the other
// does not find, but for the keys that happen to be on the same node.
func TestBoxesWithRingsOfTheirOwn(t *testing.T) {
	cfg := node(4)
	cfg.Rings = []string{"ketama", "pylibmc"}
	tierUnder(t, cfg, nil, func(b *bench, _ *tier.Client) {
		var clients []*tier.Client
		for i := range 3 {
			c, err := b.Tier.Client(i, "", ":1:")
			if err != nil {
				t.Fatal(err)
			}
			clients = append(clients, c)
		}
		const n = 1000
		writes(t, clients[0], n, "v")
		if got := reads(t, clients[2], n); got != n {
			t.Errorf("the third box finds %d of %d, want all: it has the ring of the first", got, n)
		}
		if got := reads(t, clients[1], n); got < n/5 || got > n*3/10 {
			t.Errorf("the second box finds %d of %d, want a quarter", got, n)
		}
	})
}

// A node that was cut off and is put on the ring again has the memory it had, or
// none where it is flushed first; one that is still away then is not put there.
func TestOnReturn(t *testing.T) {
	for on, want := range map[string]bool{"keep": true, "flush": false} {
		cache := node(2)
		cache.Ring, cache.EjectAfter, cache.RetryAfter, cache.OnReturn = "ketama", 1, 10*time.Second, on
		faults := cut(1, 5*time.Second, 15*time.Second)
		tierUnder(t, cache, faults, func(b *bench, c *tier.Client) {
			const n = 100
			writes(t, c, n, "old")
			_ = b.sim.Sleep(ctx, 6*time.Second-b.sim.Elapsed())
			failed := 0
			for range 16 { // seconds, with a try at 16 s that fails too
				for i := range n {
					if _, _, err := c.Get(ctx, fmt.Sprint("key:", i)); err != nil {
						failed++
					}
				}
				_ = b.sim.Sleep(ctx, time.Second-n*time.Millisecond)
			}
			tries := 2
			if on == "flush" {
				tries = 1 // the flush fails, and nothing else is asked
			}
			if failed != tries {
				t.Errorf("%s: %d reads failed, want %d", on, failed, tries)
			}
			_ = b.sim.Sleep(ctx, 10*time.Second)
			if got := reads(t, c, n) == n; got != want {
				t.Errorf("%s: all values are there: %v, want %v", on, got, want)
			}
		})
	}
}
