package world

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/herdlab/herdlab/internal/world/ring"
)

// Tier is the shared cache: its nodes. Boxes reach it through a [CacheClient].
type Tier struct {
	clock Clock
	cfg   CacheConfig
	names []ring.Node
	nodes []*node

	spaces keyspaces
	roster *Roster
	own    []*Tier // of the named caches in cfg.Own
}

// NewTier returns nodes that are up and empty.
func NewTier(clk Clock, cfg CacheConfig, rng *rand.Rand) *Tier {
	t := &Tier{clock: clk, cfg: cfg, names: RingNodes(cfg.Nodes + cfg.Gutter), roster: NewRoster(cfg.Nodes, nil)}
	for i := range t.names {
		n := newNode(cfg, rng, clk.Now())
		if i >= cfg.Nodes {
			n.longest = cfg.GutterTTL
		}
		t.nodes = append(t.nodes, n)
	}
	for _, o := range cfg.Own {
		t.own = append(t.own, NewTier(clk, cfg.Apart(o), rng))
	}
	return t
}

// RingNodes are the names by which n nodes stand on the ring, modelled or real:
// what a key's node is must not depend on the port that a process happened to
// get.
func RingNodes(n int) []ring.Node {
	nodes := make([]ring.Node, n)
	for i := range nodes {
		nodes[i] = ring.Node{Name: fmt.Sprintf("10.0.%d.%d:11211", i/250, 1+i%250), Weight: 1}
	}
	return nodes
}

// hear has read hear of every read.
func (t *Tier) hear(read func(at time.Time)) {
	for _, n := range t.all() {
		n.read = read
	}
}

// Stats adds up what the nodes did.
func (t *Tier) Stats() CacheStats {
	var sum CacheStats
	for _, n := range t.all() {
		n.mu.Lock()
		sum.Gets += n.stats.Gets
		sum.Sets += n.stats.Sets
		sum.Deletes += n.stats.Deletes
		sum.Locks += n.stats.Locks
		sum.BytesOut += n.stats.BytesOut
		sum.Errors += n.stats.Errors
		sum.Evictions += n.items.evictions
		sum.BytesPeak += n.items.peak
		n.mu.Unlock()
	}
	return sum
}

// empty is what a client does that puts a node on its ring again.
func (t *Tier) empty(i int) error {
	if stateOf(t.nodes[i].condition.Load()) != up {
		return ErrRefused
	}
	t.flush(i)
	return nil
}

// flush empties one node.
func (t *Tier) flush(i int) {
	n := t.all()[i]
	n.mu.Lock()
	defer n.mu.Unlock()
	n.flush()
}
