// Package tier is the cache of a real run: Redis or memcached processes that the lab
// starts, Redis inside this process, files, or servers that the user runs. The ring, the
// time-outs and the gutter are the scenario's, over a store for each node.
package tier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bradfitz/gomemcache/memcache"
	"github.com/redis/go-redis/v9"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/live/engine"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	model "github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies/stores/file"
	memcachedstore "github.com/herdlab/herdlab/strategies/stores/memcached"
	redisstore "github.com/herdlab/herdlab/strategies/stores/redis"
)

// Tier is the real cache: nodes that it started, or one that is the user's.
type Tier struct {
	kind    string // as Start was told; "" for one of the user's
	pages   bool   // entries are pages that a front finds by itself, in this run
	cfg     model.Config
	workers int
	nodes   []*engine.Node // nil where the cache is the user's, or files
	own     []*Tier        // of the named caches in cfg.Own
	links   []*link        // to the nodes; nil where the cache is a Redis of the user's, or files
	names   []string
	roster  *model.Roster // of one run
	prefix  string        // of all keys in a cache of the user's
	open    func(i int, prefix string) (nodeStore, error)
	counts  counts
	read    func(at time.Time) // hears of every read in this run; or nil
	runs    atomic.Int64       // so far
	hung    atomic.Int64       // nodes that hang

	mu      sync.Mutex // two boxes may start anew at once
	closers []func()   // of the clients of the boxes
}

// counts are the operations of all clients.
type counts struct {
	gets, sets, deletes, locks, bytesOut, errors atomic.Int64
	answered, nanos                              atomic.Int64 // operations that succeeded, and their time
	frontAnswered, frontNanos                    atomic.Int64 // those of a front, which are in none of these two
}

// Kinds are the caches that Start can start by itself.
func Kinds() []string { return []string{"embedded", "redis", "memcached", "file"} }

// Start starts the nodes of a cache: embedded (a Redis inside this
// process), redis or memcached (a process each), or file (a directory under
// dir). They are stopped by Close, and when ctx ends.
func Start(ctx context.Context, kind string, cfg model.Config, workers int, dir string) (*Tier, error) {
	t := &Tier{kind: kind, cfg: cfg, workers: workers}
	begin := map[string]func(context.Context, engine.Config) (*engine.Node, error){
		"embedded": engine.Embedded, "redis": engine.Redis, "memcached": engine.Memcached,
	}[kind]
	switch {
	case kind == "file":
		t.cfg.Nodes = 1
		t.stand(model.Names(1))
		t.open = func(_ int, prefix string) (nodeStore, error) {
			files, err := file.New(dir+"/"+prefix, file.Config{})
			return nodeStore{store: files}, err
		}
		return t, nil
	case begin == nil:
		return nil, fmt.Errorf("unknown cache %q", kind)
	}
	for range cfg.Nodes + cfg.Gutter {
		n, err := begin(ctx, engineConfig(cfg))
		if err != nil {
			t.Close()
			return nil, err
		}
		t.nodes, t.links = append(t.nodes, n), append(t.links, new(link))
	}
	t.stand(model.Names(cfg.Nodes + cfg.Gutter))
	t.open = t.openRedis
	if kind == "memcached" {
		t.open = func(i int, prefix string) (nodeStore, error) { return t.memcached(i, t.nodes[i].Addr, prefix), nil }
	}
	for _, o := range t.cfg.Own {
		own, err := Start(ctx, kind, t.cfg.ForOwn(o), t.workers, dir)
		if err != nil {
			t.Close()
			return nil, fmt.Errorf("the nodes of cache %s: %w", o.Cache, err)
		}
		t.own = append(t.own, own)
	}
	return t, nil
}

// stand names the nodes, all of which are on the list until Reset.
func (t *Tier) stand(names []string) {
	t.names, t.roster = names, model.NewRoster(len(names)-t.cfg.Gutter, nil)
}

func engineConfig(cfg model.Config) engine.Config {
	c := engine.Config{Memory: cfg.Memory, MaxItem: cfg.MaxItem}
	switch cfg.Eviction {
	case "random":
		c.Eviction = "allkeys-random"
	case "none":
		c.Eviction = "noeviction"
	}
	return c
}

