package live

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"herdlab/internal/cluster"
)

// clients send the requests of a run and record how they end. Who answers is
// the business of attempt.
type clients struct {
	ctx      context.Context
	cfg      cluster.ClientConfig
	record   func(*cluster.Record)
	progress func(at time.Duration, failed bool) // or nil

	// attempt sends a request once; superseded says when a version was.
	attempt    func(client *http.Client, r *cluster.Request) answer
	superseded func(key string, version uint64) (time.Time, bool)

	mu      sync.Mutex
	rng     *rand.Rand
	started time.Time
	late    *lateness
	sent    atomic.Int64
	retries atomic.Int64
}

func newClients(ctx context.Context, lateAfter time.Duration, sc cluster.Config, p cluster.Parts) *clients {
	return &clients{ctx: ctx, cfg: sc.Client, record: p.Record, rng: p.Rand("clients"), late: newLateness(lateAfter)}
}

// drive sends every request at its instant, by vegeta, and returns when all
// have ended. It calls begin when time begins.
func (c *clients) drive(next func(*cluster.Request) bool, begin func()) error {
	plan := &plan{stopped: c.ctx.Done()}
	for r := (cluster.Request{}); next(&r); {
		plan.requests = append(plan.requests, r)
	}
	plan.begin = func(now time.Time) {
		c.mu.Lock()
		c.started = now
		c.mu.Unlock()
		begin()
	}
	transport := newTransport()
	defer transport.CloseIdleConnections()
	attacker := vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: &hits{clients: c, plan: plan, client: &http.Client{Transport: transport}}}),
		vegeta.Workers(16), vegeta.MaxBody(0))
	stop := context.AfterFunc(c.ctx, func() { attacker.Stop() })
	defer stop()
	c.late.scheduled = len(plan.requests)
	var broken error
	for r := range attacker.Attack(plan.target, plan, 0, "") {
		c.late.add(r.Timestamp.Sub(c.start()) - plan.requests[r.Seq].At)
		if r.Code == 0 && broken == nil { // an error with a code is an answer
			broken = fmt.Errorf("the load generator: %s", r.Error)
		}
	}
	return cmp.Or(context.Cause(c.ctx), broken)
}

// newTransport keeps a connection for every request under way.
func newTransport() *http.Transport {
	return &http.Transport{
		MaxIdleConns: 0, MaxIdleConnsPerHost: 10_000, IdleConnTimeout: 90 * time.Second, DisableCompression: true,
	}
}

func (c *clients) start() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.started
}
