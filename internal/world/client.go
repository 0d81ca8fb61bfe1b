package world

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// Request is something a client wants, once.
type Request struct {
	At    time.Duration // intended instant, from the start of the run
	Key   string
	Write bool
	Cost  time.Duration
	Class int
	Cache int // the named cache of the key, by its number
	User  int // who is signed in; 0 is nobody

	Session bool // the key is a user's session
}

// Record says how a request ended. Instants are counted from the start.
type Record struct {
	Intended, Done time.Duration
	Sent           time.Duration // when the first attempt was sent
	Class          int
	Outcome        strategies.Outcome
	Write          bool
	Attempts       int
	Age            time.Duration // of the value served; negative without one
	Staleness      time.Duration // since it was superseded; negative if it was current
	Side           Side          // of the box that answered
	User, Owner    int           // who asked, and whose page was served; 0 is nobody
}

// Clients sends requests through the balancer: each attempt has a time-out,
// failed ones are retried after a back-off, within a budget. A box is not told
// that a client left, so abandoned work keeps its worker busy.
type Clients struct {
	clock    Clock
	cfg      ClientConfig
	balancer *Balancer
	front    *Front  // between clients and balancer; nil without
	origin   *Origin // whose versions tell staleness; nil where it is not modelled
	record   func(*Record)
	ended    Record // what record is called with
	started  time.Time

	mu       sync.Mutex
	rng      *rand.Rand
	waiting  fifo[waiting] // one time-out for all, so the first to be sent is the first to expire
	armed    bool
	expire   func()
	done     func(*Job)
	requests []*request // spare
	jobs     []*Job     // spare
	open     int
	last     clock.Event // to be set when none is open; nil while there will be more
	sent     int64
	retries  int64
}

// request is a Request under way.
type request struct {
	Request
	attempts int
}

// waiting is an attempt whose client waits, if it still is the same attempt.
type waiting struct {
	since time.Time
	job   *Job
	turn  uint32
}

// NewClients returns clients that call record for every request that ended,
// with a record that is reused. Time counts from now.
func NewClients(clk Clock, cfg ClientConfig, b *Balancer, o *Origin, rng *rand.Rand, record func(*Record)) *Clients {
	c := &Clients{clock: clk, cfg: cfg, balancer: b, origin: o, rng: rng, record: record, started: clk.Now()}
	c.expire, c.done = c.onExpire, c.onDone
	return c
}

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
	q.Request, q.attempts = *r, 0
	c.open++
	c.attempt(q)
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

// Open is the number of requests under way.
func (c *Clients) Open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open
}

// attempt sends q to a box.
func (c *Clients) attempt(q *request) {
	q.attempts++
	c.sent++
	j := c.job(q)
	if !c.submit(j) {
		c.recycle(j)
		c.failed(q, strategies.Rejected)
		return
	}
	for c.waiting.n > 0 && c.waiting.front().over() {
		c.waiting.pop()
	}
	c.waiting.push(waiting{since: c.clock.Now(), job: j, turn: j.turn})
	c.arm()
}

// submit hands j to the front, or to the box that the balancer picks.
func (c *Clients) submit(j *Job) bool {
	if c.front != nil {
		return c.front.Submit(j)
	}
	j.box = c.balancer.Pick(j.Key)
	return j.box != nil && j.box.Submit(j)
}

func (d *waiting) over() bool { return d.turn != d.job.turn }

func (c *Clients) job(q *request) *Job {
	var j *Job
	if n := len(c.jobs); n > 0 {
		j, c.jobs = c.jobs[n-1], c.jobs[:n-1]
	} else {
		j = &Job{Done: c.done}
	}
	j.Key, j.Cache, j.Session, j.Write, j.Cost = q.Key, q.Cache, q.Session, q.Write, q.Cost
	if j.User = q.User; !q.Write {
		j.Key = PageOf(q.Key, q.User)
	}
	j.request, j.box = q, nil
	return j
}

// recycle voids the notes about j and keeps it for another attempt.
func (c *Clients) recycle(j *Job) {
	j.turn++
	j.request = nil
	c.jobs = append(c.jobs, j)
}

// onDone is a box's answer.
func (c *Clients) onDone(j *Job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.front != nil {
		c.front.Ended(j)
	}
	q := j.request
	if j.lost { // the worker that has it goes on: never to be used again
		if j.turn++; q != nil {
			j.request = nil
			c.failed(q, strategies.Rejected)
		}
		return
	}
	if q == nil { // abandoned: the time-out took the request
		c.recycle(j)
		return
	}
	if Retried(j.Outcome) {
		outcome := j.Outcome
		c.recycle(j)
		c.failed(q, outcome)
		return
	}
	c.finish(q, j)
	c.recycle(j)
}

// onExpire gives up the jobs whose deadline passed.
func (c *Clients) onExpire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.armed = false
	now := c.clock.Now()
	for c.waiting.n > 0 {
		d := c.waiting.front()
		if !d.over() {
			if now.Sub(d.since) < c.cfg.Timeout {
				break
			}
			q := d.job.request
			d.job.request = nil
			d.job.turn++
			c.abandon(d.job)
			c.waiting.pop()
			c.failed(q, strategies.Timeout)
			continue
		}
		c.waiting.pop()
	}
	c.arm()
}

// abandon tells whoever has j, and is to know, that its client gave up. A front
// lets go; a box is only given a bad mark.
func (c *Clients) abandon(j *Job) {
	if c.front != nil {
		c.front.Leave(j)
		return
	}
	j.box.Trouble()
}

// arm has onExpire called at the first deadline.
func (c *Clients) arm() {
	if c.armed || c.waiting.n == 0 {
		return
	}
	c.armed = true
	c.clock.AfterFunc(c.cfg.Timeout-c.clock.Now().Sub(c.waiting.front().since), c.expire)
}
