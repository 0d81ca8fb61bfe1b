package live

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/live/front"
	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	model "github.com/herdlab/herdlab/internal/world/front"
	"github.com/herdlab/herdlab/strategies/wire"
	"github.com/herdlab/herdlab/workloads"
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

// headerCost is what a request costs its box: its address is the page's alone.
const headerCost = "Herdlab-Cost"

// looking is about the time of one look at nginx's lock, every 500 ms: a page of
// its own cache that took longer was waited for.
const looking = 400 * time.Millisecond

// frontRoute is where a front is, and how its site is asked for a page.
type frontRoute struct {
	URL         *url.URL
	Host, Query string
}

// attempt sends r once, for clients.
func (f *frontRoute) attempt(c *clients, r *world.Request) answer {
	ctx, cancel := context.WithTimeout(c.ctx, c.cfg.Timeout)
	defer cancel()
	resp, err := c.transport.RoundTrip(f.request(ctx, r))
	var page []byte
	if err == nil {
		page, err = io.ReadAll(resp.Body)
		resp.Body.Close()
	}
	switch {
	case ctx.Err() != nil:
		return answer{outcome: metrics.Timeout}
	case err != nil:
		return answer{outcome: metrics.Rejected, front: tier.FrontReads{Refused: 1}}
	}
	return readVisit(resp, page)
}

// request is r as a browser sends it.
func (f *frontRoute) request(ctx context.Context, r *world.Request) *http.Request {
	to := requestURL(f.URL, &world.Request{Request: workloads.Request{Key: r.Key}})
	if r.Key != "" {
		to.RawQuery = f.Query
	}
	req := newRequest(ctx, to, r.Op == workloads.Write)
	req.Host = f.Host
	if r.User != 0 {
		req.Header["Cookie"] = []string{model.SessionCookie + "=" + strconv.Itoa(r.User)}
	}
	if r.Cost > 0 {
		req.Header[headerCost] = []string{r.Cost.String()}
	}
	return req
}

// readVisit makes out who answered, a box, the cache or nginx, and what the page
// says of itself.
func readVisit(resp *http.Response, page []byte) answer {
	said, asked := front.Read(resp.Header.Get(front.Header))
	_, ofBox := metrics.ParseOutcome(resp.Header.Get(headerOutcome))
	var a answer
	switch {
	case said.Hit && resp.StatusCode == http.StatusOK:
		a = readPage(page)
	case ofBox:
		a = readAnswer(resp)
		a.outcome = ownOutcome(a.outcome, said)
	case resp.StatusCode == http.StatusMethodNotAllowed:
		a.outcome = metrics.NotAllowed
	default: // no connection to be had for the cache or a box, or the box went down
		a.outcome = metrics.Rejected
		if resp.StatusCode == http.StatusInternalServerError {
			a.front.Refused = 1
		}
	}
	a.owner = model.OwnerOf(page)
	if asked {
		a.front.Asked, a.front.Nanos = 1, int64(said.Asked)
		if said.Cache == http.StatusBadGateway || said.Cache == http.StatusGatewayTimeout {
			a.front.Failed, a.front.Nanos = 1, 0
		}
	}
	return a
}

// readPage is a page that nginx had from the cache.
func readPage(page []byte) answer {
	var p wire.Page
	if err := p.ReadTail(page); err != nil { // whatever it is, it was served
		return answer{outcome: metrics.CacheError}
	}
	return answer{
		outcome: metrics.FreshHit, stored: p.Entry.Stored, version: p.Entry.Version,
		front: tier.FrontReads{Bytes: int64(len(page) - wire.PageTail)},
	}
}

// ownOutcome is a box's outcome, unless nginx's own cache of the boxes' answers had
// it.
func ownOutcome(o metrics.Outcome, said front.Said) metrics.Outcome {
	switch said.Own {
	case "HIT":
		if said.Waited > looking {
			return metrics.Coalesced
		}
		return metrics.FreshHit
	case "UPDATING", "STALE":
		return metrics.StaleHit
	}
	return o
}
