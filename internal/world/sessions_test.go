package world_test

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/front"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/pagekey"
	"github.com/herdlab/herdlab/workloads"
)

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
