package world_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/workloads"
)

// direct is a strategy without a cache.
type direct struct{ loader strategies.Loader }

func (d direct) Get(ctx context.Context, key string) (strategies.Result, error) {
	v, err := d.loader.Load(ctx, key)
	if err != nil {
		return strategies.Result{Outcome: strategies.OriginFailure}, err
	}
	return strategies.Result{Value: v, Outcome: strategies.Computed, Stored: strategies.At(sim.Epoch)}, nil
}

// aside is plain cache-aside, for tests that need some cache.
type aside struct {
	clock  *sim.Sim
	store  strategies.Store
	loader strategies.Loader
	ttl    time.Duration
}

func (a aside) Get(ctx context.Context, key string) (strategies.Result, error) {
	if e, ok, err := a.store.Get(ctx, key); err == nil && ok {
		return strategies.Result{Value: e.Value, Outcome: strategies.FreshHit, Stored: e.Stored}, nil
	}
	v, err := a.loader.Load(ctx, key)
	if err != nil {
		return strategies.Result{Outcome: strategies.OriginFailure}, err
	}
	now := a.clock.Now()
	_ = a.store.Set(ctx, key, strategies.Entry{Value: v, Stored: strategies.At(now)}, a.ttl)
	return strategies.Result{Value: v, Outcome: strategies.Computed, Stored: strategies.At(now)}, nil
}

// bench is a world under test and what came out of it.
type bench struct {
	*world.World
	*world.Modelled
	sim     *sim.Sim
	records []metrics.Record
	loads   int
	loaded  int // of the loads, those that ended
}

func (b *bench) LoadStarted(string, time.Time) { b.loads++ }
func (b *bench) LoadEnded(string, time.Time)   { b.loaded++ }

// fleet is a world that does as little as possible by itself.
func fleet() world.FleetConfig {
	return world.FleetConfig{
		Boxes: 1, Workers: 4, Queue: 1000,
		Balancer: world.BalancerConfig{Policy: "round-robin"},
		Cache:    tier.Config{Nodes: 1, Ring: "ketama", Eviction: "lru", Timeout: time.Second, RetryAfter: time.Minute},
		Origin:   origin.Config{Latency: origin.Latency{Fixed: 100 * time.Millisecond}},
	}
}

// setUp builds a world under test; a nil build installs direct.
func setUp(t *testing.T, cfg world.Config, build func(*bench) world.Build) *bench {
	t.Helper()
	if cfg.Client.Timeout == 0 {
		cfg.Client.Timeout = time.Hour
	}
	if cfg.Duration == 0 {
		cfg.Duration = time.Minute
	}
	b := &bench{sim: sim.New()}
	env := world.Environment{
		Clock: b.sim, Size: func(string) int { return 100 }, Observer: b,
		Rand: func(purpose string) *rand.Rand {
			return rand.New(rand.NewPCG(1, uint64(len(purpose))))
		},
		Record: func(r *metrics.Record) { b.records = append(b.records, *r) },
	}
	b.Modelled = world.NewModelled(cfg, env)
	var err error
	if b.World, err = world.NewWorld(cfg, env, b.Modelled); err != nil {
		t.Fatal(err)
	}
	install := func(_, _ int, _ world.Cache, l strategies.Loader) (strategies.Strategy, error) {
		return direct{l}, nil
	}
	if build != nil {
		install = build(b)
	}
	if err := b.Install(install); err != nil {
		t.Fatal(err)
	}
	return b
}

// cached installs cache-aside.
func cached(ttl time.Duration) func(*bench) world.Build {
	return func(b *bench) world.Build {
		return func(_, _ int, c world.Cache, l strategies.Loader) (strategies.Strategy, error) {
			return aside{b.sim, c, l, ttl}, nil
		}
	}
}

// run starts the world, lets script send requests, and ends when they are done.
func (b *bench) run(t *testing.T, until time.Duration, script func()) {
	t.Helper()
	if err := b.sim.Run(func() {
		b.Clients.Start()
		b.Begin()
		script()
		if err := b.sim.Sleep(context.Background(), until-b.sim.Elapsed()); err != nil {
			t.Error(err)
		}
		b.World.Close()
	}); err != nil {
		t.Fatal(err)
	}
}

// at sends one request at an instant.
func (b *bench) at(d time.Duration, key string) {
	b.sim.AfterFunc(d-b.sim.Elapsed(), func() { b.Clients.Send(&world.Request{Request: workloads.Request{At: d, Key: key}}) })
}

func (b *bench) outcomes() map[metrics.Outcome]int {
	counts := make(map[metrics.Outcome]int)
	for _, r := range b.records {
		counts[r.Outcome]++
	}
	return counts
}

// report is a run with what the world counted alone.
func (b *bench) report() *metrics.Run {
	run := new(metrics.Run)
	b.Report(run)
	return run
}
