package live

import (
	"context"
	"net/http"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

// probing is the time between two probes.
const probing = 50 * time.Millisecond

// probe asks the boxes for their health, in turns, until stop is called, and tells
// how long the answers took: the way there and back of a request that waits for
// no worker.
func (w *World) probe(took func(time.Duration)) (stop func()) {
	ctx, cancel := context.WithCancel(w.ctx)
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
			w.ask(ctx, transport, i%len(w.boxes), took)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// ask is one probe. One that fails tells nothing.
func (w *World) ask(ctx context.Context, by http.RoundTripper, box int, took func(time.Duration)) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	to := *w.boxes[box].url
	to.Path = healthPath
	begun := time.Now()
	if a := send(by.RoundTrip, newRequest(ctx, &to, false)); a.outcome != metrics.Timeout && a.outcome != metrics.Rejected {
		took(time.Since(begun))
	}
}
