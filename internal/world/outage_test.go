package world_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/world"
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

// Every outage of a node is what its name says: with or without its memory, a
// refusal at once or the time-out.
func TestOutages(t *testing.T) {
	for _, c := range []struct {
		fault world.FaultConfig
		keeps bool
		took  time.Duration
	}{
		{world.FaultConfig{Kind: "node-loss", How: "crash"}, false, time.Millisecond},
		{world.FaultConfig{Kind: "node-loss", How: "cut"}, true, time.Millisecond},
		{world.FaultConfig{Kind: "node-loss", How: "hang"}, true, 250 * time.Millisecond},
		{world.FaultConfig{Kind: "node-flap", How: "cut", Every: 20 * time.Second}, true, time.Millisecond},
		{world.FaultConfig{Kind: "node-replace", Nodes: 1}, false, time.Millisecond},
		{world.FaultConfig{Kind: "node-replace", Nodes: 1, How: "cut"}, true, time.Millisecond},
	} {
		c.fault.At, c.fault.For = 5*time.Second, 10*time.Second
		t.Run(c.fault.Kind+" "+c.fault.How, func(t *testing.T) {
			tierUnder(t, node(1), []world.FaultConfig{c.fault}, func(b *bench, cl *tier.Client) {
				writes(t, cl, 1, "v")
				_ = b.sim.Sleep(ctx, 6*time.Second)
				before := b.sim.Elapsed()
				_, _, err := cl.Get(ctx, "key:0")
				if took := b.sim.Elapsed() - before; err == nil || took != c.took {
					t.Errorf("during it: %v after %v, want an error after %v", err, took, c.took)
				}
				_ = b.sim.Sleep(ctx, 10*time.Second)
				if _, ok, err := cl.Get(ctx, "key:0"); ok != c.keeps || err != nil {
					t.Errorf("after it the value is there: %v (%v), want %v", ok, err, c.keeps)
				}
			})
		})
	}
}

// Nodes are replaced one after another, and are there again at once.
func TestNodeReplace(t *testing.T) {
	cache := node(4)
	faults := []world.FaultConfig{{Kind: "node-replace", At: 10 * time.Second, Node: 1, Nodes: 2, Every: 10 * time.Second}}
	tierUnder(t, cache, faults, func(b *bench, c *tier.Client) {
		const n = 400
		writes(t, c, n, "v")
		for _, want := range []float64{1, 0.75, 0.5, 0.5} {
			if got := float64(reads(t, c, n)) / n; got < want-0.06 || got > want+0.06 {
				t.Errorf("at %v %.3f of the values are there, want %.2f", b.sim.Elapsed(), got, want)
			}
			_ = b.sim.Sleep(ctx, 10*time.Second)
		}
	})
}
