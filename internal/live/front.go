package live

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
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

// frontage is the front of a run: a web server, and what it and the application agree
// on.
type frontage struct {
	cfg    model.Config
	site   *model.Site
	tier   *tier.Tier // that nginx asks
	server *front.Front

	refused atomic.Int64 // requests for which it had no connection

	allowed string // what boxes say of how long their answers may be served
}

// CacheSessions has the pages of those who are signed in cached.
func (f *frontage) CacheSessions(cached bool) error {
	if f.cfg.HTTPCache() {
		return fmt.Errorf("%s cannot be told while it runs: simulate this", f.cfg.Cache)
	}
	f.site.CacheSessions(cached)
	return f.server.CacheSessions(cached)
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

// allowed tells a cache of the boxes' answers for how long to serve this one, and
// nginx's fallback for how long after that while it is renewed (RFC 5861); "" is not at all.
func allowed(cfg model.Config) string {
	own := cfg.Fallback
	switch {
	case cfg.HTTPCache() && cfg.MaxAge == 0:
		return "no-store, max-age=0" // for Varnish does not read the first, nor HAProxy the second
	case cfg.HTTPCache():
		return fmt.Sprintf("max-age=%d", int(cfg.MaxAge.Seconds()))
	case !own.Lock:
		return ""
	case own.Grace == 0:
		return fmt.Sprintf("max-age=%d", int(own.Keep.Seconds()))
	}
	return fmt.Sprintf("max-age=%d, stale-while-revalidate=%d", int(own.Keep.Seconds()), int(own.Grace.Seconds()))
}

// An HTTP cache is not asked who answered. A request has a number, which the box that answers
// repeats: an answer with another number is kept, or another's. And the box says when it
// answered: an answer that is younger than its request was waited for.
const (
	headerAsked    = "Herdlab-Asked"
	headerAnswered = "Herdlab-Answered" // the number, and nanoseconds of the Unix epoch
)

// tell writes what a box has to tell the front, and through it the client, of an answer.
func (f *frontage) tell(h http.Header, r *http.Request, j *world.Job) {
	if f.allowed != "" && !j.Outcome.Failed() && j.Op != workloads.Write {
		h["Cache-Control"] = []string{f.allowed}
	}
	if f.cfg.HTTPCache() {
		h[headerAnswered] = []string{fmt.Sprintf("%s %d", r.Header.Get(headerAsked), time.Now().UnixNano())}
	}
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

	HTTPCache bool // it has pages of its own
	Behind    bool // it is an nginx that renews pages in the background

	number atomic.Int64 // of the last request
}

// attempt sends r once, for clients.
func (f *frontRoute) attempt(c *clients, r *world.Request) answer {
	ctx, cancel := context.WithTimeout(c.ctx, c.cfg.Timeout)
	defer cancel()
	req := f.request(ctx, r)
	number := strconv.FormatInt(f.number.Add(1), 10)
	if f.HTTPCache {
		req.Header[headerAsked] = []string{number}
	}
	sent := time.Now()
	resp, err := c.transport.RoundTrip(req)
	var page []byte
	if err == nil {
		page, err = f.read(resp)
		resp.Body.Close()
	}
	switch {
	case ctx.Err() != nil:
		return answer{outcome: metrics.Timeout}
	case err != nil:
		return answer{outcome: metrics.Rejected, front: tier.FrontReads{Refused: 1}}
	}
	if f.HTTPCache {
		return readKept(resp, page, number, sent)
	}
	return readVisit(resp, page)
}

// read reads a page. An nginx that serves a stale one and renews it does not read the next request
// of that connection before it has the new one: the connection is not used again, which is what
// closing it before the last byte does.
func (f *frontRoute) read(resp *http.Response) ([]byte, error) {
	if f.Behind && resp.Header.Get(front.Header) == "STALE" && resp.ContentLength > 0 {
		page := make([]byte, resp.ContentLength-1)
		_, err := io.ReadFull(resp.Body, page)
		return page, err
	}
	return io.ReadAll(resp.Body)
}

// readKept makes out who answered a request that was sent to an HTTP cache: a box, to this
// request or to another, or the cache itself.
func readKept(resp *http.Response, page []byte, number string, sent time.Time) answer {
	asker, at, ofBox := strings.Cut(resp.Header.Get(headerAnswered), " ")
	if !ofBox {
		a := answer{outcome: metrics.Rejected} // no connection to be had, or the box went down
		if resp.StatusCode == http.StatusInternalServerError {
			a.front.Refused = 1
		}
		return a
	}
	a := readAnswer(resp)
	a.owner = model.OwnerOf(page)
	if asker == number || a.outcome.Failed() {
		return a
	}
	a.outcome = metrics.FreshHit
	if ns, _ := strconv.ParseInt(at, 10, 64); ns > sent.UnixNano() {
		a.outcome = metrics.Coalesced
	}
	if front.Stale(resp.Header) {
		a.outcome = metrics.StaleHit
	}
	return a
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
