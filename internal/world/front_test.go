package world_test

import (
	"slices"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/front"
	"github.com/herdlab/herdlab/strategies/pagekey"
	"github.com/herdlab/herdlab/workloads"
)

const ms = time.Millisecond

// site is a front before one box, with the defaults of a scenario, a round trip of
// 1 ms to the cache and a page that takes 100 ms.
func site() world.FleetConfig {
	cfg := fleet()
	cfg.Cache = node(1)
	cfg.Front = &front.Config{
		Connections: 512, Timeout: time.Minute, Posts: "refuse", Sessions: "bypass", Scheme: "http", Host: "www.example.com",
		Fallback: front.Fallback{Keep: time.Second, LockTimeout: 5 * time.Second, LockAge: 5 * time.Second},
	}
	return cfg
}

func atFront(t *testing.T, cfg world.FleetConfig, faults ...fault.Fault) *bench {
	t.Helper()
	return setUp(t, world.Config{Fleet: cfg, Faults: faults}, cached(time.Hour))
}

// ask sends a request for key at an instant.
func (b *bench) ask(at time.Duration, r world.Request) {
	r.At = at
	b.sim.AfterFunc(at-b.sim.Elapsed(), func() { b.Clients.Send(&r) })
}

// want compares the records, by their intended instants, with outcome and time.
func (b *bench) want(t *testing.T, want ...any) {
	t.Helper()
	if len(b.records) != len(want)/2 {
		t.Fatalf("%d records, want %d: %+v", len(b.records), len(want)/2, b.records)
	}
	slices.SortStableFunc(b.records, func(x, y metrics.Record) int { return int(x.At - y.At) })
	for i, r := range b.records {
		outcome, took := want[2*i].(metrics.Outcome), want[2*i+1].(time.Duration)
		if r.Outcome != outcome || r.Done-r.At != took {
			t.Errorf("the request of %v: %v after %v, want %v after %v", r.At, r.Outcome, r.Done-r.At, outcome, took)
		}
	}
}

// A miss is a 404 and goes to a box, whose application looks once more if it is so
// made, renders and stores; a hit is one round trip and troubles no box.
func TestFrontHitAndMiss(t *testing.T) {
	cfg := site()
	cfg.Front.AppLooks = true
	b := atFront(t, cfg)
	b.run(t, time.Minute, func() {
		b.at(0, "page:1")
		b.at(time.Second, "page:1")
		b.at(2*time.Second, "page:2")
		b.at(3*time.Second, "page:1")
	})
	miss := 1*ms + 1*ms + 100*ms + 1*ms
	b.want(t, metrics.Computed, miss, metrics.FreshHit, 1*ms, metrics.Computed, miss, metrics.FreshHit, 1*ms)
	if b.records[3].Age != 3*time.Second-102*ms+1*ms {
		t.Errorf("the page served is %v old", b.records[3].Age)
	}
	if got := b.report().Cache.Gets; got != 4+2 {
		t.Errorf("%d reads of the cache, want 4 of the front and 2 of the box", got)
	}
}

// nginx asks memcached for GET and HEAD only: a POST is a 405 and reaches nobody,
// unless it is passed on.
func TestFrontPost(t *testing.T) {
	for posts, want := range map[string][]any{
		"refuse": {metrics.Computed, 102 * ms, metrics.NotAllowed, 0 * ms, metrics.FreshHit, 1 * ms},
		"pass":   {metrics.Computed, 102 * ms, metrics.Written, 5 * ms, metrics.FreshHit, 1 * ms},
	} {
		cfg := site()
		cfg.Front.Posts, cfg.Origin.Write = posts, 5*ms
		b := atFront(t, cfg)
		b.run(t, time.Minute, func() {
			b.at(0, "k")
			b.ask(time.Second, world.Request{Request: workloads.Request{Key: "k", Op: workloads.Write}})
			b.at(2*time.Second, "k")
		})
		b.want(t, want...)
		if _, written := b.Origin.Superseded("k", 1); written != (posts == "pass") {
			t.Errorf("posts: %s: the origin was written to: %v", posts, written)
		}
	}
}

// Both key functions are computed: where they differ, by whatever, nothing is ever
// found, and where both are the same odd one, all is well.
func TestFrontKeys(t *testing.T) {
	for name, c := range map[string]struct {
		front, app pagekey.Config
		hits       int
	}{
		"the same":            {pagekey.Config{}, pagekey.Config{}, 9},
		"both Django's":       {pagekey.Config{Prefix: ":1:"}, pagekey.Config{Prefix: ":1:"}, 9},
		"Django's prefix":     {pagekey.Config{}, pagekey.Config{Prefix: ":1:"}, 0},
		"the absolute URI":    {pagekey.Config{}, pagekey.Config{Scheme: true}, 0},
		"the port":            {pagekey.Config{}, pagekey.Config{Port: true}, 0},
		"without the query":   {pagekey.Config{Query: "drop"}, pagekey.Config{}, 0},
		"both without it":     {pagekey.Config{Query: "drop"}, pagekey.Config{Query: "drop"}, 9},
		"all of it, both":     {pagekey.Config{Prefix: "p", Scheme: true, Port: true}, pagekey.Config{Prefix: "p", Scheme: true, Port: true}, 9},
		"a user, nobody's in": {pagekey.Config{}, pagekey.Config{User: true}, 9},
	} {
		cfg := site()
		cfg.Front.Host, cfg.Front.Query = "WWW.Example.com:8080", "page=2"
		cfg.Front.Key, cfg.Front.AppKey = c.front, c.app
		run := func() *bench {
			b := atFront(t, cfg)
			b.run(t, time.Minute, func() {
				for i := range 10 {
					b.at(time.Duration(i)*time.Second, "page:1")
				}
			})
			return b
		}
		b := run()
		if hits := b.outcomes()[metrics.FreshHit]; hits != c.hits || b.loads != 10-hits {
			t.Errorf("%s: %d hits and %d loads, want %d and %d", name, hits, b.loads, c.hits, 10-c.hits)
		}
		cfg.Front.AppLooks = true
		if b := run(); b.loads != 1 || b.outcomes()[metrics.FreshHit] != 9 {
			t.Errorf("%s: %d loads, want 1: an application that looks agrees with itself", name, b.loads)
		}
	}
}

// A page above the item limit is rendered for ever.
func TestFrontLargePage(t *testing.T) {
	cfg := site()
	cfg.Cache.MaxItem = 100 // pages have 100 bytes, and then there is the key
	b := atFront(t, cfg)
	b.run(t, time.Minute, func() {
		for i := range 5 {
			b.at(time.Duration(i)*time.Second, "k")
		}
	})
	if n := b.outcomes()[metrics.Computed]; n != 5 {
		t.Errorf("%d of 5 rendered: %+v", n, b.records)
	}
}
