package world_test

import (
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/front"
	"github.com/herdlab/herdlab/workloads"
)

// leaks counts the pages that were served to somebody else than their owner.
func (b *bench) leaks() (n int) {
	for _, r := range b.records {
		if r.Owner != 0 && r.Owner != r.User {
			n++
		}
	}
	return n
}

// visitors send requests: nobody's, and those of a few users, for a few pages.
func (b *bench) visitors() {
	for i := range 300 {
		b.ask(time.Duration(i)*100*ms, world.Request{Request: workloads.Request{Key: string(rune('a' + i%3)), User: (i/3 + 1) % 5}})
	}
}

// Nobody is ever served the page of somebody else where sessions go past the cache,
// or are a part of both keys; and where they are neither, the first to come is
// shown to all.
func TestSessionsAtTheFront(t *testing.T) {
	mistake := fault.CacheSessions{Span: fault.Span{For: time.Minute}}
	for name, c := range map[string]struct {
		change func(*front.Config)
		faults []fault.Fault
		leaks  bool
		locked bool // leaks where the front merges requests
	}{
		"past the cache":     {func(*front.Config) {}, nil, false, false},
		"cached":             {func(f *front.Config) { f.Sessions = "cache" }, nil, true, true},
		"cached by mistake":  {func(*front.Config) {}, []fault.Fault{mistake}, true, true},
		"a part of the keys": {func(f *front.Config) { f.Sessions = "cache"; f.Key.User = true; f.AppKey.User = true }, nil, false, false},
		"the mistake, with keys that know them": {
			func(f *front.Config) { f.Key.User = true; f.AppKey.User = true }, []fault.Fault{mistake}, false, false,
		},
		"of the application's key only": {func(f *front.Config) { f.Sessions = "cache"; f.AppKey.User = true }, nil, false, true},
	} {
		for _, locked := range []bool{false, true} {
			for _, looks := range []bool{false, true} {
				cfg := site()
				cfg.Front.AppLooks, cfg.Front.Fallback.Lock, cfg.Front.Fallback.Grace = looks, locked, time.Minute
				c.change(cfg.Front)
				b := atFront(t, cfg, c.faults...)
				b.run(t, 2*time.Minute, b.visitors)
				if got := b.leaks(); (got > 0) != (c.leaks || locked && c.locked) {
					t.Errorf("%s (lock %v, looks %v): %d pages were shown to others", name, locked, looks, got)
				}
				if n := b.outcomes()[metrics.FreshHit]; n == 0 {
					t.Errorf("%s: no hits: %v", name, b.outcomes())
				}
			}
		}
	}
}

// Who goes past the cache goes past nginx's 405, too.
func TestPostsOfSessions(t *testing.T) {
	b := atFront(t, site())
	b.run(t, time.Minute, func() {
		b.ask(0, world.Request{Request: workloads.Request{Key: "k", Op: workloads.Write}})
		b.ask(time.Second, world.Request{Request: workloads.Request{Key: "k", Op: workloads.Write, User: 7}})
	})
	b.want(t, metrics.NotAllowed, 0*ms, metrics.Written, 0*ms)
}

// When the mistake is put right, what was stored meanwhile is still there, until
// it is purged.
func TestSessionsNeedAPurge(t *testing.T) {
	mistake := fault.CacheSessions{Span: fault.Span{At: time.Second, For: 9 * time.Second}}
	purge := fault.Flush{Moment: fault.Moment{At: 10 * time.Second}, All: true}
	for _, purged := range []bool{false, true} {
		faults := []fault.Fault{mistake}
		if purged {
			faults = append(faults, purge)
		}
		b := atFront(t, site(), faults...)
		b.run(t, time.Minute, func() {
			b.ask(2*time.Second, world.Request{Request: workloads.Request{Key: "k", User: 7}})
			b.ask(5*time.Second, world.Request{Request: workloads.Request{Key: "k", User: 8}})
			b.ask(15*time.Second, world.Request{Request: workloads.Request{Key: "k"}})
			b.ask(16*time.Second, world.Request{Request: workloads.Request{Key: "k", User: 8}})
		})
		want := 2
		if purged {
			want = 1
		}
		if got := b.leaks(); got != want {
			t.Errorf("purged %v: %d leaks, want %d: %+v", purged, got, want, b.records)
		}
	}
}
