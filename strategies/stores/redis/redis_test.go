package redis_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/herdlab/herdlab/internal/live/engine"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/stores/failsafe"
	store "github.com/herdlab/herdlab/strategies/stores/redis"
	"github.com/herdlab/herdlab/strategies/stores/storetest"
)

var background = context.Background()

// servers are what the store is to work with.
func servers() map[string]func(context.Context, engine.Config) (*engine.Node, error) {
	return map[string]func(context.Context, engine.Config) (*engine.Node, error){
		"redis-server": engine.Redis, "embedded": engine.Embedded,
	}
}

// start starts a server, or skips the test where it is not installed.
func start(t testing.TB, server func(context.Context, engine.Config) (*engine.Node, error), cfg engine.Config) *engine.Node {
	t.Helper()
	n, err := server(background, cfg)
	if errors.Is(err, engine.ErrNotInstalled) {
		t.Skip("REDIS-SERVER IS NOT INSTALLED: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	return n
}

func client(t testing.TB, opt *redis.Options) *redis.Client {
	c := redis.NewClient(opt)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestStore(t *testing.T) {
	for name, server := range servers() {
		t.Run(name, func(t *testing.T) {
			n := start(t, server, engine.Config{})
			c := client(t, store.Options(n.Addr))
			var prefixes atomic.Int64
			storetest.Run(t, storetest.Wall(func(t *testing.T) storetest.Subject {
				prefix := fmt.Sprintf("%d:", prefixes.Add(1))
				return storetest.Subject{
					Store: store.New(c, store.Config{Prefix: prefix}),
					Plant: func(key string, raw []byte) error {
						return c.Set(background, prefix+"value:"+key, raw, 0).Err()
					},
					PlantOther: func(key string) error {
						return errors.Join(c.Del(background, prefix+"value:"+key).Err(), c.LPush(background, prefix+"value:"+key, "x").Err())
					},
				}
			}))
		})
	}
}

func TestFaults(t *testing.T) {
	for _, protocol := range []int{2, 3} {
		t.Run(fmt.Sprint("RESP", protocol), func(t *testing.T) {
			storetest.RunFaults(t, true, func(t *testing.T, addr string, timeout time.Duration) strategies.Store {
				opt := store.Options(addr)
				opt.DialTimeout, opt.ReadTimeout, opt.WriteTimeout = timeout, timeout, timeout
				opt.Protocol = protocol
				return store.New(client(t, opt), store.Config{})
			})
		})
	}
}

// A server that forgot the scripts is sent them again.
func TestScriptsAreForgotten(t *testing.T) {
	for name, server := range servers() {
		t.Run(name, func(t *testing.T) {
			n := start(t, server, engine.Config{})
			c := client(t, store.Options(n.Addr))
			s := store.New(c, store.Config{})
			for range 3 {
				if err := c.ScriptFlush(background).Err(); err != nil {
					t.Fatal(err)
				}
				if ok, err := s.SetNewer(background, "k", strategies.Entry{}, time.Hour); !ok || err != nil {
					t.Errorf("set newer: %v, %v", ok, err)
				}
			}
		})
	}
}

// Over the death and return of a server, and while it hangs, each operation is
// an error with its name, and afterwards all is as if the server were new.
func TestServerComesAndGoes(t *testing.T) {
	for name, server := range servers() {
		t.Run(name, func(t *testing.T) {
			n := start(t, server, engine.Config{})
			opt := store.Options(n.Addr)
			opt.ReadTimeout = 50 * time.Millisecond
			s := store.New(client(t, opt), store.Config{})
			storetest.Outage(t, s, stores.ErrNoAnswer, n.Hang, n.Wake)
			storetest.Outage(t, s, stores.ErrRefused, func() error { n.Kill(); return nil }, n.Restart)
		})
	}
}

func TestFull(t *testing.T) {
	n := start(t, engine.Redis, engine.Config{Memory: 2 << 20, Eviction: "noeviction"})
	s := store.New(client(t, store.Options(n.Addr)), store.Config{})
	e := strategies.Entry{Value: strategies.Value{Data: []byte(strings.Repeat("x", 100_000))}}
	for i := range 100 {
		if err := s.Set(background, fmt.Sprint(i), e, time.Hour); err != nil {
			if !errors.Is(err, stores.ErrFull) {
				t.Errorf("%v, want that the cache is full", err)
			}
			if ok, err := s.SetNewer(background, "k", e, time.Hour); ok || !errors.Is(err, stores.ErrFull) {
				t.Errorf("set newer: %v, %v, want that the cache is full", ok, err)
			}
			return
		}
	}
	t.Error("10 MB fit into 2")
}

// All kinds of clients are made with the same settings: nothing is tried again, and a
// deadline ends an operation.
func TestOptionsOfEveryKind(t *testing.T) {
	url, err := store.URLOptions("rediss://user:secret@cache.example:6380/2")
	if err != nil || url.TLSConfig == nil || url.TLSConfig.ServerName != "cache.example" || url.DB != 2 || !url.ContextTimeoutEnabled || url.MaxRetries != -1 {
		t.Errorf("%+v, %v", url, err)
	}
	if _, err := store.URLOptions("http://cache"); err == nil {
		t.Error("http is taken for Redis")
	}
	cluster, sentinel, ring := store.ClusterOptions("a:1", "b:1"), store.SentinelOptions("main", "s:1"), store.RingOptions(map[string]string{"one": "a:1"})
	for kind, got := range map[string][]any{
		"cluster":  {cluster.MaxRetries, cluster.ContextTimeoutEnabled, cluster.ReadTimeout, cluster.PoolTimeout},
		"sentinel": {sentinel.MaxRetries, sentinel.ContextTimeoutEnabled, sentinel.ReadTimeout, sentinel.PoolTimeout},
		"ring":     {ring.MaxRetries, ring.ContextTimeoutEnabled, ring.ReadTimeout, ring.PoolTimeout},
	} {
		if fmt.Sprint(got) != "[-1 true 1s 1s]" {
			t.Errorf("%s: %v", kind, got)
		}
	}
}

// A ring is a store as one server is.
func TestRing(t *testing.T) {
	addrs := make(map[string]string)
	for _, name := range []string{"one", "two"} {
		addrs[name] = start(t, engine.Embedded, engine.Config{}).Addr
	}
	ring := redis.NewRing(store.RingOptions(addrs))
	t.Cleanup(func() { _ = ring.Close() })
	s := store.New(ring, store.Config{})
	keys := make([]string, 50)
	for i := range keys {
		keys[i] = fmt.Sprint(i)
		if err := s.Set(background, keys[i], strategies.Entry{Value: strategies.Value{Data: []byte(keys[i])}}, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.GetMany(background, keys)
	if err != nil || len(got) != len(keys) || string(got["7"].Data) != "7" {
		t.Errorf("%d entries, %v", len(got), err)
	}
}

// With the settings of Options a server that hangs up is asked once.
func TestAskedOnce(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			_, _ = conn.Read(make([]byte, 1024))
			_ = conn.Close()
		}
	})
	s := store.New(client(t, store.Options(l.Addr().String())), store.Config{})
	if _, err := s.TryLock(background, "k", "me", time.Hour); !errors.Is(err, stores.ErrRefused) {
		t.Error(err)
	}
	_ = l.Close()
	running.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// A client that was closed is no panic.
func TestClosedClient(t *testing.T) {
	n := start(t, engine.Embedded, engine.Config{})
	c := client(t, store.Options(n.Addr))
	s := store.New(c, store.Config{})
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.Get(background, "k"); ok || !errors.Is(err, stores.ErrRefused) {
		t.Errorf("%v, %v", ok, err)
	}
}

func Example() {
	n, err := engine.Embedded(background, engine.Config{}) // or a server of yours
	if err != nil {
		fmt.Println(err)
		return
	}
	defer n.Close()
	client := redis.NewClient(store.Options(n.Addr))
	defer client.Close()
	cache := store.New(client, store.Config{Prefix: "shop:"})

	load := strategies.Bytes(func(context.Context, string) ([]byte, error) { return []byte("Hello"), nil })
	pages, err := strategies.NewSWR(cache, cache, load, strategies.SWRConfig{Fresh: time.Minute, TTL: time.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		r, err := pages.Get(background, "front-page")
		fmt.Printf("%s %v %v\n", r.Data, r.Outcome, err)
	}
	// Output:
	// Hello computed <nil>
	// Hello fresh_hit <nil>
}

func BenchmarkGet(b *testing.B) {
	for name, server := range servers() {
		n := start(b, server, engine.Config{})
		s := store.New(client(b, store.Options(n.Addr)), store.Config{})
		if err := s.Set(background, "k", strategies.Entry{Value: strategies.Value{Data: make([]byte, 1024)}}, time.Hour); err != nil {
			b.Fatal(err)
		}
		cancellable, cancel := context.WithCancel(background)
		defer cancel()
		for kind, ctx := range map[string]context.Context{"background": background, "cancellable": cancellable} {
			b.Run(name+"/"+kind, func(b *testing.B) {
				for b.Loop() {
					if _, ok, err := s.Get(ctx, "k"); !ok || err != nil {
						b.Fatal(ok, err)
					}
				}
			})
		}
	}
}

// A server that SIGSTOP stops for 3 s costs 1,000 callers of 50 warm keys nothing behind
// package failsafe, and is found again.
func TestHungRedis(t *testing.T) {
	t.Parallel()
	n := start(t, engine.Redis, engine.Config{})
	cache := failsafe.New(store.New(client(t, store.Options(n.Addr)), store.Config{}), failsafe.Config{Copies: 1 << 20})
	var loads atomic.Int64
	s, err := strategies.NewSWR(cache, cache, strategies.Bytes(func(_ context.Context, key string) ([]byte, error) {
		loads.Add(1)
		return []byte(key), nil
	}), strategies.SWRConfig{})
	if err != nil {
		t.Fatal(err)
	}
	const keys, callers = 50, 1000
	get := func(k int) {
		key := fmt.Sprint(k)
		if r, err := s.Get(background, key); err != nil || string(r.Data) != key {
			t.Errorf("%q: %v %v", r.Data, r.Outcome, err)
		}
	}
	for range 2 { // the second time the cache is read
		for k := range keys {
			get(k)
		}
	}
	if err := n.Hang(); err != nil {
		t.Fatal(err)
	}
	warm := loads.Load()
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			time.Sleep(time.Duration(i) * 3 * time.Millisecond)
			get(i % keys)
		})
	}
	all.Wait()
	if n := loads.Load() - warm; n > 0 || !cache.Gone() {
		t.Errorf("%d loads; the cache is taken for gone: %v", n, cache.Gone())
	}
	if err := n.Wake(); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); cache.Gone(); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			t.Fatal("the cache is not found again")
		}
		_, _, _ = cache.Get(background, "0")
	}
}
