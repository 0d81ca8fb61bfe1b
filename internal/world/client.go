package world

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/queue"
	"github.com/herdlab/herdlab/internal/world/front"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/internal/world/timeline"
	"github.com/herdlab/herdlab/strategies/clock"
	"github.com/herdlab/herdlab/workloads"
)

// Request is something a client wants, once, however many attempts it takes.
type Request struct {
	workloads.Request // as it was drawn; At is its intended instant

	Cost    time.Duration // CPU time beside the fleet's own
	Cache   int           // the named cache of the key, by its number
	Session bool          // the key is a user's session
}

// Clients sends requests through the balancer: each attempt has a time-out,
// failed ones are retried after a back-off, within a budget. A box is not told
// that a client left, so abandoned work keeps its worker busy.
//
// The load is open: a request is sent at its instant, however many are under way. A
// closed loop, whose users wait for an answer before they ask again, hides overload.
type Clients struct {
	clock    Clock
	cfg      ClientConfig
	balancer *Balancer
	front    *front.Front   // between clients and balancer; nil without
	origin   *origin.Origin // whose versions tell staleness; nil where it is not modelled
	record   func(*metrics.Record)
	trace    *timeline.Recorder // that follows requests; nil as a rule
	ended    metrics.Record     // what record is called with
	started  int64              // nanoseconds of the Unix epoch

	mu       sync.Mutex
	rng      *rand.Rand
	waiting  queue.Ring[waiting] // one time-out for all, so the first to be sent is the first to expire
	armed    bool                // a call of expire is planned, for the first of them
	expire   func()              // onExpire, made once
	done     func(*Job)          // onDone, made once
	requests []*request          // spare
	attempts []*attempt          // spare
	begun    int64               // requests
	open     int                 // requests that have not ended
	last     clock.Event         // to be set when none is open; nil while there will be more
	sent     int64               // attempts, retries among them
	retries  int64
}

// request is a Request under way.
type request struct {
	Request
	number   int64 // among all, from 1
	attempts int
}

// waiting is an attempt whose client waits, if it still is the same attempt.
type waiting struct {
	since   int64 // nanoseconds of the Unix epoch
	attempt *attempt
	turn    uint32
}

func (w *waiting) over() bool { return w.turn != w.attempt.turn }

// NewClients returns clients that call record for every request that ended,
// with a record that is reused.
func NewClients(clk Clock, cfg ClientConfig, b *Balancer, o *origin.Origin, rng *rand.Rand, record func(*metrics.Record)) *Clients {
	c := &Clients{clock: clk, cfg: cfg, balancer: b, origin: o, rng: rng, record: record}
	c.expire, c.done = c.onExpire, c.onDone
	return c
}

// Drive sends the requests that next gives, each at its instant, and returns when
// all have ended.
func (c *Clients) Drive(next func(*Request) bool, begin func(now time.Time)) error {
	c.Start()
	begin(c.clock.Now())
	a := &arrivals{clients: c, next: next, ended: c.clock.NewEvent("the last request")}
	a.again = a.sendDue
	a.planFirst()
	return a.ended.Wait(background, clock.Forever)
}

// Start has time count from now, for requests that are sent one by one.
func (c *Clients) Start() { c.started = c.now() }

// now is the instant in nanoseconds of the Unix epoch: two of them are compared and
// subtracted in one step, which those of time.Time are not.
func (c *Clients) now() int64 { return c.clock.Now().UnixNano() }

// Report is nil: an arrival in virtual time is never late.
func (c *Clients) Report() *metrics.Generator { return nil }

// Send begins a request. r is not kept.
func (c *Clients) Send(r *Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var q *request
	if n := len(c.requests); n > 0 {
		q, c.requests = c.requests[n-1], c.requests[:n-1]
	} else {
		q = new(request)
	}
	c.begun++
	q.Request, q.number, q.attempts = *r, c.begun, 0
	c.open++ // before the attempt, which may end the request at once
	c.sendAttempt(q)
}

