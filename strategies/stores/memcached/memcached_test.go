package memcached_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bradfitz/gomemcache/memcache"

	"github.com/herdlab/herdlab/internal/live/engine"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/stores/memcached"
	"github.com/herdlab/herdlab/strategies/stores/storetest"
)

var background = context.Background()

// start starts a memcached, or skips the test where it is not installed.
func start(t testing.TB, cfg engine.Config) *engine.Node {
	t.Helper()
	n, err := engine.Memcached(background, cfg)
	if errors.Is(err, engine.ErrNotInstalled) {
		t.Skip("MEMCACHED IS NOT INSTALLED: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	return n
}

func client(t testing.TB, addr string, timeout time.Duration) *memcache.Client {
	c := memcache.New(addr)
	c.Timeout, c.MaxIdleConns = timeout, 64
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestStore(t *testing.T) {
	n := start(t, engine.Config{})
	c := client(t, n.Addr, 5*time.Second)
	var prefixes atomic.Int64
	storetest.Run(t, storetest.Wall(func(t *testing.T) storetest.Subject {
		prefix := fmt.Sprintf("%d:", prefixes.Add(1))
		return storetest.Subject{
			Store:    memcached.New(c, memcached.Config{Prefix: prefix}),
			MaxValue: 1<<20 - 1024, // the item has a header and a key too
			Plant: func(key string, raw []byte) error {
				return c.Set(&memcache.Item{Key: prefix + "v:" + key, Value: raw})
			},
		}
	}))
}

func TestFaults(t *testing.T) {
	storetest.RunFaults(t, false, func(t *testing.T, addr string, timeout time.Duration) strategies.Store {
		return memcached.New(client(t, addr, timeout), memcached.Config{})
	})
}

func TestServerComesAndGoes(t *testing.T) {
	n := start(t, engine.Config{})
	s := memcached.New(client(t, n.Addr, 50*time.Millisecond), memcached.Config{})
	storetest.Outage(t, s, stores.ErrNoAnswer, n.Hang, n.Wake)
	storetest.Outage(t, s, stores.ErrRefused, func() error { n.Kill(); return nil }, n.Restart)
}

func TestFull(t *testing.T) {
	n := start(t, engine.Config{Memory: 2 << 20, Eviction: "noeviction"})
	s := memcached.New(client(t, n.Addr, 5*time.Second), memcached.Config{})
	e := strategies.Entry{Value: strategies.Value{Data: []byte(strings.Repeat("x", 100_000))}}
	for i := range 200 {
		if err := s.Set(background, fmt.Sprint(i), e, time.Hour); err != nil {
			if !errors.Is(err, stores.ErrFull) {
				t.Errorf("%v, want that the cache is full", err)
			}
			return
		}
	}
	t.Error("20 MB fit into 2")
}

// What a lock leaves behind when it is freed has expired already, for clients of
// whatever kind.
func TestUnlockLeavesNothing(t *testing.T) {
	n := start(t, engine.Config{})
	c := client(t, n.Addr, 5*time.Second)
	s := memcached.New(c, memcached.Config{})
	if got, err := s.TryLock(background, "k", "me", time.Hour); !got || err != nil {
		t.Fatal(got, err)
	}
	if _, err := c.Get("l:k"); err != nil {
		t.Errorf("the lock is not where it is said to be: %v", err)
	}
	if held, err := s.Unlock(background, "k", "me"); !held || err != nil {
		t.Fatal(held, err)
	}
	if _, err := c.Get("l:k"); !errors.Is(err, memcache.ErrCacheMiss) {
		t.Errorf("%v, want a miss", err)
	}
}

// handClock is a clock that a test sets.
type handClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// The server keeps an item longer than its time; to the nanosecond the store
// does not.
func TestExpiryIsExact(t *testing.T) {
	n := start(t, engine.Config{})
	clock := &handClock{now: time.Now()}
	s := memcached.New(client(t, n.Addr, 5*time.Second), memcached.Config{Now: clock.Now})
	const ttl = 1500*time.Millisecond + 1
	if err := s.Set(background, "k", strategies.Entry{}, ttl); err != nil {
		t.Fatal(err)
	}
	if got, err := s.TryLock(background, "k", "alice", ttl); !got || err != nil {
		t.Fatal(got, err)
	}
	look := func(want bool) {
		t.Helper()
		if _, ok, err := s.Get(background, "k"); ok != want || err != nil {
			t.Errorf("get: %v, %v, want %v", ok, err, want)
		}
		if got, err := s.TryLock(background, "k", "bob", time.Hour); got == want || err != nil {
			t.Errorf("lock: %v, %v, want %v", got, err, !want)
		}
	}
	clock.pass(ttl - 1)
	look(true)
	clock.pass(1)
	look(false)
	if held, err := s.Unlock(background, "k", "alice"); held || err != nil {
		t.Errorf("the owner before frees the lock of the next: %v, %v", held, err)
	}
	if held, err := s.Unlock(background, "k", "bob"); !held || err != nil {
		t.Errorf("unlock: %v, %v", held, err)
	}
}

func Example() {
	client := memcache.New("127.0.0.1:11211")
	client.Timeout, client.MaxIdleConns = time.Second, 64
	cache := memcached.New(client, memcached.Config{Prefix: "shop:"})

	load := strategies.Bytes(func(context.Context, string) ([]byte, error) { return []byte("Hello"), nil })
	pages, err := strategies.NewMutex(cache, cache, load, strategies.MutexConfig{TTL: time.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := pages.Get(background, "front-page")
	fmt.Printf("%s %v %v\n", r.Data, r.Outcome, err)
}

func BenchmarkGet(b *testing.B) {
	n := start(b, engine.Config{})
	s := memcached.New(client(b, n.Addr, 5*time.Second), memcached.Config{})
	if err := s.Set(background, "k", strategies.Entry{Value: strategies.Value{Data: make([]byte, 1024)}}, time.Hour); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, ok, err := s.Get(background, "k"); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
