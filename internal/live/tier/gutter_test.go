package tier

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/world/ring"
	model "github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
)

// parts are a tier of embedded nodes and a client of it.
func parts(t *testing.T, cfg model.Config, faults ...fault.Fault) (*Tier, *boxClient) {
	t.Helper()
	tier, err := Start(t.Context(), "embedded", cfg, 4, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tier.Close)
	if err := tier.Reset(faults, nil); err != nil {
		t.Fatal(err)
	}
	c, err := tier.client(0, "")
	if err != nil {
		t.Fatal(err)
	}
	return tier, c
}

// stored has the client write so many keys, and found counts those it reads.
func stored(t *testing.T, c *boxClient, n int, ttl time.Duration) {
	t.Helper()
	for i := range n {
		if err := c.Set(t.Context(), fmt.Sprint("key:", i), strategies.Entry{Value: strategies.Value{Data: []byte("v"), Version: 1}}, ttl); err != nil {
			t.Fatal(err)
		}
	}
}

func found(t *testing.T, c *boxClient, n int) (hits int) {
	t.Helper()
	for i := range n {
		_, ok, err := c.Get(t.Context(), fmt.Sprint("key:", i))
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			hits++
		}
	}
	return hits
}

// The keys of a dead node are stored in the gutter, for no longer than its ttl.
func TestGutterOfRealNodes(t *testing.T) {
	tier, c := parts(t, model.Config{
		Nodes: 2, Ring: ring.Modulo, Timeout: 5 * time.Second, EjectAfter: 2, RetryAfter: time.Hour, Gutter: 1, GutterTTL: 2 * time.Second,
	})
	const n = 100
	stored(t, c, n, time.Hour)
	if err := tier.links[1].cut(); err != nil {
		t.Fatal(err)
	}
	if got := found(t, c, n); got < n/3 || got > 2*n/3 {
		t.Errorf("with one of two nodes dead %d of %d are there, want about half", got, n)
	}
	begun := time.Now()
	stored(t, c, n, 0)
	if got := found(t, c, n); got != n && time.Since(begun) < time.Second {
		t.Errorf("%d of %d are there when the gutter has stored", got, n)
	}
	for got := n; got == n; got = found(t, c, n) {
		if time.Since(begun) > 20*time.Second {
			t.Fatal("the gutter keeps its entries for ever")
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// A node that joins takes its keys over from where they were.
func TestLookBackAtRealNodes(t *testing.T) {
	join := fault.NodeJoin{Relisting: fault.Relisting{Moment: fault.Moment{At: time.Second}, Node: 2}}
	tier, c := parts(t, model.Config{Nodes: 3, Ring: ring.Modulo, Timeout: 5 * time.Second, LookBack: time.Hour}, join)
	const n = 100
	stored(t, c, n, time.Hour)
	tier.roster.List(2, true)
	if got := found(t, c, n); got != n {
		t.Errorf("%d of %d are there when a node has joined", got, n)
	}
	plain, err := tier.client(0, "") // which knows of no other list
	if err != nil {
		t.Fatal(err)
	}
	if got := found(t, plain, n); got != n {
		t.Errorf("%d of %d are where they belong now", got, n)
	}
	tier.roster.List(2, false)
	for i := range n {
		if err := c.Delete(t.Context(), fmt.Sprint("key:", i)); err != nil {
			t.Fatal(err)
		}
	}
	if got := found(t, c, n); got != 0 {
		t.Errorf("%d of %d deleted values are found", got, n)
	}
}

// A cache that is not started here has no gutter and is not flushed, and says so.
func TestWhatACacheOfTheUsersHasNot(t *testing.T) {
	for _, kind := range []string{"file", "redis://127.0.0.1:1", "memcached://127.0.0.1:1"} {
		for want, cfg := range map[string]model.Config{
			"fleet.cache.gutter needs nodes that loadtest starts":           {Nodes: 1, Gutter: 1},
			"fleet.cache.on_return: flush needs nodes that loadtest starts": {Nodes: 1, OnReturn: "flush"},
		} {
			_, err := Open(t.Context(), kind, cfg, 4, t.TempDir())
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %s", kind, err, want)
			}
		}
	}
}

// A node that a box puts on its ring again is empty, if that is wanted.
func TestFlushOnReturnOfRealNodes(t *testing.T) {
	for on, want := range map[string]bool{"keep": true, "flush": false} {
		tier, c := parts(t, model.Config{
			Nodes: 2, Ring: ring.Modulo, Timeout: 5 * time.Second, EjectAfter: 1, RetryAfter: 100 * time.Millisecond, OnReturn: on,
		})
		const n = 50
		stored(t, c, n, time.Hour)
		_ = tier.links[1].cut()
		for i := range n { // the first of the node's keys fails
			_, _, _ = c.Get(t.Context(), fmt.Sprint("key:", i))
		}
		_ = tier.links[1].mend()
		time.Sleep(110 * time.Millisecond) // until its time has come
		if got := found(t, c, n) == n; got != want {
			t.Errorf("%s: all values are there: %v, want %v", on, got, want)
		}
	}
}
