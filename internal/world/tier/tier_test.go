package tier_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
)

// bench is a tier under test.
type bench struct {
	sim  *sim.Sim
	Tier *tier.Tier
}

// event is something that happens to a tier.
type event struct {
	at time.Duration
	do func(*tier.Tier)
}

// crash, cut and hang take a node away for a time, and list one that joins.
func crash(node int, at, lasts time.Duration) []event {
	return outage(at, lasts, func(x *tier.Tier) { _ = x.StopNode(node, fault.Crash) }, node)
}

func cut(node int, at, lasts time.Duration) []event {
	return outage(at, lasts, func(x *tier.Tier) { _ = x.StopNode(node, fault.Cut) }, node)
}

func hang(node int, at, lasts time.Duration) []event {
	return outage(at, lasts, func(x *tier.Tier) { _ = x.StopNode(node, fault.Hang) }, node)
}

func outage(at, lasts time.Duration, stop func(*tier.Tier), node int) []event {
	return []event{{at, stop}, {at + lasts, func(x *tier.Tier) { _ = x.StartNode(node, "") }}}
}

func list(node int, at time.Duration, on bool) event {
	return event{at, func(x *tier.Tier) { _ = x.ListNode(node, on) }}
}

// joins is the last of n nodes that joins the others.
func joins(n int, at time.Duration) []event {
	return []event{list(n-1, 0, false), list(n-1, at, true)}
}

// tierUnder runs script with a client of a tier to which this happens.
func tierUnder(t *testing.T, cfg tier.Config, events []event, script func(b *bench, c *tier.Client)) {
	t.Helper()
	b := &bench{sim: sim.New()}
	if err := b.sim.Run(func() {
		b.Tier = tier.New(b.sim, cfg, nil, rand.New(rand.NewPCG(1, 1)))
		for _, e := range events {
			if e.at == 0 {
				e.do(b.Tier)
				continue
			}
			b.sim.AfterFunc(e.at, func() { e.do(b.Tier) })
		}
		c, err := b.Tier.Client(-1, "", tier.KeyPrefix("", 1))
		if err != nil {
			t.Fatal(err)
		}
		script(b, c)
	}); err != nil {
		t.Fatal(err)
	}
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

func TestNodeLossRefusesAndComesBackEmpty(t *testing.T) {
	faults := crash(0, 10*time.Second, 10*time.Second)
	tierUnder(t, node(1), faults, func(b *bench, c *tier.Client) {
		if err := c.Set(ctx, "k", entry("v"), time.Hour); err != nil {
			t.Error(err)
		}
		if got, err := c.TryLock(ctx, "k", "me", time.Hour); !got || err != nil {
			t.Error(got, err)
		}
		_ = b.sim.Sleep(ctx, 10*time.Second)
		before := b.sim.Elapsed()
		if _, _, err := c.Get(ctx, "k"); !errors.Is(err, tier.ErrRefused) {
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
	faults := hang(0, time.Second, time.Second)
	tierUnder(t, node(1), faults, func(b *bench, c *tier.Client) {
		_ = c.Set(ctx, "k", entry("v"), time.Hour)
		_ = b.sim.Sleep(ctx, time.Second)
		before := b.sim.Elapsed()
		if _, _, err := c.Get(ctx, "k"); !errors.Is(err, tier.ErrNoAnswer) {
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

// A client that ejects sends a dead node's keys elsewhere after the failures
// it was told to tolerate, and tries the node again when its time has come.
func TestEjectionMovesKeys(t *testing.T) {
	cache := node(4)
	cache.Ring, cache.EjectAfter = "ketama", 2
	faults := crash(2, time.Second, 3*time.Second)
	tierUnder(t, cache, faults, func(b *bench, c *tier.Client) {
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
	tierUnder(t, cache, nil, func(b *bench, c *tier.Client) {
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
				case errors.Is(err, tier.ErrNoAnswer) && took == 250*time.Millisecond && want > took:
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
			tierUnder(t, cache, nil, func(b *bench, c *tier.Client) {
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
				if err := c.Set(ctx, "big", entry(string(make([]byte, 5000))), 0); !errors.Is(err, tier.ErrNoMemory) {
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
	tierUnder(t, cache, nil, func(_ *bench, c *tier.Client) {
		fits, larger := entry(string(make([]byte, 100))), entry(string(make([]byte, 101)))
		if err := c.Set(ctx, "k", fits, 0); err != nil {
			t.Errorf("an entry of the largest size: %v", err)
		}
		if err := c.Set(ctx, "k", larger, 0); !errors.Is(err, tier.ErrTooLarge) {
			t.Errorf("a larger entry: %v", err)
		}
		if _, found, _ := c.Get(ctx, "k"); found {
			t.Error("the old entry is served in place of the one refused")
		}
	})
}

func TestTTLAndVersions(t *testing.T) {
	tierUnder(t, node(1), nil, func(b *bench, c *tier.Client) {
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
	tierUnder(t, node(1), nil, func(b *bench, c *tier.Client) {
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

// Versions and named caches are apart, in values and in locks, and share a memory.
func TestKeyspaces(t *testing.T) {
	cache := node(1)
	cache.Memory = 3 * (100 + 64 + int64(len("sessions:1:k")))
	tierUnder(t, cache, nil, func(b *bench, first *tier.Client) {
		clients := []*tier.Client{first}
		for _, prefix := range []string{tier.KeyPrefix("", 2), tier.KeyPrefix("sessions", 1)} {
			c, err := b.Tier.Client(-1, "", prefix)
			if err != nil {
				t.Fatal(err)
			}
			clients = append(clients, c)
		}
		for i, c := range clients {
			if got, err := c.TryLock(ctx, "k", fmt.Sprint(i), time.Hour); !got || err != nil {
				t.Errorf("client %d: the lock is another's: %v, %v", i, got, err)
			}
			if err := c.Set(ctx, "k", entry(string(slices.Repeat([]byte{byte('0' + i)}, 100))), time.Hour); err != nil {
				t.Error(err)
			}
		}
		for i, c := range clients {
			if e, ok, err := c.Get(ctx, "k"); !ok || err != nil || e.Data[0] != byte('0'+i) {
				t.Errorf("client %d: %v, %v, %q", i, ok, err, e.Data)
			}
		}
		if err := clients[1].Set(ctx, "more", entry(string(make([]byte, 100))), time.Hour); err != nil {
			t.Error(err)
		}
		if _, ok, _ := clients[0].Get(ctx, "k"); ok {
			t.Error("a full node did not give up what was unused for longest, of another version")
		}
		clients[0].Use(tier.KeyPrefix("", 2))
		if e, ok, _ := clients[0].Get(ctx, "more"); !ok || len(e.Data) != 100 {
			t.Error("a client that goes on with another prefix does not see its values")
		}
		if _, ok, _ := clients[2].Get(ctx, "k"); !ok {
			t.Error("the value of the other cache is gone")
		}
	})
}
