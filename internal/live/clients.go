package live

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
)

// fewConnections can be had on every system.
const fewConnections = 500

// clients are the load from this process: they send requests, try failed ones
// again, and tell how each ended. Who answers is the business of attempt.
type clients struct {
	ctx       context.Context
	cfg       world.ClientConfig
	transport *http.Transport
	inFlight  uint64 // most requests at once: more would have no descriptors

	attempt func(r *world.Request) answer // sends a request once
	ended   func(key string, e *ending)   // hears of one at a time

	mu      sync.Mutex
	rng     *rand.Rand
	started time.Time
	late    *lateness
	sent    atomic.Int64
	retries atomic.Int64
}

func newClients(ctx context.Context, cfg world.ClientConfig, lateAfter time.Duration, rng *rand.Rand) *clients {
	return &clients{
		ctx: ctx, cfg: cfg, transport: newTransport(), inFlight: connections(), rng: rng, late: newLateness(lateAfter),
	}
}

func (c *clients) start() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.started
}

func (c *clients) report() *metrics.Generator { return c.late.report(c.sent.Load()) }
