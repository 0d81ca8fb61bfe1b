package tier

import (
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

// NewRoster lists those of n nodes that are to be there from the beginning; nil is
// all of them.
func NewRoster(n int, listed []bool) *Roster {
	if listed == nil {
		listed = slices.Repeat([]bool{true}, n)
	}
	return &Roster{listed: slices.Clone(listed)}
}

// Client returns the view of a new client in the given box; a box below 0 is none
// of the fleet. Empty is how the client has a node forget all that it has.
func (r *Roster) Client(cfg Config, box int, nodes []ring.Node, now func() time.Time, empty func(node int) error) (*Membership, error) {
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
