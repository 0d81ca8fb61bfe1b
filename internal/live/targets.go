package live

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
)

// targets are the boxes as a client sees them: addresses behind a balancer.
type targets struct {
	ctx     context.Context
	timeout time.Duration // of one attempt
	boxes   []*url.URL
	by      http.RoundTripper

	*choice
}

// choice is which box gets a request, and hears of it when that was in vain.
type choice struct {
	pick    func(key string) (box int, ok bool) // not ok where all are ejected
	trouble func(box int)                       // hears of a time-out
}

// attempt sends r once to the box that the balancer picks.
func (t *targets) attempt(r *world.Request) answer {
	box, ok := t.pick(r.Key)
	if !ok {
		return answer{outcome: metrics.Rejected}
	}
	ctx, cancel := context.WithTimeout(t.ctx, t.timeout)
	defer cancel()
	a := send(t.by.RoundTrip, newRequest(ctx, requestURL(t.boxes[box], r), r.Write))
	if a.outcome == metrics.Timeout {
		t.trouble(box)
	}
	return a
}
