package world_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies"
)

// tierUnder runs script with a client of a world with these faults.
func tierUnder(t *testing.T, cache world.CacheConfig, faults []world.FaultConfig, script func(b *bench, c *world.CacheClient)) {
	t.Helper()
	cfg := fleet()
	cfg.Cache = cache
	b := setUp(t, world.Config{Fleet: cfg, Faults: faults}, nil)
	b.run(t, time.Minute, func() {
		c, err := b.Tier.Client(world.CachePrefix(world.DefaultCache, 1))
		if err != nil {
			t.Fatal(err)
		}
		script(b, c)
	})
}

func node(n int) world.CacheConfig {
	return world.CacheConfig{
		Nodes: n, Ring: "modulo", RTT: time.Millisecond, Timeout: 250 * time.Millisecond,
		Eviction: "lru", RetryAfter: 5 * time.Second,
	}
}

var ctx = context.Background()

func entry(data string) strategies.Entry {
	return strategies.Entry{Value: strategies.Value{Data: []byte(data), Version: 1}}
}

func TestNodeLossRefusesAndComesBackEmpty(t *testing.T) {
	faults := []world.FaultConfig{{Kind: "node-loss", At: 10 * time.Second, For: 10 * time.Second}}
	tierUnder(t, node(1), faults, func(b *bench, c *world.CacheClient) {
		if err := c.Set(ctx, "k", entry("v"), time.Hour); err != nil {
			t.Error(err)
		}
		if got, err := c.TryLock(ctx, "k", "me", time.Hour); !got || err != nil {
			t.Error(got, err)
		}
		_ = b.sim.Sleep(ctx, 10*time.Second)
		before := b.sim.Elapsed()
		if _, _, err := c.Get(ctx, "k"); !errors.Is(err, world.ErrRefused) {
			t.Errorf("a lost node answers %v", err)
		}
		if took := b.sim.Elapsed() - before; took != time.Millisecond {
			t.Errorf("a refusal takes %v, want one round trip", took)
		}
		_ = b.sim.Sleep(ctx, 10*time.Second)
		if _, ok, err := c.Get(ctx, "k"); ok || err != nil {
			t.Errorf("after its return: ok %v, %v; want empty", ok, err)
		}
		if got, err := c.TryLock(ctx, "k", "you", time.Hour); !got || err != nil {
			t.Errorf("its locks are gone: %v, %v", got, err)
		}
	})
}

func TestNodeHangRunsIntoTheTimeoutAndKeepsItsMemory(t *testing.T) {
	faults := []world.FaultConfig{{Kind: "node-hang", At: time.Second, For: time.Second}}
	tierUnder(t, node(1), faults, func(b *bench, c *world.CacheClient) {
		_ = c.Set(ctx, "k", entry("v"), time.Hour)
		_ = b.sim.Sleep(ctx, time.Second)
		before := b.sim.Elapsed()
		if _, _, err := c.Get(ctx, "k"); !errors.Is(err, world.ErrNoAnswer) {
			t.Errorf("a node that hangs answers %v", err)
		}
		if took := b.sim.Elapsed() - before; took != 250*time.Millisecond {
			t.Errorf("gave up after %v", took)
		}
		_ = b.sim.Sleep(ctx, time.Second)
		if _, ok, err := c.Get(ctx, "k"); !ok || err != nil {
			t.Errorf("after it woke: ok %v, %v; want its memory", ok, err)
		}
	})
}

