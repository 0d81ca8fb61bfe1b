package live

import (
	"context"
	"net/http"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

// probing is the time between two probes.
const probing = 50 * time.Millisecond

// probe asks boxes for their health, in turns, until stop is called, and tells
// how long the answers took: the way there and back of a request that waits for
// no worker.
func probe(ctx context.Context, boxes []*box, took func(time.Duration)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		transport := newTransport()
		defer transport.CloseIdleConnections()
		tick := time.NewTicker(probing)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			boxes[i%len(boxes)].ask(ctx, transport, took)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// ask is one probe. One that fails tells nothing.
func (b *box) ask(ctx context.Context, by http.RoundTripper, took func(time.Duration)) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	to := *b.url
	to.Path = healthPath
	begun := time.Now()
	if a := send(by.RoundTrip, newRequest(ctx, &to, false)); a.outcome != metrics.Timeout && a.outcome != metrics.Rejected {
		took(time.Since(begun))
	}
}
