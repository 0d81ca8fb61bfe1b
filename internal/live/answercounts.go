package live

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/herdlab/herdlab/internal/live/cachewords"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/workloads"
)

// answerCounts judges what a program that is not the lab's answers, and counts by status. Safe
// for concurrent use.
type answerCounts struct {
	accept []int // statuses that are an answer besides those that always are

	mu     sync.Mutex
	counts map[string]int64 // by status, or by why there was none
	usable int64            // answers to reads of keys
	told   int64            // of them, those that say whether they came from a cache
	hits   int64            // and did
	odd    bool             // something but 2xx and 304 came, other than what a bystander may get
}

// kind is what a request is for.
type kind uint8

const (
	readKey kind = iota
	writeKey
	noKey // a bystander
)

func kindOf(r *workloads.Request) kind {
	switch {
	case r.Key == "":
		return noKey
	case r.Op == workloads.Write:
		return writeKey
	}
	return readKey
}

// judge is what an answer, or an error in its place, comes to.
func (a *answerCounts) judge(req *http.Request, resp *http.Response, err error, of kind) (got answer) {
	if err != nil {
		got.outcome = unanswered(req, err)
		a.count(whyUnanswered(err), got, of, false)
		return got
	}
	known := false
	if _, known = metrics.ParseOutcome(resp.Header.Get(headerOutcome)); known {
		got = readAnswer(resp)
	} else if got.outcome = a.refusal(resp, of); !got.outcome.Failed() && of == readKey {
		said := cachewords.Read(resp.Header)
		got.outcome, known = said.Outcome, said.Known
		if said.Age >= 0 {
			got.stored = strategies.At(time.Now().Add(-said.Age))
		}
	}
	if !got.outcome.Failed() {
		switch of {
		case writeKey:
			got = answer{outcome: metrics.Written}
		case noKey:
			got = answer{outcome: metrics.Served}
		}
	}
	a.count(fmt.Sprint(resp.StatusCode), got, of, known)
	return got
}

// refusal is what a status says of an answer: Computed where it is one. What a bystander
// gets is one unless the server failed; a write may lead elsewhere, as forms do.
func (a *answerCounts) refusal(resp *http.Response, of kind) metrics.Outcome {
	code := resp.StatusCode
	switch o := foreignOutcome(resp); {
	case slices.Contains(a.accept, code):
		return metrics.Computed
	case o.Failed() || of == noKey:
		return o
	case code < 300, code == http.StatusNotModified, code < 400 && of == writeKey:
		return metrics.Computed
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return metrics.LoggedOut
	case code == http.StatusMethodNotAllowed:
		return metrics.NotAllowed
	}
	return metrics.OriginFailure
}

func (a *answerCounts) count(what string, got answer, of kind, known bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.counts == nil {
		a.counts = make(map[string]int64)
	}
	a.counts[what]++
	a.odd = a.odd || got.outcome.Failed() || of != noKey && what[0] != '2' && what != "304"
	if of != readKey || got.outcome.Failed() {
		return
	}
	a.usable++
	if known {
		a.told++
	}
	if got.outcome.Hit() {
		a.hits++
	}
}

// forget has it count anew.
func (a *answerCounts) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.counts, a.usable, a.told, a.hits, a.odd = nil, 0, 0, 0, false
}

// String lists the counts, the most frequent first: "300 × 404 Not Found, 2 × connection refused".
func (a *answerCounts) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	names := slices.SortedFunc(maps.Keys(a.counts), func(x, y string) int {
		return cmp.Or(cmp.Compare(a.counts[y], a.counts[x]), strings.Compare(x, y))
	})
	var parts []string
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("%d × %s", a.counts[name], statusText(name)))
	}
	return strings.Join(parts, ", ")
}

// statusText is a status with its name.
func statusText(code string) string {
	n := 0
	if _, err := fmt.Sscan(code, &n); err != nil {
		return code
	}
	return strings.TrimSpace(code + " " + http.StatusText(n))
}

// whyUnanswered is why a request had no answer, in a few words that no address is in.
func whyUnanswered(err error) string {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var name *net.DNSError
	switch text := err.Error(); {
	case errors.As(err, &unknown), errors.As(err, &invalid), errors.As(err, &host):
		return "certificate not trusted"
	case errors.As(err, &name):
		return "unknown host"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		return "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, errAgain):
		return "connection broken off"
	case strings.Contains(text, "malformed HTTP"), strings.Contains(text, "transfer-encoding"), strings.Contains(text, "readLoopPeekFailLocked"):
		return "no HTTP" // the last one is of who speaks before it is asked
	case strings.Contains(text, "server gave HTTP response to HTTPS client"), strings.Contains(text, "first record does not look like a TLS handshake"):
		return "no TLS"
	}
	return "no connection"
}