// End says that there will be no more requests: ended is set when the last one
// under way has ended.
func (c *Clients) End(ended clock.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = ended
	if c.open == 0 {
		ended.Set()
	}
}

// Laws is the law that is broken: every request that was sent ends once.
func (c *Clients) Laws(ended bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.open < 0:
		return fmt.Errorf("clients: %d requests are under way", c.open)
	case c.cfg.Budget > 0 && float64(c.retries) > c.cfg.Budget*float64(c.sent):
		return fmt.Errorf("clients: %d retries in %d attempts are more than a budget of %v", c.retries, c.sent, c.cfg.Budget)
	case ended && c.open > 0:
		return fmt.Errorf("clients: %d requests have not ended, and the run has", c.open)
	}
	return nil
}

// sendAttempt sends q once, to the front or to a box.
func (c *Clients) sendAttempt(q *request) {
	q.attempts++
	c.sent++
	a := c.newAttempt(q)
	if !c.submit(a) {
		a.Trace.Answered(metrics.Rejected)
		c.recycle(a)
		c.retryOrEnd(q, metrics.Rejected)
		return
	}
	for c.waiting.Len() > 0 && c.waiting.Front().over() { // keeps the queue as short as what is under way
		c.waiting.Pop()
	}
	c.waiting.Push(waiting{since: c.now(), attempt: a, turn: a.turn})
	c.armTimeout()
}

// submit hands an attempt to the front, or to the box that the balancer picks.
func (c *Clients) submit(a *attempt) bool {
	if c.front != nil {
		a.atFront = a.Trace.Begin("front", "")
		var taken bool
		if a.visit, taken = c.front.Submit(a); !taken {
			a.atFront.End("no connection is free", nil)
		}
		return taken
	}
	a.box = c.balancer.Pick(a.Key)
	return a.box != nil && a.box.Submit(&a.Job)
}

func (c *Clients) newAttempt(q *request) *attempt {
	var a *attempt
	if n := len(c.attempts); n > 0 {
		a, c.attempts = c.attempts[n-1], c.attempts[:n-1]
	} else {
		a = new(attempt)
		a.clients, a.Done, a.Owner = c, c.done, a
	}
	if a.Request = q.Request; q.Op != workloads.Write {
		a.Key = front.PageOf(q.Key, q.User)
	}
	a.request, a.box, a.Trace = q, nil, nil
	if c.trace != nil {
		a.Trace = c.trace.Try(q.number, q.attempts, q.Key, q.At)
	}
	return a
}

// recycle keeps an attempt for another request. Notes about this use of it, which
// still wait for their time-out, are void by the number of its turn.
func (c *Clients) recycle(a *attempt) {
	a.turn++
	a.request = nil
	c.attempts = append(c.attempts, a)
}

// onDone is the answer of a box or of the front. A request has at most one attempt
// under way, and three things can come first: the answer, the time-out, or the crash
// of the box. The one that takes the request from the attempt decides.
func (c *Clients) onDone(j *Job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := j.Owner.(*attempt)
	answered := !j.lost
	if c.front != nil {
		answered = a.leaveFront(c.front)
	}
	outcome := j.Outcome // which another use of the attempt overwrites
	if !answered {
		outcome = metrics.Rejected
	}
	q := a.request
	if j.Trace != nil && q != nil {
		j.Trace.Answered(outcome)
	}
	switch {
	case j.lost: // the worker that has it goes on: never to be used again
		if a.turn++; q != nil {
			a.request = nil
			if answered {
				c.recordEnd(q, j)
			} else {
				c.retryOrEnd(q, outcome)
			}
		}
	case q == nil: // the time-out came first
		c.recycle(a)
	case Retried(j.Outcome):
		c.recycle(a)
		c.retryOrEnd(q, outcome)
	default:
		c.recordEnd(q, j)
		c.recycle(a)
	}
}

// onExpire gives up the attempts whose deadline passed.
func (c *Clients) onExpire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.armed = false
	now := c.now()
	for c.waiting.Len() > 0 {
		w := c.waiting.Front()
		if !w.over() {
			if now-w.since < int64(c.cfg.Timeout) {
				break
			}
			c.abandon(w.attempt)
			continue
		}
		c.waiting.Pop()
	}
	c.armTimeout()
}

