package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies/clock"
)

// fewConnections can be had on every system.
const fewConnections = 500

// clients are the load from this process: they send requests, try failed ones
// again, and tell how each ended. Who answers is the business of attempt.
type clients struct {
	ctx       context.Context
	cfg       world.ClientConfig
	transport *http.Transport
	wall      clock.Wall
	inFlight  uint64 // most requests at once: more would have no descriptors

	attempt func(r *world.Request) answer        // sends a request once
	ended   func(key string, e *finishedRequest) // hears of one at a time

	started time.Time // before the first is sent

	mu      sync.Mutex
	rng     *rand.Rand
	late    lateness
	sent    atomic.Int64
	retries atomic.Int64
}

func newClients(ctx context.Context, cfg world.ClientConfig, lateAfter time.Duration, rng *rand.Rand) *clients {
	return &clients{
		ctx: ctx, cfg: cfg, transport: newTransport(), inFlight: connections(), rng: rng, late: lateness{after: lateAfter},
	}
}

// Report says how well the requests kept to their schedule.
func (c *clients) Report() *metrics.Generator { return c.late.report(c.sent.Load()) }

// request sends request n of the plan and retries it as the scenario says, tells
// how it ended, and returns the last status code.
func (c *clients) request(n int, r *world.Request) (code int) {
	sent := time.Since(c.started)
	c.sent.Add(1)
	var a answer
	var seen tier.FrontReads
	attempts := 0
	for {
		attempts++
		a = c.attempt(r)
		seen = seen.Plus(a.front)
		if !world.Retried(a.outcome) || attempts > c.cfg.Retries || c.ctx.Err() != nil {
			break
		}
		pause, ok := c.retry(attempts)
		if !ok || c.wall.Sleep(c.ctx, pause) != nil {
			break
		}
	}
	now := time.Now()
	e := finishedRequest{Seq: n, Version: a.version, Record: metrics.Record{
		Request: r.Request, Sent: sent, Outcome: a.outcome, Attempts: attempts, Age: -1, Staleness: -1, Side: a.side, Owner: a.owner,
	}, Front: seen}
	if !a.stored.IsZero() && !a.outcome.Failed() {
		e.Record.Age = a.stored.Age(now)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e.Record.Done = now.Sub(c.started)
	c.ended(r.Key, &e)
	return statusCode(a.outcome)
}

// retry asks the budget for one more attempt and gives the pause before it.
func (c *clients) retry(attempts int) (time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.cfg.Allows(c.retries.Load(), c.sent.Load()+c.retries.Load()) {
		return 0, false
	}
	c.retries.Add(1)
	return c.cfg.Wait(attempts, c.rng), true
}

// boxChoice is which box gets a request, and hears of it when that was in vain.
type boxChoice struct {
	pick    func(key string) (box int, ok bool) // not ok where all are ejected
	trouble func(box int)                       // hears of a time-out
}

// lateness is how far behind its schedule a generator sends. Latencies count
// from the schedule, so that being late is never hidden; but a run whose
// generator was much too late measured the generator.
type lateness struct {
	after     time.Duration
	all       []time.Duration
	late      int64
	scheduled int
}

func (l *lateness) add(d time.Duration) {
	l.all = append(l.all, max(d, 0))
	if d > l.after {
		l.late++
	}
}

// report sorts what was added.
func (l *lateness) report(sent int64) *metrics.Generator {
	g := &metrics.Generator{
		Scheduled: int64(l.scheduled), Sent: sent, Late: l.late, Dropped: int64(l.scheduled) - sent, LateAfterMS: millis(l.after),
	}
	if n := len(l.all); n > 0 {
		slices.Sort(l.all)
		g.LatenessMS = metrics.Quantiles{P50: millis(l.all[n/2]), P99: millis(l.all[n*99/100]), Max: millis(l.all[n-1])}
	}
	return g
}

func millis(d time.Duration) float64 { return float64(d) / 1e6 }

// finishedRequest is how a request ended, as whoever sent it knows it.
type finishedRequest struct {
	Seq     int            // its number in the plan
	Record  metrics.Record // without Staleness
	Version uint64         // of the value served
	Front   tier.FrontReads
}

// ledger makes the records of a run of how its requests ended. It hears of one
// at a time.
type ledger struct {
	record     func(*metrics.Record)
	superseded func(key string, version uint64) (time.Time, bool) // nil where nobody knows
	progress   func(*metrics.Record)                              // or nil
	front      func(tier.FrontReads)                              // nil without a front
}

// add records the end of a request for key, in a run that began at started.
func (l *ledger) add(key string, started time.Time, e *finishedRequest) {
	r := &e.Record
	if r.Age >= 0 && l.superseded != nil {
		done := started.Add(r.Done)
		if at, ok := l.superseded(key, e.Version); ok && at.Before(done) {
			r.Staleness = done.Sub(at)
		}
	}
	if l.front != nil {
		l.front(e.Front)
	}
	l.record(r)
	if l.progress != nil {
		l.progress(r)
	}
}

// sentKey is where a request's context remembers what was sent: a **http.Request.
type sentKey struct{}

// leftKey is where it has itself, for a dial to hear of its end.
type leftKey struct{}

// dial makes a connection, and ends with the request that it is for. net/http goes on
// dialing when nobody waits any more, and keeps the connection for another one; but whoever
// leaves before a full accept queue takes no place in it.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	if request, ok := ctx.Value(leftKey{}).(context.Context); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(request, cancel)()
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

// errAgain is why a connection that broke is an answer.
var errAgain = errors.New("sent once already")

// once is asked by a transport before it sends a request, as for a proxy. net/http
// sends a GET again by itself where a connection that was used before breaks; but a
// request is to be sent as often as the scenario says, and a box that went down is to
// be seen.
func once(r *http.Request) (*url.URL, error) {
	sent, ok := r.Context().Value(sentKey{}).(**http.Request)
	switch {
	case !ok:
		return nil, nil
	case *sent == r:
		return nil, errAgain
	}
	*sent = r // the next one is the same again, or where a redirection leads
	return nil, nil
}

// newRequest is a GET, or a POST for a write.
func newRequest(ctx context.Context, to *url.URL, write bool) *http.Request {
	r := &http.Request{
		Method: http.MethodGet, URL: to, Host: to.Host, Header: make(http.Header),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	if write {
		r.Method = http.MethodPost
	}
	ctx = context.WithValue(ctx, leftKey{}, ctx)
	return r.WithContext(context.WithValue(ctx, sentKey{}, new(*http.Request)))
}

// send makes one HTTP request, by an http.Client or an http.Transport.
func send(by func(*http.Request) (*http.Response, error), r *http.Request) answer {
	resp, err := exchange(by, r)
	if err != nil {
		return answer{outcome: unanswered(r, err)}
	}
	return readAnswer(resp)
}

// exchange makes one HTTP request, and hears the answer to its end.
func exchange(by func(*http.Request) (*http.Response, error), r *http.Request) (*http.Response, error) {
	resp, err := by(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp, err
}

// unanswered is the outcome of a request without an answer. A connection that breaks is a
// rejection, as a box that went down is in the modelled world.
func unanswered(r *http.Request, err error) metrics.Outcome {
	if r.Context().Err() != nil || errors.Is(err, syscall.ETIMEDOUT) {
		return metrics.Timeout
	}
	return metrics.Rejected
}

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
		Proxy: once, DialContext: dial,
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
