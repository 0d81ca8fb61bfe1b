// Package tier is the modelled tier of shared caches: memcached or Redis nodes on a
// ring, and the clients in the boxes that talk to them. A node has memory with an
// eviction, locks, leases and a network link; it dies, hangs or cannot be reached. A
// client has its own view of which nodes there are, as libmemcached and its kin
// have. [Process] is a cache of the other kind, in a box's own memory.
//
// The sources: memcached's protocol and expiry (strategies/stores/lifetime),
// libmemcached's failure handling (see [Membership]), gutter, leases and cold
// clusters from "Scaling Memcache at Facebook" (NSDI 2013), Django's key functions
// and LocMemCache.
package tier

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/gauge"
	"github.com/herdlab/herdlab/strategies/clock"
)

// Tier is the shared cache: its nodes. Boxes reach it through a [Client].
//
// Nodes are counted as faults count them: those on the ring, those of the gutter,
// and then those that named caches have for themselves.
type Tier struct {
	clock clock.Clock
	cfg   Config
	names []string
	nodes []*node // on the ring, and then of the gutter

	spaces keyspaces
	roster *Roster
	own    []*Tier // of the named caches in cfg.Own
}

// New returns nodes that are up and empty. The roster has the nodes that are listed,
// or all of them if listed is nil.
func New(clk clock.Clock, cfg Config, listed []bool, rng *rand.Rand) *Tier {
	t := &Tier{clock: clk, cfg: cfg, names: Names(cfg.Nodes + cfg.Gutter), roster: NewRoster(cfg.Nodes, listed)}
	for i := range t.names {
		n := newNode(cfg, rng, clk.Now())
		if i >= cfg.Nodes {
			n.longest = cfg.GutterTTL
		}
		t.nodes = append(t.nodes, n)
	}
	for _, o := range cfg.Own {
		t.own = append(t.own, New(clk, cfg.ForOwn(o), nil, rng))
	}
	return t
}

// Names are the names by which n nodes stand on the ring, modelled or real:
// what a key's node is must not depend on the port that a process happened to
// get.
func Names(n int) []string {
	nodes := make([]string, n)
	for i := range nodes {
		nodes[i] = fmt.Sprintf("10.0.%d.%d:11211", i/250, 1+i%250)
	}
	return nodes
}

// OnRead has read hear of every read of a node. It must not wait.
func (t *Tier) OnRead(read func(at time.Time)) {
	for _, n := range t.allNodes() {
		n.read = read
	}
}

// OnMove has moved hear when a client takes a node off its ring and when it puts it back;
// nil is nobody. It must not wait.
func (t *Tier) OnMove(moved func(at time.Time, what string)) {
	t.roster.moved = moved
}

// Watch has gauges of a board hear what passes over the nodes' links, where they have a
// bandwidth.
func (t *Tier) Watch(on *gauge.Board) {
	for i, n := range t.allNodes() {
		if n.bandwidth > 0 {
			n.link.Watch(on.Add(metrics.Network, metrics.NetworkOf(i), 1, &n.mu))
		}
	}
}

// Client returns a new client of a named cache, which believes every listed node
// alive and puts prefix in front of all keys. It is the given box's; a box below 0
// is none of the fleet.
func (t *Tier) Client(box int, cache, prefix string) (*Client, error) {
	t = t.cacheNamed(cache)
	members, err := t.roster.Client(t.cfg, box, t.names, t.clock.Now, t.flushIfUp)
	if err != nil {
		return nil, err
	}
	c := &Client{tier: t, clock: t.clock, members: members}
	return c, c.Use(prefix)
}

// cacheNamed is where a named cache is: this tier, or one of its own.
func (t *Tier) cacheNamed(name string) *Tier {
	for i, o := range t.cfg.Own {
		if o.Cache == name {
			return t.own[i]
		}
	}
	return t
}

// allNodes are the nodes of this tier and of its named caches.
func (t *Tier) allNodes() []*node {
	list := t.nodes[:len(t.nodes):len(t.nodes)]
	for _, o := range t.own {
		list = append(list, o.nodes...)
	}
	return list
}

// Stats adds up what the nodes did.
func (t *Tier) Stats() (sum metrics.CacheStats) {
	for _, n := range t.allNodes() {
		sum = sum.Plus(n.counts())
	}
	return sum
}

// StopNode ends a node. After a crash what was under way is refused, and its memory is
// gone. One that is cut off refuses all connections, and one that hangs answers nothing
// until it goes on, see [hang]: the memory of those stays.
func (t *Tier) StopNode(i int, how fault.Outage) error {
	switch n := t.allNodes()[i]; how {
	case fault.Crash, "":
		n.become(t.clock, refuses, true)
	case fault.Cut:
		n.become(t.clock, refuses, false)
	case fault.Hang:
		n.become(t.clock, hangs, false)
	default:
		panic("tier: a node goes by " + string(how))
	}
	return nil
}

// StartNode has a node answer again, whatever was wrong with it.
func (t *Tier) StartNode(i int, _ fault.Outage) error {
	t.allNodes()[i].become(t.clock, up, false)
	return nil
}

// FlushNode has a node forget everything.
func (t *Tier) FlushNode(i int) error {
	n := t.allNodes()[i]
	n.mu.Lock()
	defer n.mu.Unlock()
	n.flush()
	return nil
}

// ListNode puts a node of the ring on the list of all clients, or takes it off.
func (t *Tier) ListNode(i int, on bool) error {
	t.roster.List(i, on)
	return nil
}

// flushIfUp is what a client does that puts a node on its ring again, with
// flush_on_reconnect: it flushes for all clients, not for itself alone.
func (t *Tier) flushIfUp(i int) error {
	if stateOf(t.nodes[i].condition.Load()) != up {
		return ErrRefused
	}
	return t.FlushNode(i)
}

// Laws is the law that is broken, of those that hold between any two events: the
// memory of a node is that of its entries. They are counted at the end alone.
func (t *Tier) Laws(ended bool) error {
	if !ended {
		return nil
	}
	for i, n := range t.allNodes() {
		if err := n.check(); err != nil {
			return fmt.Errorf("cache node %d: %w", i, err)
		}
	}
	return nil
}
