package world

import (
	"math/rand/v2"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// failed tries q again, or ends it with the outcome of its last attempt.
func (c *Clients) failed(q *request, outcome strategies.Outcome) {
	if q.attempts > c.cfg.Retries || !c.budget() {
		c.finish(q, &Job{Outcome: outcome})
		return
	}
	c.retries++
	c.clock.AfterFunc(c.cfg.Wait(q.attempts, c.rng), func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.attempt(q)
	})
}

// Retried reports whether a client tries again after such an answer. A user who is
// logged out has an answer, which is to log in, and what is not allowed will not be
// the next time.
func Retried(o strategies.Outcome) bool {
	return o.Failed() && o != strategies.LoggedOut && o != strategies.NotAllowed
}

// budget reports whether the configuration allows one more retry.
func (c *Clients) budget() bool { return c.cfg.Allows(c.retries, c.sent) }

// Allows reports whether one more retry keeps the retries so far within the
// budget's share of all attempts sent so far.
func (c ClientConfig) Allows(retries, sent int64) bool {
	return c.Budget == 0 || float64(retries+1) <= c.Budget*float64(sent)
}

// Wait is the back-off before the attempt after the n-th. Exponential back-off
// has full jitter: uniform over [0, min(cap, base·2ⁿ⁻¹)) ("Exponential Backoff
// And Jitter", AWS Architecture Blog, 2015).
func (c ClientConfig) Wait(n int, rng *rand.Rand) time.Duration {
	switch c.Backoff {
	case "fixed":
		return c.Base
	case "exponential":
		step := c.Cap
		if n < 32 && c.Base<<(n-1) < c.Cap && c.Base<<(n-1)>>(n-1) == c.Base {
			step = c.Base << (n - 1)
		}
		if step <= 0 {
			return 0
		}
		return time.Duration(rng.Int64N(int64(step)))
	}
	return 0
}

// finish records the end of q, answered by j.
func (c *Clients) finish(q *request, j *Job) {
	now := c.clock.Now()
	r := &c.ended
	*r = Record{
		Intended: q.At, Sent: q.At, Done: now.Sub(c.started) + c.cfg.RTT, Class: q.Class, Outcome: j.Outcome, Write: q.Write,
		Attempts: q.attempts, Age: -1, Staleness: -1, Side: j.Side, User: q.User,
	}
	if c.front != nil {
		r.Owner = Owner(j.Data)
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
