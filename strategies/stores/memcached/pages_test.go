package memcached_test

import (
	"bytes"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bradfitz/gomemcache/memcache"

	"github.com/herdlab/herdlab/internal/live/engine"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores/memcached"
	"github.com/herdlab/herdlab/strategies/stores/storetest"
	"github.com/herdlab/herdlab/strategies/wire"
)

// A store of pages is a store as any other.
func TestPages(t *testing.T) {
	n := start(t, engine.Config{})
	c := client(t, n.Addr, 5*time.Second)
	var prefixes atomic.Int64
	storetest.Run(t, storetest.Wall(func(t *testing.T) storetest.Subject {
		prefix := fmt.Sprintf("p%d:", prefixes.Add(1))
		return storetest.Subject{
			Store:    memcached.NewPages(c, memcached.Config{Prefix: prefix}),
			MaxValue: 1<<20 - 1024, Pages: true,
			Plant: func(key string, raw []byte) error {
				return c.Set(&memcache.Item{Key: prefix + key, Value: raw})
			},
		}
	}))
}

// What another program reads under the key begins with the value and nothing else;
// what another program wrote there is not taken for a page of ours.
func TestPagesAreForOthers(t *testing.T) {
	n := start(t, engine.Config{})
	c := client(t, n.Addr, 5*time.Second)
	s := memcached.NewPages(c, memcached.Config{})
	body := []byte("<html>\r\nEND\r\n</html>")
	if err := s.Set(background, ":1:abc", strategies.Entry{Value: strategies.Value{Data: body}}, time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(background, "short", strategies.Entry{Value: strategies.Value{Data: body}}, 2*time.Second); err != nil {
		t.Fatal(err)
	}
	stored := time.Now()
	item, err := c.Get(":1:abc")
	if err != nil || !bytes.HasPrefix(item.Value, body) || len(item.Value) != len(body)+wire.PageTail {
		t.Errorf("it is kept as %q, %v", item.Value, err)
	}
	if err := c.Set(&memcache.Item{Key: "other", Value: []byte("\x80\x04pickled")}); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.Get(background, "other"); ok || !errors.Is(err, strategies.ErrForeign) {
		t.Errorf("a pickle is a page: %v, %v", ok, err)
	}
	// A server in front is not served past the ttl, and has the page for half of it.
	time.Sleep(time.Until(stored.Add(900 * time.Millisecond)))
	if _, err := c.Get("short"); err != nil {
		t.Errorf("a page of 2 s after 0.9 s: %v", err)
	}
	time.Sleep(time.Until(stored.Add(2050 * time.Millisecond)))
	if _, err := c.Get("short"); !errors.Is(err, memcache.ErrCacheMiss) {
		t.Errorf("a page of 2 s after 2.05 s: %v", err)
	}
}