func TestFlapping(t *testing.T) {
	faults := []world.FaultConfig{{Kind: "node-flap", At: 0, For: 20 * time.Second, Every: 4 * time.Second}}
	tierUnder(t, node(1), faults, func(b *bench, c *world.CacheClient) {
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

// A client that ejects sends a dead node's keys elsewhere after the failures
// it was told to tolerate, and tries the node again when its time has come.
func TestEjectionMovesKeys(t *testing.T) {
	cache := node(4)
	cache.Ring, cache.EjectAfter = "ketama", 2
	faults := []world.FaultConfig{{Kind: "node-loss", At: time.Second, For: 3 * time.Second, Node: 2}}
	tierUnder(t, cache, faults, func(b *bench, c *world.CacheClient) {
		_ = b.sim.Sleep(ctx, time.Second)
		failures := 0
		for i := range 400 {
			if _, _, err := c.Get(ctx, string(rune('a'+i%26))+string(rune('a'+i/26))); err != nil {
				failures++
			}
		}
		if failures != 2 {
			t.Errorf("%d failures before the node was off the ring, want 2", failures)
		}
		_ = b.sim.Sleep(ctx, 10*time.Second)
		for i := range 400 {
			if _, _, err := c.Get(ctx, string(rune('a'+i%26))+string(rune('a'+i/26))); err != nil {
				t.Errorf("after its return: %v", err)
			}
		}
	})
}

// Bandwidth is shared: transfers of one node queue behind each other, and those
// that would take longer than the time-out fail.
func TestBandwidth(t *testing.T) {
	cache := node(1)
	cache.Bandwidth = 1e6 // 10 KB take 10 ms
	tierUnder(t, cache, nil, func(b *bench, c *world.CacheClient) {
		_ = c.Set(ctx, "k", entry(string(make([]byte, 10_000))), time.Hour)
		start := b.sim.Elapsed()
		var ok, failed int
		for i := range 40 {
			b.sim.Go("reader", func() {
				_, _, err := c.Get(ctx, "k")
				took := b.sim.Elapsed() - start
				want := time.Duration(i+1)*10*time.Millisecond + time.Millisecond
				switch {
				case err == nil && took == want:
					ok++
				case errors.Is(err, world.ErrNoAnswer) && took == 250*time.Millisecond && want > took:
					failed++
				default:
					t.Errorf("reader %d: %v after %v", i, err, took)
				}
			})
		}
		_ = b.sim.Sleep(ctx, time.Second)
		if ok != 24 || failed != 16 {
			t.Errorf("%d in time and %d late, want 24 and 16", ok, failed)
		}
	})
}

func TestMemory(t *testing.T) {
	for _, eviction := range []string{"lru", "random", "none"} {
		t.Run(eviction, func(t *testing.T) {
			cache := node(1)
			cache.Memory, cache.Eviction = 10*(64+int64(len(":1:k"))+100), eviction
			tierUnder(t, cache, nil, func(b *bench, c *world.CacheClient) {
				stored := 0
				for i := range 20 {
					if c.Set(ctx, string(rune('a'+i)), entry(string(make([]byte, 100))), 0) == nil {
						stored++
					}
					_, _, _ = c.Get(ctx, "a") // keeps a in use
				}
				kept := 0
				for i := range 20 {
					if _, ok, _ := c.Get(ctx, string(rune('a'+i))); ok {
						kept++
					}
				}
				_, a, _ := c.Get(ctx, "a")
				if want := map[string]int{"lru": 20, "random": 20, "none": 10}[eviction]; stored != want || kept != 10 {
					t.Errorf("stored %d and kept %d, want %d and 10", stored, kept, want)
				}
				if eviction == "lru" && !a {
					t.Error("lru gave up what was used last")
				}
				if err := c.Set(ctx, "big", entry(string(make([]byte, 5000))), 0); !errors.Is(err, world.ErrNoMemory) {
					t.Errorf("a value larger than the node: %v", err)
				}
			})
		})
	}
}

// An entry above the limit is refused, and the old one is gone.
func TestLargestItem(t *testing.T) {
	cache := node(1)
	cache.MaxItem = 64 + int64(len(":1:k")) + 100
	tierUnder(t, cache, nil, func(_ *bench, c *world.CacheClient) {
		fits, larger := entry(string(make([]byte, 100))), entry(string(make([]byte, 101)))
		if err := c.Set(ctx, "k", fits, 0); err != nil {
			t.Errorf("an entry of the largest size: %v", err)
		}
		if err := c.Set(ctx, "k", larger, 0); !errors.Is(err, world.ErrTooLarge) {
			t.Errorf("a larger entry: %v", err)
		}
		if _, found, _ := c.Get(ctx, "k"); found {
			t.Error("the old entry is served in place of the one refused")
		}
	})
}

func TestTTLAndVersions(t *testing.T) {
	tierUnder(t, node(1), nil, func(b *bench, c *world.CacheClient) {
		_ = c.Set(ctx, "k", entry("v"), 10*time.Millisecond)
		if _, ok, _ := c.Get(ctx, "k"); !ok {
			t.Error("gone before its time")
		}
		_ = b.sim.Sleep(ctx, 10*time.Millisecond)
		if _, ok, _ := c.Get(ctx, "k"); ok {
			t.Error("there after its time")
		}
		newer := entry("new")
		newer.Version = 7
		for _, e := range []struct {
			entry strategies.Entry
			want  bool
		}{{newer, true}, {entry("old"), false}, {newer, true}} {
			if got, err := c.SetNewer(ctx, "v", e.entry, 0); got != e.want || err != nil {
				t.Errorf("version %d: stored %v, %v", e.entry.Version, got, err)
			}
		}
	})
}

func TestLocks(t *testing.T) {
	tierUnder(t, node(1), nil, func(b *bench, c *world.CacheClient) {
		lock := func(token string, want bool) {
			t.Helper()
			if got, err := c.TryLock(ctx, "k", token, time.Second); got != want || err != nil {
				t.Errorf("lock by %s: %v, %v", token, got, err)
			}
		}
		lock("a", true)
		lock("b", false)
		if held, _ := c.Unlock(ctx, "k", "b"); held {
			t.Error("b unlocked what a holds")
		}
		_ = b.sim.Sleep(ctx, 500*time.Millisecond)
		if held, _ := c.Extend(ctx, "k", "a", time.Second); !held {
			t.Error("a could not extend")
		}
		_ = b.sim.Sleep(ctx, 900*time.Millisecond)
		lock("b", false)
		_ = b.sim.Sleep(ctx, 200*time.Millisecond)
		lock("b", true)
		if held, _ := c.Unlock(ctx, "k", "a"); held {
			t.Error("a unlocked what it had lost")
		}
		if held, _ := c.Unlock(ctx, "k", "b"); !held {
			t.Error("b could not unlock")
		}
		lock("c", true)
	})
}

func TestDeployAndFlush(t *testing.T) {
	cfg := fleet()
	cfg.Cache.Nodes = 3
	faults := []world.FaultConfig{
		{Kind: "deploy", At: 10 * time.Second, DeployConfig: world.DeployConfig{Boxes: 1}},
		{Kind: "flush", At: 20 * time.Second, All: true},
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
	faults := []world.FaultConfig{
		{Kind: "slow-origin", At: 10 * time.Second, For: 10 * time.Second, Factor: 4},
		{Kind: "origin-down", At: 30 * time.Second, For: 10 * time.Second},
		{Kind: "origin-errors", At: 50 * time.Second, For: 5 * time.Second, Errors: 1},
		{Kind: "invalid-value", At: 60 * time.Second, For: 10 * time.Second},
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
		if r := b.records[i]; r.Outcome != want.outcome || r.Done-r.Intended != want.latency {
			t.Errorf("request %d: %v in %v, want %v in %v", i, r.Outcome, r.Done-r.Intended, want.outcome, want.latency)
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
			b.sim.AfterFunc(at, func() { b.Clients.Send(&world.Request{At: at, Key: "k", Write: true}) })
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
