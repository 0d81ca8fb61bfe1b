package live

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	model "github.com/herdlab/herdlab/internal/world/front"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/workloads"
)

// A request of the lab over HTTP: GET /key, or POST /key for a write, or GET /
// for a bystander; cost, the number of the named cache, and whether the key is a
// session's are query parameters. The answer's headers say what the
// strategy did: Cache-Status in the style of RFC 9211 for people and proxies,
// the others for the lab's client.
const (
	headerStatus  = "Cache-Status"
	headerOutcome = "Herdlab-Outcome"
	headerStored  = "Herdlab-Stored" // nanoseconds of the Unix epoch
	headerVersion = "Herdlab-Version"
	headerSide    = "Herdlab-Release" // old or new, while boxes of both answer
)

// requestURL is the address of one request at a box.
func requestURL(box *url.URL, r *world.Request) *url.URL {
	u := &url.URL{Scheme: box.Scheme, Host: box.Host, Path: "/" + r.Key}
	if escaped := url.PathEscape(r.Key); escaped != r.Key {
		u.RawPath = "/" + escaped
	}
	var asks []string
	if r.Cost > 0 {
		asks = append(asks, "cost="+strconv.FormatInt(int64(r.Cost), 10)+"ns")
	}
	if r.Cache > 0 {
		asks = append(asks, "cache="+strconv.Itoa(r.Cache))
	}
	if r.Session {
		asks = append(asks, "session=true")
	}
	u.RawQuery = strings.Join(asks, "&")
	return u
}

// newJob makes a job of a request for the key in its path. Cost is what it says of that
// under a name, or nothing.
func newJob(r *http.Request, name, cost string) (*world.Job, error) {
	key, err := url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), "/"))
	if err != nil {
		return nil, fmt.Errorf("the key in the path: %w", err)
	}
	j := new(world.Job)
	if j.Key = key; r.Method == http.MethodPost {
		j.Op = workloads.Write
	}
	if cost != "" {
		if j.Cost, err = time.ParseDuration(cost); err != nil || j.Cost < 0 {
			return nil, fmt.Errorf("%s%s is no duration such as 2ms", name, cost)
		}
	}
	return j, nil
}

// readJob makes a job of a request to a box with so many named caches.
func readJob(r *http.Request, caches int) (*world.Job, error) {
	asked := r.URL.Query()
	j, err := newJob(r, "cost=", asked.Get("cost"))
	if err != nil {
		return nil, err
	}
	j.Session = asked.Get("session") == "true"
	if text := asked.Get("cache"); text != "" {
		if j.Cache, err = strconv.Atoi(text); err != nil || j.Cache < 0 || j.Cache >= caches {
			return nil, fmt.Errorf("cache=%s is the number of no cache of this box", text)
		}
	}
	return j, nil
}

// readVisitor makes a job of a request that came through a front: the address is
// the page's, and a cookie says who is signed in.
func readVisitor(r *http.Request) (*world.Job, error) {
	j, err := newJob(r, headerCost+": ", r.Header.Get(headerCost))
	if err != nil {
		return nil, err
	}
	if c, err := r.Cookie(model.SessionCookie); err == nil {
		if j.User, err = strconv.Atoi(c.Value); err != nil {
			return nil, fmt.Errorf("the session %q is nobody's", c.Value)
		}
	}
	if j.Op != workloads.Write {
		j.Key = model.PageOf(j.Key, j.User)
	}
	return j, nil
}

// cacheStatus says in the words of RFC 9211 how an answer came about. Hit and fwd
// exclude each other there (section 2.2), so that a stale hit is told by its
// detail.
func cacheStatus(o metrics.Outcome, age time.Duration) string {
	switch o {
	case metrics.FreshHit:
		return "herdlab; hit; detail=age-" + strconv.Itoa(int(age.Seconds())) + "s"
	case metrics.StaleHit:
		return "herdlab; hit; detail=stale-age-" + strconv.Itoa(int(age.Seconds())) + "s"
	case metrics.Computed:
		return "herdlab; fwd=miss; stored"
	case metrics.Coalesced:
		return "herdlab; fwd=miss; collapsed"
	case metrics.Served, metrics.Written:
		return "herdlab; fwd=bypass"
	}
	return "herdlab; fwd=miss; detail=" + o.String()
}

// statusCode is the HTTP status of an outcome.
func statusCode(o metrics.Outcome) int {
	codes := [metrics.NumOutcomes]int{
		metrics.ColdFailure: http.StatusServiceUnavailable, metrics.Rejected: http.StatusServiceUnavailable,
		metrics.LoggedOut: http.StatusUnauthorized, metrics.NotAllowed: http.StatusMethodNotAllowed,
		metrics.OriginFailure: http.StatusBadGateway, metrics.Timeout: http.StatusGatewayTimeout,
		metrics.CacheError: http.StatusInternalServerError,
	}
	return cmp.Or(codes[o], http.StatusOK)
}

// writeAnswer writes what a job came to. The names of the headers are in their
// canonical form already.
func writeAnswer(w http.ResponseWriter, j *world.Job) {
	h := w.Header()
	var age time.Duration
	if !j.Stored.IsZero() {
		age = j.Stored.Age(time.Now())
		h[headerStored] = []string{strconv.FormatInt(int64(j.Stored), 10)}
		h[headerVersion] = []string{strconv.FormatUint(j.Version, 10)}
	}
	h[headerStatus] = []string{cacheStatus(j.Outcome, age)}
	h[headerOutcome] = []string{j.Outcome.String()}
	if j.Side != metrics.Alone {
		h[headerSide] = []string{j.Side.String()}
	}
	if j.Outcome == metrics.ColdFailure || j.Outcome == metrics.Rejected {
		h["Retry-After"] = []string{"1"}
	}
	if len(j.Data) > 0 {
		h["Content-Length"] = []string{strconv.Itoa(len(j.Data))}
	}
	w.WriteHeader(statusCode(j.Outcome))
	_, _ = w.Write(j.Data)
}

// answer is what the lab's client reads of a response.
type answer struct {
	outcome metrics.Outcome
	stored  strategies.Instant
	version uint64
	side    metrics.Side
	owner   int // whose page it is; 0 is nobody's
	front   tier.FrontReads
}

// readAnswer reads the headers. A server that is not the lab's is judged by its
// status.
func readAnswer(resp *http.Response) answer {
	o, ok := metrics.ParseOutcome(resp.Header.Get(headerOutcome))
	if !ok {
		return answer{outcome: foreignOutcome(resp)}
	}
	a := answer{outcome: o, side: metrics.ParseSide(resp.Header.Get(headerSide))}
	if text := resp.Header.Get(headerStored); text != "" {
		ns, _ := strconv.ParseInt(text, 10, 64)
		a.stored = strategies.Instant(ns)
		a.version, _ = strconv.ParseUint(resp.Header.Get(headerVersion), 10, 64)
	}
	return a
}

// foreignOutcome judges the answer of a program that is not the lab's by its status.
func foreignOutcome(resp *http.Response) metrics.Outcome {
	switch {
	case resp.StatusCode == http.StatusServiceUnavailable, resp.StatusCode == http.StatusTooManyRequests:
		return metrics.Rejected
	case resp.StatusCode == http.StatusGatewayTimeout:
		return metrics.Timeout
	case resp.StatusCode >= 500:
		return metrics.OriginFailure
	}
	return metrics.Computed
}
