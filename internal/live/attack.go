package live

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/live/origin"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/workloads"
)

// warmers are the requests of a warm-up at once.
const warmers = 16

// AttackConfig is a program in any language, and how to ask it.
type AttackConfig struct {
	// Target is where a key is asked for: {key} in it is replaced by the key,
	// escaped; without {key} the key is one more segment of the path.
	Target string

	// Bystander is where the classes without keys go; the root of the target's
	// server by default.
	Bystander string

	// Origin is the address of an origin made by [origin.Serve] behind the
	// target: its counts are those of the run. Empty means that nobody counts.
	Origin string

	LateAfter time.Duration         // as in [Config]
	Progress  func(*metrics.Record) // as in [Config]
	Notes     []string              // to be added to the report

	Steps []Step // what else is done, and when

	// Header are fields of every request, Host among them; Method and Body are those of a
	// read where it is no GET. Insecure trusts any certificate.
	Header   http.Header
	Method   string
	Body     string
	Insecure bool
}

// Attack is a world that is somebody else's program: it has no boxes, no cache
// and no strategy. What it answers is judged by status and headers.
type Attack struct {
	cfg     AttackConfig
	clients *clients
	counts  origin.HerdStats
	counted bool
	steps   steps
}

// NewAttack returns the world of one run. Nothing is sent before Warm or Drive.
func NewAttack(ctx context.Context, cfg AttackConfig, sc world.Config, p world.Environment) (*Attack, error) {
	root, err := serverOf(cfg.Target)
	if err != nil {
		return nil, err
	}
	if cfg.Bystander == "" {
		cfg.Bystander = root
	}
	c := newClients(ctx, sc.Client, cfg.LateAfter, p.Rand("clients"))
	trust(c.transport, cfg.Insecure)
	a := &Attack{cfg: cfg, clients: c}
	to := &ledger{record: p.Record, progress: cfg.Progress}
	by := &http.Client{Transport: c.transport}
	c.attempt = func(r *world.Request) answer { return a.attempt(by, r) }
	c.ended = func(key string, e *finishedRequest) { to.add(key, c.started, e) }
	return a, nil
}

// trust has a transport trust any certificate, if that is wanted: one of a test machine is signed by nobody.
func trust(transport *http.Transport, any bool) {
	if any {
		transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	}
}

// serverOf is http://host:port/ of a URL.
func serverOf(target string) (string, error) {
	u, err := url.Parse(strings.ReplaceAll(target, "{key}", "key"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("the target is not a URL: write it as http://127.0.0.1:8080/path or http://127.0.0.1:8080/?id={key}")
	}
	return (&url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host, Path: "/"}).String(), nil
}

// address is where a request goes. A key that is an address already, as those of access
// logs are, is asked for as it is, behind the target's path.
func (a *Attack) address(key string) string {
	if key == "" {
		return a.cfg.Bystander
	}
	if path, ok := pathOf(key); ok && !strings.Contains(a.cfg.Target, "{key}") {
		base, _, _ := strings.Cut(a.cfg.Target, "?")
		return strings.TrimSuffix(base, "/") + sendable(path)
	}
	path, query, asks := strings.Cut(a.cfg.Target, "?")
	if !strings.Contains(a.cfg.Target, "{key}") {
		path = strings.TrimSuffix(path, "/") + "/{key}"
	}
	path = strings.ReplaceAll(path, "{key}", url.PathEscape(key))
	if !asks {
		return path
	}
	return path + "?" + strings.ReplaceAll(query, "{key}", url.QueryEscape(key))
}

// pathOf is the path and the query of a key that is one, or a whole URL.
func pathOf(key string) (path string, ok bool) {
	for _, scheme := range []string{"http://", "https://"} {
		if rest, whole := strings.CutPrefix(key, scheme); whole {
			_, path, _ = strings.Cut(rest, "/")
			return "/" + path, true
		}
	}
	return key, strings.HasPrefix(key, "/")
}

