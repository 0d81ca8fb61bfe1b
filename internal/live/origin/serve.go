package origin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	model "github.com/herdlab/herdlab/internal/world/origin"
)

// ServerConfig is the origin that [Serve] serves.
type ServerConfig struct {
	Origin model.Config // latency, concurrency, queue, errors
	Seed   uint64       // of latencies and errors
	Bytes  int          // of a value; the key is in it in any case; default 2048
}

func (c ServerConfig) validate() error {
	o := c.Origin
	switch {
	case c.Bytes < 0:
		return fmt.Errorf("a value cannot have %d bytes: give 1 or more", c.Bytes)
	case o.Concurrency < 0 || o.Queue < 0 || o.Write < 0 || o.Degrade < 0:
		return errors.New("the origin's concurrency, queue, write and degrade cannot be negative: give 0 for none")
	case !(o.Errors >= 0 && o.Errors <= 1):
		return fmt.Errorf("%v is no share of failing loads: give 0 to 1", o.Errors)
	}
	return o.Latency.Validate()
}

// Serve answers requests on listener from a modelled origin until ctx is cancelled,
// and closes it. What is under way then is answered with status 503.
//
//	GET  /KEY          the value of KEY, and its version in X-Version
//	POST /KEY          commits a new version
//	GET  /-/stats      [HerdStats] as JSON
//	POST /-/reset      begins to count anew
//	GET  /-/health     200
//	GET  /-/metrics    the statistics in Prometheus's text format
//
// A key is one segment of a path, escaped. A load that its client leaves goes on, as a
// query of a database does. Failing loads have status 500, those that found the queue
// full 503.
func Serve(ctx context.Context, listener net.Listener, cfg ServerConfig) error {
	o, err := newServer(ctx, cfg)
	if err != nil {
		listener.Close()
		return err
	}
	server := &http.Server{Handler: o.routes(), ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("the origin's server ended: %w", err)
	case <-ctx.Done():
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownLimit)
	defer cancel()
	if err := server.Shutdown(limit); err != nil {
		server.Close()
	}
	<-ended
	return nil
}

// shutdownLimit is for answers to reach clients that are slow to read.
const shutdownLimit = 2 * time.Second
