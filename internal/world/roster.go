package world

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/world/ring"
)

// Roster is the list of cache nodes that stands in the configuration of every
// client: nodes join it and leave it, and all clients hear of it at once. A node
// that is not on it runs, keeps its memory, and is asked by nobody.
type Roster struct {
	mu      sync.Mutex
	listed  []bool
	members []*Membership
}

// NewRoster lists n nodes, without those that a fault has join later.
func NewRoster(n int, faults []FaultConfig) *Roster {
	r := &Roster{listed: make([]bool, n)}
	for i := range r.listed {
		changes := listings(faults, i)
		r.listed[i] = len(changes) == 0 || !changes[0].on
	}
	return r
}

// Client returns the view of a new client in the given box; a box below 0 is none
// of the fleet. Empty is how the client has a node forget all that it has.
func (r *Roster) Client(cfg CacheConfig, box int, nodes []ring.Node, now func() time.Time, empty func(node int) error) (*Membership, error) {
	cfg.Ring = cfg.ringOf(box)
	r.mu.Lock()
	defer r.mu.Unlock()
	m, err := newMembership(cfg, nodes, slices.Clone(r.listed), now, empty)
	if err == nil {
		r.members = append(r.members, m)
	}
	return m, err
}

// List puts node i on the list, or takes it off.
func (r *Roster) List(i int, on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.listed[i] = on
	for _, m := range r.members {
		m.list(i, on)
	}
}

// ringOf is the ring of a box's client: a box after the last of Rings begins with
// the first again.
func (c CacheConfig) ringOf(box int) string {
	if len(c.Rings) == 0 {
		return c.Ring
	}
	return c.Rings[max(box, 0)%len(c.Rings)]
}

// listing is a node joining or leaving.
type listing struct {
	at time.Duration
	on bool
}

// listings are the times at which node i joins and leaves, in order.
func listings(faults []FaultConfig, i int) (list []listing) {
	for _, f := range faults {
		if f.Node != i || f.Kind != "node-join" && f.Kind != "node-leave" {
			continue
		}
		joins := f.Kind == "node-join"
		list = append(list, listing{f.At, joins})
		if f.For > 0 {
			list = append(list, listing{f.At + f.For, !joins})
		}
	}
	slices.SortStableFunc(list, func(a, b listing) int { return cmp.Compare(a.at, b.at) })
	return list
}

// CheckListings says what is wrong with the nodes that join and leave: one that
// joins while it is on the list, one that leaves while it is not, and a list that
// is empty at first.
func CheckListings(nodes int, faults []FaultConfig) error {
	off := 0
	for i := range nodes {
		changes := listings(faults, i)
		for j := range changes[min(1, len(changes)):] {
			if changes[j].on == changes[j+1].on {
				return fmt.Errorf("node %d %s at %v and again at %v: it can only do so if it does the opposite in between", i, verb(changes[j].on), changes[j].at, changes[j+1].at)
			}
		}
		if len(changes) > 0 && changes[0].on {
			off++
		}
	}
	if off == nodes {
		return fmt.Errorf("every node joins later: leave one that is there from the beginning")
	}
	return nil
}

func verb(joins bool) string {
	if joins {
		return "joins"
	}
	return "leaves"
}
