package live

import (
	"time"

	"github.com/herdlab/herdlab/internal/live/front"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies"
)

// frontage is the front of a run: an nginx, and what it and the application agree
// on.
type frontage struct {
	cfg   world.FrontConfig
	site  *world.Site
	nginx *front.Front

	allowed string // what boxes say of how long their answers may be served
}

func newFrontage(cfg *world.FrontConfig) *frontage {
	if cfg == nil {
		return nil
	}
	return &frontage{cfg: *cfg, site: world.NewSite(*cfg), allowed: allowed(cfg.Fallback)}
}

// makeFront starts nginx before the boxes.
func (w *World) makeFront() error {
	if w.front == nil {
		return nil
	}
	cfg := front.Config{Front: w.front.cfg, Policy: w.sc.Fleet.Balancer.Policy, Cache: w.cfg.Tier.nodes[0].Addr}
	for _, b := range w.boxes {
		cfg.Boxes = append(cfg.Boxes, b.url.Host)
	}
	var err error
	w.front.nginx, err = front.Start(w.ctx, cfg)
	return err
}

// cacheSessions has the pages of those who are signed in cached.
func (w *World) cacheSessions(cached bool) {
	w.front.site.CacheSessions(cached)
	if err := w.front.nginx.CacheSessions(cached); err != nil {
		w.note("the pages of sessions: %v", err)
	}
}

// rendered makes pages of what rows loads, where pages are what is cached.
func (w *World) rendered(rows strategies.Loader) strategies.Loader {
	if w.front == nil {
		return rows
	}
	return world.Rendered(rows)
}

// frontCounts is what clients see of what goes on in a front.
type frontCounts struct {
	Asked   int64 // questions to the cache that it told of
	Failed  int64 // of those, the ones without an answer
	Nanos   int64 // that it waited for the answers to the others
	Refused int64 // requests for which it had no connection
	Bytes   int64 // of the pages that it had from the cache
}

func (c *frontCounts) add(other frontCounts) {
	c.Asked += other.Asked
	c.Failed += other.Failed
	c.Nanos += other.Nanos
	c.Refused += other.Refused
	c.Bytes += other.Bytes
}

// count adds what a request told of the front to the counts of the cache.
func (w *World) count(n frontCounts) {
	c := &w.cfg.Tier.counts
	c.gets.Add(n.Asked)
	c.errors.Add(n.Failed)
	c.bytesOut.Add(n.Bytes)
	c.frontAnswered.Add(n.Asked - n.Failed)
	c.frontNanos.Add(n.Nanos)
	w.refused.Add(n.Refused)
	for range n.Asked - n.Failed {
		if read := w.cfg.Tier.read; read != nil {
			read(time.Now())
		}
	}
}
