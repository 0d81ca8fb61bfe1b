package world

import (
	"fmt"

	"github.com/herdlab/herdlab/internal/world/ring"
)

// byKey is the box that key belongs to, of those that are well: all requests for
// one key meet in one box, and a box that goes moves its own keys only. What has
// no key goes round.
func (b *Balancer) byKey(key string) *Box {
	if key == "" {
		b.turn++
		return b.well[b.turn%len(b.well)]
	}
	if b.owners == nil {
		b.owners = b.ring()
	}
	return b.boxes[b.owners.Owner(key)]
}

// ring gives every key to a box that is well.
func (b *Balancer) ring() ring.Ring {
	names, alive := make([]ring.Node, len(b.boxes)), make([]bool, len(b.boxes))
	for i := range b.boxes {
		names[i] = ring.Node{Name: fmt.Sprintf("box%d", i)}
		alive[i] = b.checks[i].backAt.IsZero()
	}
	r, err := ring.New(ring.Rendezvous, names, alive)
	if err != nil {
		panic("cluster: a ring of the boxes: " + err.Error()) // their names are distinct
	}
	return r
}
