package live

import (
	"context"
	"io"
	"net/http"
	"time"

	"herdlab/internal/cluster"
	"herdlab/strategies"
)

// request sends r and retries it as the scenario says, records the end, and
// returns the last status code.
func (c *clients) request(client *http.Client, r *cluster.Request) (code int) {
	sent := time.Since(c.start())
	c.sent.Add(1)
	var a answer
	attempts := 0
	for {
		attempts++
		a = c.attempt(client, r)
		if !a.outcome.Failed() || attempts > c.cfg.Retries || c.ctx.Err() != nil {
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
	c.end(r, sent, a, attempts)
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

// once is the body of a request that has none. net/http sends a GET again by
// itself where a connection that was used before breaks; with a body that it
// cannot wind back it does not, so that a request is sent as often as the
// scenario says, and a box that went down is seen.
type once struct{}

func (once) Read([]byte) (int, error) { return 0, io.EOF }

// send makes one HTTP request. A connection that breaks is a rejection, as a
// box that went down is in the modelled world.
func send(ctx context.Context, client *http.Client, url string, write bool) answer {
	method, body := http.MethodGet, io.Reader(once{})
	if write {
		method, body = http.MethodPost, nil // which is never sent again
	}
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return answer{outcome: strategies.Rejected}
	}
	resp, err := client.Do(req)
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	switch {
	case ctx.Err() != nil:
		return answer{outcome: strategies.Timeout}
	case err != nil:
		return answer{outcome: strategies.Rejected}
	}
	return readAnswer(resp)
}

// end records how r ended.
func (c *clients) end(r *cluster.Request, sent time.Duration, a answer, attempts int) {
	now := time.Now()
	record := cluster.Record{
		Intended: r.At, Sent: sent, Class: r.Class, Outcome: a.outcome, Write: r.Write, Attempts: attempts, Age: -1, Staleness: -1,
	}
	if !a.stored.IsZero() && !a.outcome.Failed() {
		record.Age = now.Sub(a.stored)
		if at, ok := c.superseded(r.Key, a.version); ok {
			record.Staleness = now.Sub(at)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	record.Done = now.Sub(c.started)
	c.record(&record)
	if c.progress != nil {
		c.progress(r.At, a.outcome.Failed())
	}
}
