package live

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/herdlab/herdlab/internal/world"
)

var _ world.LoadPart = (*clients)(nil)

// Drive has vegeta send the requests.
func (c *clients) Drive(next func(*world.Request) bool, begin func(now time.Time)) error {
	return c.sendPlan(planOf(next), begin)
}

// planOf is the plan: vegeta asks for a request by its number.
func planOf(next func(*world.Request) bool) (list []world.Request) {
	for r := (world.Request{}); next(&r); {
		list = append(list, r)
	}
	return list
}

// sendPlan sends the requests of a plan.
func (c *clients) sendPlan(requests []world.Request, begin func(now time.Time)) error {
	plan := &plan{clients: c, requests: requests, begin: begin}
	defer c.transport.CloseIdleConnections()
	attacker := vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: plan}),
		vegeta.Workers(16), vegeta.MaxWorkers(c.inFlight), vegeta.MaxBody(0))
	stop := context.AfterFunc(c.ctx, func() { attacker.Stop() })
	defer stop()
	c.late.scheduled = len(requests)
	var broken error
	for r := range attacker.Attack(plan.target, plan, 0, "") {
		c.late.add(r.Timestamp.Sub(c.started) - requests[r.Seq].At)
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
		Proxy: once,
	}
}

// seqHeader is where vegeta writes the number of a hit.
const seqHeader = "X-Vegeta-Seq"

// plan is the traffic as vegeta's Pacer, Targeter and transport: hit n is due at the
// instant of request n.
type plan struct {
	clients  *clients
	requests []world.Request
	begin    func(now time.Time)
}

var _ vegeta.Pacer = (*plan)(nil)

// longestSleep is for how long vegeta may sleep, which it does deaf to Stop.
const longestSleep = 50 * time.Millisecond

// Pace says how long to wait for the next hit, and whether there is none. The
// run's time begins with the first question. The greater part of a long wait is
// waited here, where a stop is heard.
func (p *plan) Pace(elapsed time.Duration, hits uint64) (wait time.Duration, stop bool) {
	if p.begin != nil {
		p.clients.started = time.Now().Add(-elapsed)
		p.begin(p.clients.started)
		p.begin = nil
	}
	if hits >= uint64(len(p.requests)) {
		return 0, true
	}
	wait = p.requests[hits].At - elapsed
	if wait <= longestSleep {
		return wait, false
	}
	asked := time.Now()
	if p.clients.wall.Sleep(p.clients.ctx, wait-longestSleep) != nil {
		return 0, true
	}
	return wait - time.Since(asked), false
}

// Rate is the mean rate of the plan, in hits a second.
func (p *plan) Rate(time.Duration) float64 {
	if n := len(p.requests); n > 0 && p.requests[n-1].At > 0 {
		return float64(n) / p.requests[n-1].At.Seconds()
	}
	return 0
}

// target is the same for all: vegeta numbers a hit before it asks for its
// target, so that under concurrency the two would not belong together. The
// number comes back in a header.
func (p *plan) target(t *vegeta.Target) error {
	t.Method, t.URL = http.MethodGet, "http://herdlab/"
	return nil
}

// RoundTrip turns hit n into request n: it sends that, with its retries, and tells how
// it ended.
func (p *plan) RoundTrip(hit *http.Request) (*http.Response, error) {
	n, err := strconv.Atoi(hit.Header.Get(seqHeader))
	if err != nil || n >= len(p.requests) {
		return nil, fmt.Errorf("a hit without a number of the plan: %q", hit.Header.Get(seqHeader))
	}
	code := p.clients.request(n, &p.requests[n])
	return &http.Response{
		StatusCode: code, Status: http.StatusText(code), Body: http.NoBody, Request: hit, Header: http.Header{},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}
