package live

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bradfitz/gomemcache/memcache"
	"github.com/redis/go-redis/v9"

	"herdlab/internal/cluster"
	"herdlab/internal/live/engine"
	"herdlab/strategies"
	"herdlab/strategies/stores/file"
	memcachedstore "herdlab/strategies/stores/memcached"
	redisstore "herdlab/strategies/stores/redis"
)

// Tier is the real cache: nodes that it started, or one that is the user's.
type Tier struct {
	cfg     cluster.CacheConfig
	workers int
	nodes   []*engine.Node // nil where the cache is the user's, or files
	names   []cluster.RingNode
	prefix  string // of all keys in a cache of the user's
	open    func(i int, prefix string) (store, error)
	counts  counts
	runs    atomic.Int64 // so far

	mu      sync.Mutex // two boxes may start anew at once
	closers []func()   // of the clients of the boxes
}

// store is what a node's client has to be able to do.
type store interface {
	strategies.Store
	strategies.Locker
	strategies.NewerSetter
	strategies.Extender
	strategies.Leaser
}

// counts are the operations of all clients.
type counts struct {
	gets, sets, deletes, locks, bytesOut, errors atomic.Int64
	answered, nanos                              atomic.Int64 // operations that succeeded, and their time
}

// Kinds are the caches that StartTier can start by itself.
func Kinds() []string { return []string{"embedded", "redis", "memcached", "file"} }

// StartTier starts the nodes of a cache: embedded (a Redis inside this
// process), redis or memcached (a process each), or file (a directory under
// dir). They are stopped by Close, and when ctx ends.
func StartTier(ctx context.Context, kind string, cfg cluster.CacheConfig, workers int, dir string) (*Tier, error) {
	t := &Tier{cfg: cfg, workers: workers}
	begin := map[string]func(context.Context, engine.Config) (*engine.Node, error){
		"embedded": engine.Embedded, "redis": engine.Redis, "memcached": engine.Memcached,
	}[kind]
	switch {
	case kind == "file":
		t.cfg.Nodes, t.names = 1, cluster.RingNodes(1)
		t.open = func(_ int, prefix string) (store, error) { return file.New(dir+"/"+prefix, file.Config{}) }
		return t, nil
	case begin == nil:
		return nil, fmt.Errorf("unknown cache %q", kind)
	case cfg.MaxItem > 0 && kind != "memcached":
		return nil, fmt.Errorf("fleet.cache.max_item is a limit of memcached's, which %s has not: run it with --cache memcached", kind)
	}
	for range cfg.Nodes {
		n, err := begin(ctx, engineConfig(cfg))
		if err != nil {
			t.Close()
			return nil, err
		}
		t.nodes = append(t.nodes, n)
	}
	t.names = cluster.RingNodes(cfg.Nodes)
	t.open = t.openRedis
	if kind == "memcached" {
		t.open = t.openMemcached
	}
	return t, nil
}

func engineConfig(cfg cluster.CacheConfig) engine.Config {
	c := engine.Config{Memory: cfg.Memory, MaxItem: cfg.MaxItem}
	switch cfg.Eviction {
	case "random":
		c.Eviction = "allkeys-random"
	case "none":
		c.Eviction = "noeviction"
	}
	return c
}

func (t *Tier) openRedis(i int, prefix string) (store, error) {
	opt := redisstore.Options(t.nodes[i].Addr)
	opt.PoolSize = max(t.workers, 4)
	client := redis.NewClient(opt)
	t.onClose(func() { _ = client.Close() })
	return redisstore.New(client, redisstore.Config{Prefix: prefix}), nil
}

func (t *Tier) openMemcached(i int, prefix string) (store, error) {
	return t.memcached(t.nodes[i].Addr, prefix), nil
}

func (t *Tier) memcached(addr, prefix string) store {
	client := memcache.New(addr)
	client.MaxIdleConns = max(t.workers, 4)
	client.Timeout = t.cfg.Timeout
	t.onClose(func() { _ = client.Close() })
	return memcachedstore.New(client, memcachedstore.Config{Prefix: prefix})
}

// reset makes the tier as good as new for the next run.
func (t *Tier) reset() error {
	t.runs.Add(1)
	t.closeClients()
	t.counts = counts{}
	for i, n := range t.nodes {
		if err := renew(n); err != nil {
			return fmt.Errorf("cache node %d: %w", i, err)
		}
	}
	return nil
}

// renew makes a node empty and answering, whatever a fault left of it.
func renew(n *engine.Node) error {
	if n.Alive() != nil {
		return n.Restart()
	}
	if err := n.Wake(); err != nil {
		return err
	}
	return n.Flush()
}

func (t *Tier) onClose(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closers = append(t.closers, f)
}

func (t *Tier) closeClients() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range t.closers {
		f()
	}
	t.closers = nil
}

// Close stops the nodes.
func (t *Tier) Close() {
	t.closeClients()
	for _, n := range t.nodes {
		n.Close()
	}
}

// RoundTrip is the mean time of the operations that succeeded since the run
// began; 0 without any.
func (t *Tier) RoundTrip() time.Duration {
	if n := t.counts.answered.Load(); n > 0 {
		return time.Duration(t.counts.nanos.Load() / n)
	}
	return 0
}

func (t *Tier) stats() cluster.CacheStats {
	c := &t.counts
	return cluster.CacheStats{
		Gets: c.gets.Load(), Sets: c.sets.Load(), Deletes: c.deletes.Load(), Locks: c.locks.Load(),
		BytesOut: c.bytesOut.Load(), Errors: c.errors.Load(),
	}
}

// wire is the prefix of a named cache as the nodes know it: of this run.
func (t *Tier) wire(prefix string) string {
	return fmt.Sprintf("%srun%d-%s", t.prefix, t.runs.Load(), prefix)
}

// client returns a box's client of the tier, which puts the prefix in front of all
// keys.
func (t *Tier) client(prefix string) (*cacheClient, error) {
	members, err := cluster.NewMembership(t.cfg, t.names, time.Now)
	if err != nil {
		return nil, err
	}
	c := &cacheClient{tier: t, members: members}
	return c, c.use(prefix)
}
