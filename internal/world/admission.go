package world

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
)

// gate lets a share of the requests in, as an operator does who takes the traffic
// off an overloaded fleet and brings it back little by little. The others are
// rejected at once. It is open until somebody says otherwise.
type gate struct {
	clock Clock

	mu    sync.Mutex
	rng   *rand.Rand
	ramp  fault.Readmit // the latest order
	begun time.Time     // of it
	shut  bool          // not everybody is let in
}

// ExpectReadmission has the balancer decide about every request whether it is let
// in, by rng.
func (b *Balancer) ExpectReadmission(rng *rand.Rand) { b.gate = &gate{clock: b.clock, rng: rng} }

// Readmit lets only so many requests in from now on as the order says.
func (b *Balancer) Readmit(order fault.Readmit) {
	g := b.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ramp, g.begun, g.shut = order, g.clock.Now(), true
}

// admits decides about one request.
func (g *gate) admits() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.shut {
		return true
	}
	share := g.ramp.Admitted(g.clock.Now().Sub(g.begun))
	g.shut = share < 1
	return g.rng.Float64() < share
}
