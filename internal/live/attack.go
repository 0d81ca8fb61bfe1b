package live

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
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

// AttackConfig is a program in any language, and how to ask it.
type AttackConfig struct {
	// Target is where a key is asked for: see [CheckTarget] for what is replaced in it.
	// Without anything the key is one more segment of the path, with the word of the run.
	Target string

	// Bystander is where the classes without keys go; the root of the target's
	// server by default.
	Bystander string

	// Accept are statuses that are an answer to a read, besides 2xx and 304.
	Accept []int

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
	target  address
	word    string // of the run, which no other run has: its keys are cold
	hands   int    // of the warm-up
	clients *clients
	answers answerCounts

	heard    int64 // loads that the origin has heard of before the traffic
	counts   origin.HerdStats
	counted  bool
	underWay int64 // loads, when their end was no longer waited for
	cold     int   // keys that the warm-up could not have
	steps    steps
	patience time.Duration // with the first answer
	gone     error         // why the program could not be reached after the traffic
}

// NewAttack returns the world of one run. Nothing is sent before Probe, Warm or Drive.
func NewAttack(ctx context.Context, cfg AttackConfig, sc world.Config, p world.Environment) (*Attack, error) {
	root, err := address(cfg.Target).server()
	if err != nil {
		return nil, err
	}
	if cfg.Bystander == "" {
		cfg.Bystander = root
	}
	c := newClients(ctx, sc.Client, cfg.LateAfter, p.Rand("clients"))
	trust(c.transport, cfg.Insecure)
	a := &Attack{
		cfg: cfg, target: address(cfg.Target), word: strings.ToLower(rand.Text()[:6]), hands: sc.Fleet.WarmHands(), clients: c, patience: max(probeLimit, sc.Client.Timeout),
		answers: answerCounts{accept: cfg.Accept},
	}
	to := &ledger{record: p.Record, progress: cfg.Progress}
	by := a.client(c.transport)
	c.attempt = func(r *world.Request) answer { return a.attempt(by, r, a.word) }
	c.ended = func(key string, e *finishedRequest) { to.add(key, c.started, e) }
	return a, nil
}

// trust has a transport trust any certificate, if that is wanted: one of a test machine is signed by nobody.
func trust(transport *http.Transport, any bool) {
	if any {
		transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	}
}

