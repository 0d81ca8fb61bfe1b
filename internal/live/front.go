package live

import (
	"fmt"
	"sync/atomic"

	"github.com/herdlab/herdlab/internal/live/front"
	"github.com/herdlab/herdlab/internal/live/tier"
	model "github.com/herdlab/herdlab/internal/world/front"
)

// frontage is the front of a run: an nginx, and what it and the application agree
// on.
type frontage struct {
	cfg   model.Config
	site  *model.Site
	tier  *tier.Tier // that nginx asks
	nginx *front.Front

	refused atomic.Int64 // requests for which it had no connection

	allowed string // what boxes say of how long their answers may be served
}

// CacheSessions has the pages of those who are signed in cached.
func (f *frontage) CacheSessions(cached bool) error {
	f.site.CacheSessions(cached)
	return f.nginx.CacheSessions(cached)
}

// Notes are what an operator would have seen in its log.
func (f *frontage) Notes() []string {
	if n := f.refused.Load(); n > 0 {
		return []string{f.cfg.ExhaustedNote(n)}
	}
	return nil
}

// count adds what a request told of the front to the counts of the cache.
func (f *frontage) count(n tier.FrontReads) {
	f.tier.CountFront(n)
	f.refused.Add(n.Refused)
}

// allowed tells nginx's cache of the boxes' answers for how long to serve this one,
// and for how long after that while it is renewed (RFC 5861); "" is not at all.
func allowed(cfg model.Fallback) string {
	switch {
	case !cfg.Lock:
		return ""
	case cfg.Grace == 0:
		return fmt.Sprintf("max-age=%d", int(cfg.Keep.Seconds()))
	}
	return fmt.Sprintf("max-age=%d, stale-while-revalidate=%d", int(cfg.Keep.Seconds()), int(cfg.Grace.Seconds()))
}