func (t *Tier) openRedis(i int, prefix string) (nodeStore, error) {
	opt := redisstore.Options(t.nodes[i].Addr)
	opt.PoolSize, opt.Dialer = max(t.workers, 4), t.links[i].dial
	client := redis.NewClient(opt)
	t.onClose(func() { _ = client.Close() })
	return nodeStore{store: redisstore.New(client, redisstore.Config{Prefix: prefix})}, nil
}

func (t *Tier) memcached(i int, addr, prefix string) nodeStore {
	client := memcache.New(addr)
	client.DialContext = t.links[i].dial
	client.MaxIdleConns = max(t.workers, 4)
	client.Timeout = t.cfg.Timeout
	t.onClose(func() { _ = client.Close() })
	if t.pages { // under the application's keys as they are
		return nodeStore{store: pageStore{memcachedstore.NewPages(client, memcachedstore.Config{Dialect: t.cfg.Dialect()})}, drop: client.Close}
	}
	return nodeStore{store: memcachedstore.New(client, memcachedstore.Config{Prefix: prefix, Dialect: t.cfg.Dialect()}), drop: client.Close}
}

// Reset makes the tier as good as new for the next run, with the nodes on the list
// that these faults let be there from the beginning. Read, if not nil, hears of
// every read in that run.
func (t *Tier) Reset(faults []fault.Fault, read func(at time.Time)) error {
	t.runs.Add(1)
	t.hung.Store(0)
	t.read = read
	t.closeClients()
	t.counts = counts{}
	t.roster = model.NewRoster(len(t.names)-t.cfg.Gutter, fault.Listed(len(t.names)-t.cfg.Gutter, faults))
	for _, l := range t.links {
		_ = l.mend()
	}
	for i, n := range t.nodes {
		if err := renew(n); err != nil {
			return fmt.Errorf("cache node %d: %w", i, err)
		}
	}
	for _, o := range t.own {
		if err := o.Reset(nil, read); err != nil {
			return err
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
	for _, o := range t.own {
		o.Close()
	}
}

// KeepPages says whether the entries of the next runs are pages that a front finds by
// itself, under the application's keys as they are.
func (t *Tier) KeepPages(keep bool) { t.pages = keep }

// Address is where node i listens.
func (t *Tier) Address(i int) string { return t.nodes[i].Addr }

// FrontReads are questions that a front asked by itself.
type FrontReads struct {
	Asked   int64 // in all
	Failed  int64 // of those, the ones without an answer
	Nanos   int64 // that it waited for the answers to the others
	Bytes   int64 // of the pages that it got
	Refused int64 // requests for which it had no connection, and so asked nothing
}

// Plus is the sum of both.
func (n FrontReads) Plus(o FrontReads) FrontReads {
	return FrontReads{n.Asked + o.Asked, n.Failed + o.Failed, n.Nanos + o.Nanos, n.Bytes + o.Bytes, n.Refused + o.Refused}
}

// CountFront adds to the counts what a front did.
func (t *Tier) CountFront(n FrontReads) {
	c := &t.counts
	c.gets.Add(n.Asked)
	c.errors.Add(n.Failed)
	c.bytesOut.Add(n.Bytes)
	c.frontAnswered.Add(n.Asked - n.Failed)
	c.frontNanos.Add(n.Nanos)
	for range n.Asked - n.Failed {
		if t.read != nil {
			t.read(time.Now())
		}
	}
}

// RoundTrip is the mean time of the operations that succeeded since the run
// began, but for those that waited for a node that hung; 0 without any. Behind a front it is that of the front's reads: the boxes
// store, and most in the warm-up, all at once.
func (t *Tier) RoundTrip() time.Duration {
	if n := t.counts.frontAnswered.Load(); n > 0 {
		return max(time.Duration(t.counts.frontNanos.Load()/n), time.Microsecond) // it counts milliseconds, and often none
	}
	if n := t.counts.answered.Load(); n > 0 {
		return time.Duration(t.counts.nanos.Load() / n)
	}
	return 0
}

// Stats are the operations of all clients in this run.
func (t *Tier) Stats() metrics.CacheStats {
	c := &t.counts
	sum := metrics.CacheStats{
		Gets: c.gets.Load(), Sets: c.sets.Load(), Deletes: c.deletes.Load(), Locks: c.locks.Load(),
		BytesOut: c.bytesOut.Load(), Errors: c.errors.Load(),
	}
	for _, o := range t.own {
		sum = sum.Plus(o.Stats())
	}
	return sum
}

// empty is what a client does that puts a node on its ring again.
func (t *Tier) empty(i int) error {
	if t.links[i].isDown() {
		return model.ErrRefused
	}
	return t.nodes[i].Flush()
}

// wire is the prefix of a named cache as the nodes know it: of this run.
func (t *Tier) wire(prefix string) string {
	return fmt.Sprintf("%srun%d-%s", t.prefix, t.runs.Load(), prefix)
}

// client returns a client of the tier for the given box, which puts the prefix in
// front of all keys; a box below 0 is none.
func (t *Tier) client(box int, prefix string) (*boxClient, error) {
	members, err := t.roster.Client(t.cfg, box, t.names, time.Now, t.empty)
	if err != nil {
		return nil, err
	}
	c := &boxClient{tier: t, members: members, read: t.read}
	return c, c.Use(prefix)
}

// Client returns a client of a named cache.
func (t *Tier) Client(box int, cache, prefix string) (world.TierClient, error) {
	c, err := t.of(cache).client(box, prefix)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// errNoNode is a fault of a cache that the lab did not start.
var errNoNode = errors.New("this cache has no node that the lab could touch")

// StopNode ends node i: its process dies or stops answering, or the network to it is
// cut, which it can be to a node of the user's, too.
func (t *Tier) StopNode(i int, how fault.Outage) error {
	kill := func(n *engine.Node) error { n.Kill(); return nil }
	if how == fault.Hang {
		t.hung.Add(1)
	}
	return t.change(i, how, (*link).cut, (*engine.Node).Hang, kill)
}

// StartNode has node i answer again: one that crashed as an empty successor, the
// others with the memory that they had.
func (t *Tier) StartNode(i int, how fault.Outage) error {
	if how == fault.Hang {
		t.hung.Add(-1)
	}
	return t.change(i, how, (*link).mend, (*engine.Node).Wake, (*engine.Node).Restart)
}

// change does to node i, or to the link to it, what begins or ends an outage.
func (t *Tier) change(i int, how fault.Outage, cut func(*link) error, hang, crash func(*engine.Node) error) error {
	node, link := t.nodeAt(i)
	switch {
	case how == fault.Cut && link != nil:
		return cut(link)
	case node == nil:
		return errNoNode
	case how == fault.Hang:
		return hang(node)
	}
	return crash(node)
}

// FlushNode has node i forget everything.
func (t *Tier) FlushNode(i int) error {
	node, _ := t.nodeAt(i)
	if node == nil {
		return errNoNode
	}
	return node.Flush()
}

// ListNode puts node i on every client's list, or takes it off.
func (t *Tier) ListNode(i int, on bool) error {
	if i >= len(t.names)-t.cfg.Gutter {
		return errors.New("this cache has no such node")
	}
	t.roster.List(i, on)
	return nil
}

// of is where a named cache is: this tier, or one of its own.
func (t *Tier) of(name string) *Tier {
	for i, o := range t.cfg.Own {
		if o.Cache == name {
			return t.own[i]
		}
	}
	return t
}

// nodeAt is node i as faults count them, those of this tier before those apart, and
// the link to it; nil where the lab has none.
func (t *Tier) nodeAt(i int) (*engine.Node, *link) {
	for _, of := range slices.Concat([]*Tier{t}, t.own) {
		switch {
		case i >= len(of.links):
			i -= len(of.links)
		case of.nodes == nil:
			return nil, of.links[i]
		default:
			return of.nodes[i], of.links[i]
		}
	}
	return nil, nil
}