// abandon gives up the first attempt that waits. The front is told, and lets go; a box
// that has it is not, and only gets a bad mark from the balancer.
func (c *Clients) abandon(a *attempt) {
	q := a.request
	a.Trace.Answered(metrics.Timeout)
	a.request = nil
	a.turn++
	leaves := true // nobody else waits for the box's answer
	if c.front != nil {
		leaves = c.front.Leave(a.visit)
	} else {
		a.box.Trouble()
	}
	if leaves && a.box != nil {
		a.box.Leave(&a.Job)
	}
	c.waiting.Pop()
	c.retryOrEnd(q, metrics.Timeout)
}

// armTimeout has onExpire called at the first deadline. One callback is under way at most:
// most attempts are answered in time, and their deadlines cost nothing.
func (c *Clients) armTimeout() {
	if c.armed || c.waiting.Len() == 0 {
		return
	}
	c.armed = true
	c.clock.AfterFunc(c.cfg.Timeout-time.Duration(c.now()-c.waiting.Front().since), c.expire)
}

// retryOrEnd tries q again, or ends it with the outcome of its last attempt.
func (c *Clients) retryOrEnd(q *request, outcome metrics.Outcome) {
	if q.attempts > c.cfg.Retries || !c.cfg.Allows(c.retries, c.sent) {
		c.recordEnd(q, &Job{Outcome: outcome})
		return
	}
	c.retries++
	c.clock.AfterFunc(c.cfg.Wait(q.attempts, c.rng), func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.sendAttempt(q)
	})
}

// Retried reports whether a client tries again after such an answer. A user who is
// logged out has an answer, which is to log in, and what is not allowed will not be
// the next time.
func Retried(o metrics.Outcome) bool {
	return o.Failed() && o != metrics.LoggedOut && o != metrics.NotAllowed
}

// recordEnd records the end of q, answered by j. Latency counts from the intended
// instant, retries and back-offs included; a value's age and staleness are those at
// the moment of the answer, by the origin's own history of commits.
func (c *Clients) recordEnd(q *request, j *Job) {
	now := c.clock.Now()
	r := &c.ended
	*r = metrics.Record{
		Request: q.Request.Request, Number: q.number, Sent: q.At, Done: time.Duration(now.UnixNano()-c.started) + c.cfg.RTT,
		Outcome: j.Outcome, Attempts: q.attempts, Age: -1, Staleness: -1, Side: j.Side,
	}
	if c.front != nil {
		r.Owner = front.OwnerOf(j.Data)
	}
	if !j.Stored.IsZero() {
		r.Age = j.Stored.Age(now)
		if c.origin != nil {
			if at, ok := c.origin.Superseded(q.Key, j.Version); ok {
				r.Staleness = now.Sub(at)
			}
		}
	}
	c.open--
	c.requests = append(c.requests, q)
	c.record(r)
	if c.open == 0 && c.last != nil {
		c.last.Set()
	}
}

// arrivals sends requests at their instants. It is one callback that renews
// itself, so that an arrival costs no process.
type arrivals struct {
	clients *Clients
	next    func(*Request) bool
	again   func()
	request Request // the next one to send
	ended   clock.Event
}

// planFirst plans the first request.
func (a *arrivals) planFirst() {
	if !a.next(&a.request) {
		a.clients.End(a.ended)
		return
	}
	a.clients.clock.AfterFunc(a.request.At, a.again)
}

// sendDue sends every request that is due. Requests of one instant are sent in the
// order in which they were drawn.
func (a *arrivals) sendDue() {
	now := time.Duration(a.clients.now() - a.clients.started)
	for a.request.At <= now {
		a.clients.Send(&a.request)
		if !a.next(&a.request) {
			a.clients.End(a.ended)
			return
		}
	}
	a.clients.clock.AfterFunc(a.request.At-now, a.again)
}
