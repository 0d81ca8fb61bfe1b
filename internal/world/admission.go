package world

import (
	"math/rand/v2"
	"sync"
	"time"
)

// gate lets a share of the requests in, as an operator does who takes the traffic
// off an overloaded fleet and brings it back little by little. The others are
// rejected at once. It is open until somebody says otherwise.
type gate struct {
	clock Clock

	mu    sync.Mutex
	rng   *rand.Rand
	ramp  FaultConfig // the latest order
	begun time.Time   // of it
	shut  bool        // not everybody is let in
}

// ExpectReadmission has the balancer decide about every request whether it is let
// in, by rng.
func (b *Balancer) ExpectReadmission(rng *rand.Rand) { b.gate = &gate{clock: b.clock, rng: rng} }

// Readmit lets only so many requests in from now on as f says.
func (b *Balancer) Readmit(f FaultConfig) {
	g := b.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ramp, g.begun, g.shut = f, g.clock.Now(), true
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

// Admitted is the share of the requests that a readmission lets in when so much
// time has passed since it began: it stays as it is for a while, and then grows
// evenly until everybody is let in.
func (f FaultConfig) Admitted(passed time.Duration) float64 {
	switch growing := passed - f.Hold; {
	case growing <= 0:
		return f.Share
	case growing >= f.For:
		return 1
	default:
		return f.Share + (1-f.Share)*float64(growing)/float64(f.For)
	}
}

// Readmits reports whether there is a readmission among the faults.
func Readmits(faults []FaultConfig) bool {
	for _, f := range faults {
		if f.Kind == "readmit" {
			return true
		}
	}
	return false
}