// sendable is an address with what no address has escaped: a log has also what clients
// should not have sent. What is escaped in it stays as it is.
func sendable(address string) string {
	var b strings.Builder
	for i := 0; i < len(address); i++ {
		c := address[i]
		switch {
		case c == '%' && (i+2 >= len(address) || !isHex(address[i+1]) || !isHex(address[i+2])):
			b.WriteString("%25")
		case c <= ' ' || c >= 0x7f || strings.IndexByte(`"<>\^{|}`+"`#", c) >= 0:
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// attempt sends r once. What is no read of the cache is not judged as one.
func (a *Attack) attempt(by *http.Client, r *world.Request) answer {
	ctx, cancel := context.WithTimeout(a.clients.ctx, a.clients.cfg.Timeout)
	defer cancel()
	to, err := url.Parse(a.address(r.Key))
	if err != nil {
		return answer{outcome: metrics.Rejected}
	}
	got := send(by.Do, a.newRequest(ctx, to, r))
	switch {
	case got.outcome.Failed():
	case r.Key == "":
		got = answer{outcome: metrics.Served}
	case r.Op == workloads.Write:
		got = answer{outcome: metrics.Written}
	}
	return got
}

// newRequest is a request as the target wants it. One for a bystander is a plain GET, with the same fields.
func (a *Attack) newRequest(ctx context.Context, to *url.URL, r *world.Request) *http.Request {
	request := newRequest(ctx, to, r.Op == workloads.Write)
	for name, values := range a.cfg.Header {
		if request.Header[name] = values; name == "Host" {
			request.Host = values[0]
		}
	}
	if r.Op == workloads.Write || r.Key == "" {
		return request
	}
	request.Method = cmp.Or(a.cfg.Method, request.Method)
	if body := strings.ReplaceAll(a.cfg.Body, "{key}", r.Key); body != "" {
		request.Body, request.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	}
	return request
}

// Warm asks for every key once, sixteen at a time. A key that fails stays cold.
func (a *Attack) Warm(keys []string) error {
	transport := newTransport()
	trust(transport, a.cfg.Insecure)
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var all sync.WaitGroup
	for first := range min(warmers, len(keys)) {
		all.Go(func() {
			for i := first; i < len(keys) && a.clients.ctx.Err() == nil; i += warmers {
				a.attempt(client, &world.Request{Request: workloads.Request{Key: keys[i]}})
			}
		})
	}
	all.Wait()
	return context.Cause(a.clients.ctx)
}

// Drive has the origin count anew, sends every request at its instant, and
// reads the origin's counts when all have ended.
func (a *Attack) Drive(next func(*world.Request) bool, begin func(now time.Time)) error {
	if a.cfg.Origin != "" {
		if err := origin.ResetCounts(a.clients.ctx, a.cfg.Origin); err != nil {
			return err
		}
	}
	err := a.clients.Drive(next, func(now time.Time) {
		a.steps.begin(a.clients.ctx, now, a.cfg.Steps)
		begin(now)
	})
	a.cfg.Notes = append(slices.Clone(a.cfg.Notes), a.steps.end()...)
	if err != nil || a.cfg.Origin == "" {
		return err
	}
	a.counts, err = origin.AskCounts(a.clients.ctx, a.cfg.Origin)
	a.counted = err == nil
	return err
}

// Report adds the counts of generator and origin to a run.
func (a *Attack) Report(run *metrics.Run) {
	run.Generator = a.clients.Report()
	run.Warnings = append(run.Warnings, a.cfg.Notes...)
	if !a.counted {
		run.CountedElsewhere(nil)
		run.Warnings = append(run.Warnings, "the loads of the origin are not known: put a `loadtest origin` behind the target and name it with --origin-stats")
		return
	}
	run.CountedElsewhere(&metrics.Loads{
		Computes: a.counts.Computes, DuplicateComputes: a.counts.DuplicateComputes,
		HerdPeak: a.counts.HerdPeak, OriginInFlightPeak: a.counts.InFlightPeak,
	})
}

// Close does nothing: what was asked for has ended.
func (a *Attack) Close() {}
