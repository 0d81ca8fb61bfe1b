package tier

import (
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
	rings   rings
	moved   func(at time.Time, what string) // nil where nobody asks; of later clients
}

// NewRoster lists those of n nodes that are to be there from the beginning; nil is
// all of them.
func NewRoster(n int, listed []bool) *Roster {
	if listed == nil {
		listed = slices.Repeat([]bool{true}, n)
	}
	return &Roster{listed: slices.Clone(listed)}
}

// Client returns the view of a new client in the given box, which believes every listed
// node alive; a box below 0 is none of the fleet. The last nodes are the gutter's. Flush
// is how the client has a node forget all that it has.
func (r *Roster) Client(cfg Config, box int, nodes []string, now func() time.Time, flush func(node int) error) (*Membership, error) {
	cfg.Ring = cfg.ringOf(box)
	r.mu.Lock()
	defer r.mu.Unlock()
	own := len(nodes) - cfg.Gutter
	m := &Membership{cfg: cfg, nodes: nodes[:own], now: now, listed: slices.Clone(r.listed), rings: &r.rings, health: make([]health, len(nodes))}
	if r.moved != nil {
		m.moved = func(i int, where string) { r.moved(now(), fmt.Sprintf("node %d %s the rings", i, where)) }
	}
	if cfg.OnReturn == "flush" {
		m.flush = flush
	}
	if cfg.Gutter > 0 {
		var err error
		if m.spare, err = r.rings.ring(cfg.Ring, nodes[own:], nil, nil); err != nil {
			return nil, err
		}
	}
	r.members = append(r.members, m)
	return m, m.rebuild()
}

// List puts node i on the list, or takes it off, for all clients in one instant. In
// life a new configuration reaches clients one by one; what that costs is shown by
// boxes whose rings differ (Config.Rings).
func (r *Roster) List(i int, on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.listed[i] = on
	for _, m := range r.members {
		m.setListed(i, on)
	}
}

// rings are those that the clients of one roster have built. Most clients agree on
// who is alive, and a ring is immutable: 200 boxes that each sort the 32,000 points
// of 200 nodes spend two thirds of a run on it. Safe for concurrent use; its mutex
// is the innermost.
type rings struct {
	mu    sync.Mutex
	built map[ringOf]ring.Ring
}

// ringOf is what tells rings of one list of nodes apart.
type ringOf struct {
	dialect      string
	listed, down string // a word a node; of the gutter there is none
}

// mostRings is how many are kept: about 8 bytes a point, so that clients which all
// disagree do not fill the memory. Past it all are forgotten: those in use live on in
// the views that have them.
const mostRings = 64

// ring is that of the nodes that are listed, for a client that holds some to be down,
// built once. Both are nil for the gutter, which has one list of nodes of its own.
func (r *rings) ring(dialect string, nodes []string, listed, down []bool) (ring.Ring, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	of := ringOf{dialect, fmt.Sprint(listed), fmt.Sprint(down)}
	if known := r.built[of]; known != nil {
		return known, nil
	}
	made, err := ring.New(dialect, nodes, listed, down)
	if err != nil {
		return nil, err
	}
	if r.built == nil || len(r.built) >= mostRings {
		r.built = make(map[ringOf]ring.Ring)
	}
	r.built[of] = made
	return made, nil
}
