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
	"github.com/herdlab/herdlab/workloads"
)

// tierUnder runs script with a client of a world with these faults.
func tierUnder(t *testing.T, cache tier.Config, faults []fault.Fault, script func(b *bench, c *tier.Client)) {
	t.Helper()
	cfg := fleet()
	cfg.Cache = cache
	b := setUp(t, world.Config{Fleet: cfg, Faults: faults}, nil)
	b.run(t, time.Minute, func() {
		c, err := b.Tier.Client(-1, "", tier.KeyPrefix(tier.DefaultCache, 1))
		if err != nil {
			t.Fatal(err)
		}
		script(b, c)
	})
}

func node(n int) tier.Config {
	return tier.Config{
		Nodes: n, Ring: "modulo", RTT: time.Millisecond, Timeout: 250 * time.Millisecond,
		Eviction: "lru", RetryAfter: 5 * time.Second,
	}
}

var ctx = context.Background()

func entry(data string) strategies.Entry {
	return strategies.Entry{Value: strategies.Value{Data: []byte(data), Version: 1}}
}

func TestFlapping(t *testing.T) {
	faults := []fault.Fault{fault.NodeFlap{Span: fault.Span{For: 20 * time.Second}, How: fault.Crash, Every: 4 * time.Second}}
	tierUnder(t, node(1), faults, func(b *bench, c *tier.Client) {
		_ = b.sim.Sleep(ctx, time.Second)
		for i := range 15 {
			_, _, err := c.Get(ctx, "k")
			if down := i < 10 && i%2 == 0; (err != nil) != down {
				t.Errorf("at %v: %v, want down %v", b.sim.Elapsed(), err, down)
			}
			_ = b.sim.Sleep(ctx, 2*time.Second-time.Millisecond)
		}
	})
}

func TestDeployAndFlush(t *testing.T) {
	cfg := fleet()
	cfg.Cache.Nodes = 3
	faults := []fault.Fault{
		fault.Deploy{Moment: fault.Moment{At: 10 * time.Second}, Boxes: 1},
		fault.Flush{Moment: fault.Moment{At: 20 * time.Second}, All: true},
	}
	b := setUp(t, world.Config{Fleet: cfg, Faults: faults}, cached(time.Hour))
	b.run(t, time.Minute, func() {
		for i := range 30 {
			b.at(time.Duration(i)*time.Second+500*time.Millisecond, "k")
		}
	})
	if b.loads != 3 {
		t.Errorf("%d loads, want 3: cold, after the deploy, after the flush", b.loads)
	}
}

func TestSlowAndFailingOrigin(t *testing.T) {
	cfg := fleet()
	faults := []fault.Fault{
		fault.SlowOrigin{Span: fault.Span{At: 10 * time.Second, For: 10 * time.Second}, Factor: 4},
		fault.OriginDown{Span: fault.Span{At: 30 * time.Second, For: 10 * time.Second}},
		fault.OriginErrors{Span: fault.Span{At: 50 * time.Second, For: 5 * time.Second}, Errors: 1},
		fault.InvalidValue{Span: fault.Span{At: 60 * time.Second, For: 10 * time.Second}},
	}
	b := setUp(t, world.Config{Fleet: cfg, Faults: faults}, nil)
	b.run(t, 2*time.Minute, func() {
		for i := range 8 {
			b.at(time.Duration(i)*10*time.Second+time.Second, "k")
		}
	})
	for i, want := range []struct {
		outcome metrics.Outcome
		latency time.Duration
	}{
		{metrics.Computed, 100 * time.Millisecond},
		{metrics.Computed, 400 * time.Millisecond},
		{metrics.Computed, 100 * time.Millisecond},
		{metrics.OriginFailure, 0},
		{metrics.Computed, 100 * time.Millisecond},
		{metrics.OriginFailure, 100 * time.Millisecond},
		{metrics.OriginFailure, 100 * time.Millisecond},
		{metrics.Computed, 100 * time.Millisecond},
	} {
		if r := b.records[i]; r.Outcome != want.outcome || r.Done-r.At != want.latency {
			t.Errorf("request %d: %v in %v, want %v in %v", i, r.Outcome, r.Done-r.At, want.outcome, want.latency)
		}
	}
}

// Every served value has a known staleness: the time since a newer version of
// its row was committed.
func TestStalenessIsExact(t *testing.T) {
	cfg := fleet()
	cfg.Origin.Write, cfg.Origin.Latency.Fixed = 0, 0
	b := setUp(t, world.Config{Fleet: cfg}, cached(time.Hour))
	b.run(t, time.Minute, func() {
		b.at(0, "k")
		for _, at := range []time.Duration{5 * time.Second, 7 * time.Second} {
			b.sim.AfterFunc(at, func() {
				b.Clients.Send(&world.Request{Request: workloads.Request{At: at, Key: "k", Op: workloads.Write}})
			})
		}
		b.at(4*time.Second, "k")
		b.at(9*time.Second, "k")
	})
	for i, want := range []time.Duration{-1, -1, -1, -1, 4 * time.Second} {
		if got := b.records[i].Staleness; got != want {
			t.Errorf("record %d (%v): staleness %v, want %v", i, b.records[i].Outcome, got, want)
		}
	}
}
