package live

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"herdlab/strategies"
)

// once is the body of a request that has none. net/http sends a GET again by
// itself where a connection that was used before breaks; with a body that it
// cannot wind back it does not, so that a request is sent as often as the
// scenario says, and a box that went down is seen.
type once struct{}

func (once) Read([]byte) (int, error) { return 0, io.EOF }
func (once) Close() error             { return nil }

// identity is how the body once is sent. Without it net/http would read from
// the body on a goroutine of its own, to see whether there is anything in it.
var identity = []string{"identity"}

// newRequest is a GET, or a POST for a write.
func newRequest(ctx context.Context, to *url.URL, write bool) *http.Request {
	r := &http.Request{
		Method: http.MethodGet, URL: to, Host: to.Host, Header: make(http.Header),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	if write {
		r.Method = http.MethodPost // which is never sent again
	} else {
		r.Body, r.TransferEncoding = once{}, identity
	}
	return r.WithContext(ctx)
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
		return answer{outcome: strategies.Timeout}
	case err != nil:
		return answer{outcome: strategies.Rejected}
	}
	return readAnswer(resp)
}
