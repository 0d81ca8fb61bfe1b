package front_test

import (
	"cmp"
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/world/front"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/pagekey"
)

var ctx = context.Background()

// bench is a front before a cache node and boxes that render in 100 ms.
type bench struct {
	*testing.T
	sim   *sim.Sim
	tier  *tier.Tier
	front *front.Front
	full  bool // the boxes take nothing

	took    time.Duration   // by a box; 100 ms unless it is set
	outcome metrics.Outcome // of a box
	size    int             // of its pages; 1,000 bytes unless it is set
	loads   []time.Duration // when boxes were asked
}

// load has a box answer.
func (b *bench) load(done func(front.Answer)) {
	b.loads = append(b.loads, b.sim.Elapsed())
	a := front.Answer{Outcome: b.outcome, Entry: strategies.Entry{Value: strategies.Value{Data: make([]byte, cmp.Or(b.size, 1000))}}}
	b.sim.AfterFunc(cmp.Or(b.took, 100*time.Millisecond), func() { done(a) })
}

// request is an attempt at a front.
type request struct {
	bench *bench
	key   string
	write bool
	visit *front.Visit
	box   bool // it went there
	ended time.Duration
	got   front.Answer
}

func (r *request) Asked() (string, int, bool) { return r.key, 0, r.write }

func (r *request) Forward() bool {
	if r.bench.full {
		return false
	}
	r.box = true
	r.bench.load(r.Answer)
	return true
}

func (r *request) Renew(done func(front.Answer)) bool {
	r.bench.load(done)
	return true
}

func (r *request) Answer(a front.Answer) {
	r.got, r.ended = r.bench.front.Ended(r.visit, a), r.bench.sim.Elapsed()
}

// run has script ask a front, and holds the front to its laws.
func run(t *testing.T, change func(*front.Config), script func(b *bench)) {
	t.Helper()
	b := &bench{T: t, sim: sim.New(), outcome: metrics.Computed}
	cfg := front.Config{Connections: 4, Timeout: time.Second, Host: "h", Posts: "refuse", Sessions: "bypass"}
	if change != nil {
		change(&cfg)
	}
	nodes := tier.Config{Nodes: 1, Ring: "modulo", RTT: time.Millisecond, Timeout: time.Second, Eviction: "lru"}
	if err := b.sim.Run(func() {
		b.tier = tier.New(b.sim, nodes, nil, rand.New(rand.NewPCG(1, 1)))
		site := front.NewSite(cfg)
		b.front = front.New(b.sim, cfg, site, b.tier)
		c, err := b.tier.Client(-1, "", "")
		if err != nil {
			t.Fatal(err)
		}
		page := strategies.Entry{Value: strategies.Value{Data: []byte("page"), Version: 7}, Stored: strategies.At(b.sim.Now())}
		if err := site.Pages(c).Set(ctx, "there", page, 0); err != nil {
			t.Fatal(err)
		}
		script(b)
	}); err != nil {
		t.Fatal(err)
	}
	if err := b.front.Laws(true); err != nil {
		t.Error(err)
	}
}

// ask sends a request, and reports whether a connection was free.
func (b *bench) ask(key string, write bool) (*request, bool) {
	b.Helper()
	r := &request{bench: b, key: key, write: write}
	var taken bool
	r.visit, taken = b.front.Submit(r)
	if r.ended != 0 {
		b.Errorf("%q is answered from within Submit", key)
	}
	return r, taken
}

// What the cache has the front answers; for the rest it goes to a box, after the
// answer of the cache or its time-out.
func TestFrontAsksTheCacheAndThenABox(t *testing.T) {
	ms := time.Millisecond
	for _, c := range []struct {
		name, key string
		write     bool
		before    func(*bench)
		outcome   metrics.Outcome
		box       bool
		took      time.Duration
	}{
		{"a hit", "there", false, nil, metrics.FreshHit, false, ms},
		{"a miss", "gone", false, nil, metrics.Computed, true, 101 * ms},
		{"a write", "there", true, nil, metrics.NotAllowed, false, 0},
		{"no page", "", false, nil, metrics.Computed, true, 100 * ms},
		{"a cache that refuses", "there", false, func(b *bench) { _ = b.tier.StopNode(0, fault.Cut) }, metrics.Computed, true, 101 * ms},
		{"a cache that hangs", "there", false, func(b *bench) { _ = b.tier.StopNode(0, fault.Hang) }, metrics.Computed, true, 1100 * ms},
		{"a full box", "gone", false, func(b *bench) { b.full = true }, metrics.Rejected, false, ms},
	} {
		t.Run(c.name, func(t *testing.T) {
			run(t, nil, func(b *bench) {
				if c.before != nil {
					c.before(b)
				}
				begun := b.sim.Elapsed()
				r, _ := b.ask(c.key, c.write)
				_ = b.sim.Sleep(ctx, 2*time.Second)
				if r.got.Outcome != c.outcome || r.box != c.box || r.ended-begun != c.took {
					t.Errorf("%v after %v, at a box: %v; want %v after %v, %v", r.got.Outcome, r.ended-begun, r.box, c.outcome, c.took, c.box)
				}
				if hit := string(r.got.Entry.Data) == "page" && r.got.Entry.Version == 7; hit != (c.outcome == metrics.FreshHit) {
					t.Errorf("served %q", r.got.Entry.Data)
				}
			})
		})
	}
}

