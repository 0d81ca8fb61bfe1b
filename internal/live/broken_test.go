package live_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/herdlab/herdlab/internal/live"
	"github.com/herdlab/herdlab/internal/live/engine"
	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/internal/metrics"
)

// asGenerator has this test be a load generator.
const asGenerator = "generate"

func TestMain(m *testing.M) {
	tier.Quiet()
	if len(os.Args) > 1 && os.Args[1] == asGenerator {
		if err := live.Generate(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// A cache that dies for good before the first request is in the outcomes and in
// the counts, and the run ends as any other.
func TestCacheIsDownFromTheStart(t *testing.T) {
	for _, kind := range []string{"embedded", "redis", "memcached"} {
		t.Run(kind, func(t *testing.T) {
			sc := scenario(t, steady, "warm=0", "duration=400ms", "fleet.cache.nodes=1", "fleet.cache.timeout=50ms", "fleet.origin.latency=5ms",
				"faults=[{at: 0s, kind: node-loss, node: 0}]")
			got, sent := run(t, sc, "mutex", startTier(t, t.Context(), kind, sc.Fleet))
			if int(got.Requests+got.Classes["bystander"].Requests) != len(sent) {
				t.Errorf("%d requests recorded of %d", got.Requests, len(sent))
			}
			if got.Cache.Errors == 0 {
				t.Error("no error of a cache that is down")
			}
			// The first request or two may come before the loss.
			if hits := got.Outcomes[metrics.FreshHit]; hits > got.Requests/4 {
				t.Errorf("%d hits of %d in a cache that is down", hits, got.Requests)
			}
			if got.Classes["bystander"].Failures > 0 {
				t.Error("bystanders failed, who need no cache")
			}
		})
	}
}

// rubbish listens and answers whatever it is told with noise, after it has let
// the first greetings pass through to a real cache.
type rubbish struct {
	listener net.Listener
	behind   string
	mu       sync.Mutex
	noisy    bool
	all      sync.WaitGroup
}

func newRubbish(t *testing.T, behind string) *rubbish {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &rubbish{listener: l, behind: behind}
	r.all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r.all.Go(func() { r.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		r.all.Wait()
	})
	return r
}

func (r *rubbish) isNoisy() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.noisy
}

func (r *rubbish) serve(conn net.Conn) {
	defer conn.Close()
	cache, err := net.Dial("tcp", r.behind)
	if err != nil {
		return
	}
	defer cache.Close()
	r.all.Go(func() {
		_, _ = io.Copy(conn, cache)
		_ = conn.Close()
	})
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		if r.isNoisy() {
			_, _ = io.WriteString(conn, "\x00\xffEND OF THE WORLD\r\n\r\n*-7\r\n")
			continue
		}
		if _, err := cache.Write(buf[:n]); err != nil {
			return
		}
	}
}

// A cache that answers nonsense is an error of the cache, and nothing of the
// nonsense is served.
func TestCacheAnswersRubbish(t *testing.T) {
	node, err := engine.Embedded(t.Context(), engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer node.Close()
	front := newRubbish(t, node.Addr)
	sc := scenario(t, steady, "warm=0", "duration=400ms", "fleet.cache.nodes=1", "fleet.cache.timeout=50ms", "fleet.origin.latency=5ms")
	on := startTier(t, t.Context(), "redis://"+front.listener.Addr().String(), sc.Fleet)
	front.mu.Lock()
	front.noisy = true
	front.mu.Unlock()
	got, _ := run(t, sc, "naive", on)
	if got.Cache.Errors == 0 || got.Outcomes[metrics.FreshHit] > 0 {
		t.Errorf("%d errors of the cache, %d hits: %v", got.Cache.Errors, got.Outcomes[metrics.FreshHit], got.Outcomes)
	}
	if got.Outcomes[metrics.CacheError]+got.Outcomes[metrics.Computed] != got.Requests {
		t.Errorf("outcomes %v of %d requests, want them computed or errors of the cache", got.Outcomes, got.Requests)
	}
}

// A cache that is full and may not evict refuses to store, by name, and the
// values are served all the same.
func TestCacheIsFull(t *testing.T) {
	for _, kind := range []string{"redis", "memcached"} {
		t.Run(kind, func(t *testing.T) {
			sc := scenario(t, steady, "warm=0", "duration=600ms", "fleet.cache={nodes: 1, memory: 2MB, eviction: none}", "fleet.origin.latency=5ms",
				"workload=[{class: page, rate: 300/s, keys: {count: 10000}, size: {median: 100KB, p99: 200KB}}]")
			got, _ := run(t, sc, "naive", startTier(t, t.Context(), kind, sc.Fleet))
			if got.Cache.Errors == 0 {
				t.Error("a full cache refused nothing")
			}
			if got.Failures != got.Outcomes[metrics.CacheError] || got.Requests == 0 {
				t.Errorf("outcomes %v", got.Outcomes)
			}
		})
	}
}

// An address where nobody listens is said before anything runs, without the
// password.
func TestNobodyListens(t *testing.T) {
	sc := scenario(t, steady)
	_, err := tier.Open(t.Context(), "redis://u:secret@127.0.0.1:1", sc.Fleet.Cache, 1, "")
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("said %v, want the address without the password", err)
	}
}