// client asks by a transport, and goes where it was sent to and nowhere else: a request that
// is led to a page to log in has not been answered.
func (a *Attack) client(by *http.Transport) *http.Client {
	return &http.Client{Transport: by, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// request is r as it is sent in the run of a word.
func (a *Attack) request(ctx context.Context, r *world.Request, word string) (*http.Request, error) {
	where, body := a.cfg.Bystander, ""
	switch asked := address(a.cfg.Body); {
	case r.Key == "":
	case asked.has(placeholders()...) && !a.target.has(placeholders()...): // the key is in the body alone
		where, body = a.cfg.Target, asked.fill(a.cfg.Body, r.Key, word, asIs)
	default:
		where, body = a.target.of(r.Key, word), asked.fill(a.cfg.Body, r.Key, word, asIs)
	}
	to, err := url.Parse(where)
	if err != nil {
		return nil, errors.New("the address of a key is not a URL")
	}
	return a.newRequest(ctx, to, r, body), nil
}

// newRequest is a request as the target wants it. One for a bystander is a plain GET, with the same fields.
func (a *Attack) newRequest(ctx context.Context, to *url.URL, r *world.Request, body string) *http.Request {
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
	if body != "" {
		request.Body, request.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	}
	return request
}

// attempt sends r once, in the run of a word.
func (a *Attack) attempt(by *http.Client, r *world.Request, word string) answer {
	ctx, cancel := context.WithTimeout(a.clients.ctx, a.clients.cfg.Timeout)
	defer cancel()
	req, err := a.request(ctx, r, word)
	if err != nil {
		return answer{outcome: metrics.Rejected}
	}
	resp, err := exchange(by.Do, req)
	return a.answers.judge(req, resp, err, kindOf(&r.Request))
}

const (
	probes     = 5                      // until the target answers, for failures may be drawn
	probePause = 300 * time.Millisecond // between them
	probeLimit = 10 * time.Second       // for the first answer of a program that has just been started
)

// Probe asks for one key before the traffic, in a run of its own so that the key is cold and
// no other one gets warm, and says in one sentence what is wrong with the program if it does
// not answer. A program that is asked for keys as they are is asked for no key, but only
// whether it speaks.
func (a *Attack) Probe(key string) error {
	transport := newTransport()
	trust(transport, a.cfg.Insecure)
	defer transport.CloseIdleConnections()
	by := a.client(transport)
	r := &world.Request{Request: workloads.Request{Key: key}}
	if _, own := pathOf(key); a.target.plain() || own && !a.target.has(placeholders()...) {
		r.Key = ""
	}
	var wrong error
	for try := range probes {
		if try > 0 && a.clients.wall.Sleep(a.clients.ctx, probePause) != nil {
			break
		}
		var hopeless bool
		if wrong, hopeless = a.probe(by, r, fmt.Sprint(a.word, "p", try)); wrong == nil || hopeless {
			break
		}
	}
	return cmp.Or(context.Cause(a.clients.ctx), wrong)
}

// probe asks once. It is hopeless where the same would come of asking again.
func (a *Attack) probe(by *http.Client, r *world.Request, word string) (wrong error, hopeless bool) {
	ctx, cancel := context.WithTimeout(a.clients.ctx, a.patience)
	defer cancel()
	req, err := a.request(ctx, r, word)
	if err != nil {
		return err, true
	}
	shown := req.Method + " " + req.URL.EscapedPath()
	resp, err := exchange(by.Do, req)
	if err != nil {
		return fmt.Errorf("the target %s", unansweredSentence(whyUnanswered(err), req.URL.Host, a.patience)), true
	}
	if !a.answers.refusal(resp, kindOf(&r.Request)).Failed() {
		return nil, false
	}
	status := statusText(fmt.Sprint(resp.StatusCode))
	switch code := resp.StatusCode; {
	case code >= 300 && code < 400:
		where := "another place"
		if to, err := resp.Location(); err == nil {
			where = (&url.URL{Scheme: to.Scheme, Host: to.Host, Path: to.Path}).String() // a query may hold a secret
		}
		return fmt.Errorf("the target redirects %s to %s (%s): give the address that answers by itself, or log in with a header", shown, where, status), true
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return fmt.Errorf("the target refuses %s with %s: it wants a header that says who asks", shown, status), true
	case code == http.StatusNotFound && a.target.has(forKey, forRun), code == http.StatusNotFound && !a.target.has(placeholders()...):
		return fmt.Errorf("the target answers %s to %s: a key has a word of the run at its end, so that it is cold; if only certain keys are known, put {name} or {number} into --target, and if this status is an answer, give --accept %d",
			status, shown, code), true
	case code < 500:
		return fmt.Errorf("the target answers %s to %s: correct --target, or give --accept %d if that is an answer", status, shown, code), true
	}
	return fmt.Errorf("the target answers %s to %s: see its log, and whether its origin is there", status, shown), false
}

// unansweredSentence says what there was in place of an answer.
func unansweredSentence(why, host string, limit time.Duration) string {
	switch why {
	case "certificate not trusted":
		return fmt.Sprintf("at %s has a certificate that this machine does not trust", host)
	case "unknown host":
		return fmt.Sprintf("is at %s, which has no address: correct --target", host)
	case "connection refused":
		return fmt.Sprintf("does not listen at %s (connection refused): start it, or correct --target", host)
	case "no answer in time":
		return fmt.Sprintf("at %s has not answered within %v: start it and wait until it is ready, or see what holds it up", host, limit)
	case "connection broken off":
		return fmt.Sprintf("at %s breaks connections off without an answer: it does not speak HTTP there, or it dies", host)
	case "no HTTP":
		return fmt.Sprintf("at %s does not answer in HTTP: correct --target, or write https:// if it wants TLS", host)
	case "no TLS":
		return fmt.Sprintf("at %s does not speak TLS: write http://", host)
	}
	return fmt.Sprintf("at %s cannot be reached", host)
}

// Warm asks for every key once, as many at a time as the warm-up of a run in virtual time.
// A key that fails stays cold.
func (a *Attack) Warm(keys []string) error {
	transport := newTransport()
	trust(transport, a.cfg.Insecure)
	defer transport.CloseIdleConnections()
	client := a.client(transport)
	hands := min(a.hands, len(keys))
	var mu sync.Mutex
	var all sync.WaitGroup
	for first := range hands {
		all.Go(func() {
			for i := first; i < len(keys) && a.clients.ctx.Err() == nil; i += hands {
				got := a.attempt(client, &world.Request{Request: workloads.Request{Key: keys[i]}}, a.word)
				if got.outcome.Failed() {
					mu.Lock()
					a.cold++
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	return context.Cause(a.clients.ctx)
}

// Drive has the origin count anew, sends every request at its instant, and reads the
// origin's counts when all have ended and the loads they have left behind, too.
func (a *Attack) Drive(next func(*world.Request) bool, begin func(now time.Time)) error {
	a.answers.forget()
	if a.cfg.Origin != "" {
		before, err := origin.AskCounts(a.clients.ctx, a.cfg.Origin)
		if err == nil {
			err = origin.ResetCounts(a.clients.ctx, a.cfg.Origin)
		}
		if err != nil {
			return err
		}
		a.heard = before.Computes
	}
	err := a.clients.Drive(next, func(now time.Time) {
		a.steps.begin(a.clients.ctx, now, a.cfg.Steps)
		begin(now)
	})
	a.cfg.Notes = append(slices.Clone(a.cfg.Notes), a.steps.end()...)
	if err != nil {
		return err
	}
	a.gone = a.reach()
	if a.cfg.Origin == "" {
		return nil
	}
	a.counts, err = a.lastCounts()
	a.counted = err == nil
	return err
}

const (
	loadsSettled = 500 * time.Millisecond // without a load: none comes any more
	settleLimit  = time.Minute            // for the loads that clients have left behind
)

// lastCounts are those of the origin when the last load has ended. A program goes on loading
// when nobody waits any more; of simulated runs that is counted, too.
func (a *Attack) lastCounts() (stats origin.HerdStats, err error) {
	limit, quiet := time.Now().Add(settleLimit), time.Now()
	for last := int64(-1); ; {
		if stats, err = origin.AskCounts(a.clients.ctx, a.cfg.Origin); err != nil {
			return stats, err
		}
		now := time.Now()
		if stats.InFlight > 0 || stats.Computes != last {
			quiet, last = now, stats.Computes
		}
		if now.Sub(quiet) >= loadsSettled || now.After(limit) {
			a.underWay = stats.InFlight
			return stats, nil
		}
		if err := a.clients.wall.Sleep(a.clients.ctx, loadsSettled/10); err != nil {
			return stats, cmp.Or(context.Cause(a.clients.ctx), err)
		}
	}
}

// reach sees that somebody listens where the program did.
func (a *Attack) reach() error {
	u, err := url.Parse(a.target.of("key", "run"))
	if err != nil {
		return err
	}
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(a.clients.ctx, "tcp", net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), u.Scheme)))
	if err != nil {
		return err
	}
	return conn.Close()
}

// Void says why the run says nothing about the program; empty where it does.
func (a *Attack) Void() string {
	switch {
	case a.gone != nil:
		return fmt.Sprintf("the target was gone when the traffic ended (%s); it had answered %v", whyUnanswered(a.gone), &a.answers)
	case a.answers.usable == 0 && len(a.answers.counts) > 0:
		return fmt.Sprintf("the target has answered no read of a key with anything usable: %v; if such a status is meant, add --accept", &a.answers)
	case a.counted && a.heard+a.counts.Computes == 0 && a.answers.hits == 0:
		return "the origin of --origin-stats has heard nothing while the target answered, not even of the probe: the target loads from somewhere else"
	}
	return ""
}

// Report adds the counts of generator and origin to a run.
func (a *Attack) Report(run *metrics.Run) {
	run.Generator = a.clients.Report()
	run.Statuses = a.answers.counts
	run.Warnings = append(run.Warnings, a.cfg.Notes...)
	warn := func(format string, args ...any) { run.Warnings = append(run.Warnings, fmt.Sprintf(format, args...)) }
	if a.answers.odd {
		warn("the target answered %v", &a.answers)
	}
	if a.cold > 0 {
		warn("%d keys of the warm-up were not answered: the run begins without", a.cold)
	}
	if a.answers.told == 0 {
		run.HitsUnknown()
		warn("the target does not say which answers are hits, as with Cache-Status or X-Cache: the hit ratio is not known")
	}
	if !a.counted {
		run.CountedElsewhere(nil)
		warn("the loads of the origin are not known: put a `loadtest origin` behind the target and name it with --origin-stats")
		return
	}
	if a.underWay > 0 {
		warn("%d loads were still under way %v after the last answer", a.underWay, settleLimit)
	}
	run.CountedElsewhere(&metrics.Loads{
		Computes: a.counts.Computes, DuplicateComputes: a.counts.DuplicateComputes,
		HerdPeak: a.counts.HerdPeak, OriginInFlightPeak: a.counts.InFlightPeak,
	})
}

// Close does nothing: what was asked for has ended.
func (a *Attack) Close() {}
