package live

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/herdlab/herdlab/internal/metrics"
)

// sentKey is where a request's context remembers what was sent: a **http.Request.
type sentKey struct{}

// errAgain is why a connection that broke is an answer.
var errAgain = errors.New("sent once already")

// once is asked by a transport before it sends a request, as for a proxy. net/http
// sends a GET again by itself where a connection that was used before breaks; but a
// request is to be sent as often as the scenario says, and a box that went down is to
// be seen.
func once(r *http.Request) (*url.URL, error) {
	sent, ok := r.Context().Value(sentKey{}).(**http.Request)
	switch {
	case !ok:
		return nil, nil
	case *sent == r:
		return nil, errAgain
	}
	*sent = r // the next one is the same again, or where a redirection leads
	return nil, nil
}

// newRequest is a GET, or a POST for a write.
func newRequest(ctx context.Context, to *url.URL, write bool) *http.Request {
	r := &http.Request{
		Method: http.MethodGet, URL: to, Host: to.Host, Header: make(http.Header),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	if write {
		r.Method = http.MethodPost
	}
	return r.WithContext(context.WithValue(ctx, sentKey{}, new(*http.Request)))
}

// send makes one HTTP request, by an http.Client or an http.Transport. A
// connection that breaks is a rejection, as a box that went down is in the
// modelled world.
func send(by func(*http.Request) (*http.Response, error), r *http.Request) answer {
	resp, err := by(r)
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	switch {
	case r.Context().Err() != nil:
		return answer{outcome: metrics.Timeout}
	case err != nil:
		return answer{outcome: metrics.Rejected}
	}
	return readAnswer(resp)
}
