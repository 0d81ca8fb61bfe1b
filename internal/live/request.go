package live

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
)

// request sends request n of the plan and retries it as the scenario says, tells
// how it ended, and returns the last status code.
func (c *clients) request(n int, r *world.Request) (code int) {
	sent := time.Since(c.start())
	c.sent.Add(1)
	var a answer
	var seen frontCounts
	attempts := 0
	for {
		attempts++
		a = c.attempt(r)
		seen.add(a.front)
		if !world.Retried(a.outcome) || attempts > c.cfg.Retries || c.ctx.Err() != nil {
			break
		}
		pause, ok := c.retry(attempts)
		if !ok {
			break
		}
		if c.pause(pause) != nil {
			break
		}
	}
	a.front = seen
	c.end(n, r, sent, a, attempts)
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

// pause waits out a back-off, unless the run is stopped.
func (c *clients) pause(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-c.ctx.Done():
		return context.Cause(c.ctx)
	}
}

// end tells how r ended.
func (c *clients) end(n int, r *world.Request, sent time.Duration, a answer, attempts int) {
	now := time.Now()
	e := ending{Seq: n, Version: a.version, Record: metrics.Record{
		Intended: r.At, Sent: sent, Class: r.Class, Outcome: a.outcome, Write: r.Write, Attempts: attempts, Age: -1, Staleness: -1, Side: a.side,
		User: r.User, Owner: a.owner,
	}, Front: a.front}
	if !a.stored.IsZero() && !a.outcome.Failed() {
		e.Record.Age = a.stored.Age(now)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e.Record.Done = now.Sub(c.started)
	c.ended(r.Key, &e)
}
