package world_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
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
	span := fault.Span{At: 5 * time.Second, For: 10 * time.Second}
	for _, c := range []struct {
		name  string
		fault fault.Fault
		keeps bool
		took  time.Duration
	}{
		{"crash", fault.NodeLoss{Span: span, How: fault.Crash}, false, time.Millisecond},
		{"cut", fault.NodeLoss{Span: span, How: fault.Cut}, true, time.Millisecond},
		{"hang", fault.NodeLoss{Span: span, How: fault.Hang}, true, 250 * time.Millisecond},
		{"flap, cut", fault.NodeFlap{Span: span, How: fault.Cut, Every: 20 * time.Second}, true, time.Millisecond},
		{"replace", fault.NodeReplace{Moment: fault.Moment{At: span.At}, For: span.For, How: fault.Crash, Nodes: 1}, false, time.Millisecond},
		{"replace, cut", fault.NodeReplace{Moment: fault.Moment{At: span.At}, For: span.For, How: fault.Cut, Nodes: 1}, true, time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			tierUnder(t, node(1), []fault.Fault{c.fault}, func(b *bench, cl *tier.Client) {
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
	faults := []fault.Fault{fault.NodeReplace{Moment: fault.Moment{At: 10 * time.Second}, How: fault.Crash, Node: 1, Nodes: 2, Every: 10 * time.Second}}
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