// A request holds two connections until it ends or its client leaves.
func TestFrontIsShortOfConnections(t *testing.T) {
	run(t, nil, func(b *bench) {
		first, _ := b.ask("gone", false)
		b.ask("gone", false)
		if _, taken := b.ask("there", false); taken {
			t.Error("a third request is taken, and there are connections for two")
		}
		b.front.Leave(first.visit)
		if err := b.front.Laws(false); err != nil {
			t.Error(err)
		}
		if _, taken := b.ask("there", false); !taken {
			t.Error("a client left, and its connections are not free")
		}
		if b.front.Laws(true) == nil {
			t.Error("held connections are lawful at the end")
		}
		_ = b.sim.Sleep(ctx, time.Second)
		if notes := b.front.Notes(); len(notes) != 1 {
			t.Errorf("it notes %q", notes)
		}
	})
}

// With the lock one request goes to a box and the others have its answer.
func TestFallbackMerges(t *testing.T) {
	run(t, func(c *front.Config) {
		c.Connections = 100
		c.Fallback = front.Fallback{Lock: true, Keep: time.Second, LockTimeout: 5 * time.Second, LockAge: 5 * time.Second}
	}, func(b *bench) {
		var all []*request
		for range 10 {
			r, _ := b.ask("gone", false)
			all = append(all, r)
		}
		_ = b.sim.Sleep(ctx, 2*time.Second)
		counts := make(map[metrics.Outcome]int)
		for _, r := range all {
			counts[r.got.Outcome]++
		}
		if counts[metrics.Computed] != 1 || counts[metrics.Coalesced] != 9 {
			t.Errorf("%v, want one computed and nine that waited for it", counts)
		}
	})
}

func TestOwner(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		user := rapid.IntRange(1, 1<<40).Draw(t, "user")
		size := rapid.IntRange(0, 100).Draw(t, "size")
		page := front.PageOf("page:1", user)
		v, err := front.Rendered(strategies.Bytes(func(_ context.Context, key string) ([]byte, error) {
			if key != "page:1" {
				t.Errorf("the row loaded is %q", key)
			}
			return make([]byte, size), nil
		})).Load(ctx, page)
		if err != nil || front.OwnerOf(v.Data) != user || len(v.Data) < size {
			t.Errorf("a page of %d bytes for %d is %d's: %q, %v", size, user, front.OwnerOf(v.Data), v.Data, err)
		}
	})
	for _, nobodys := range []string{"", "\x00\x00", "<!-- the page of user ", "<!-- the page of user x -->\n", "<p><!-- the page of user 7 -->\n"} {
		if got := front.OwnerOf([]byte(nobodys)); got != 0 {
			t.Errorf("%q is the page of %d", nobodys, got)
		}
	}
}

// Any two pages that a key function gives one name are shown for one another; with
// the user in it there are none.
func TestKeysOfUsers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.StringMatching(`[a-z:/? ]{1,8}`).Draw(t, "key")
		one, other := rapid.IntRange(0, 3).Draw(t, "user"), rapid.IntRange(0, 3).Draw(t, "other")
		cfg := front.Config{Host: "h", Sessions: "cache", AppLooks: true, AppKey: pagekey.Config{User: true}}
		names := &named{}
		pages := front.NewSite(cfg).Pages(names)
		_ = pages.Delete(ctx, front.PageOf(key, one))
		_ = pages.Delete(ctx, front.PageOf(key, other))
		if same := names.list[0] == names.list[1]; same != (one == other) {
			t.Errorf("pages of %d and %d have the same name: %v", one, other, same)
		}
	})
}

// named is a cache that hears names.
type named struct {
	front.Cache
	list []string
}

func (n *named) Delete(_ context.Context, name string) error {
	n.list = append(n.list, name)
	return nil
}
