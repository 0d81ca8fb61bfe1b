package origin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// versionHeader carries the version of a value.
const versionHeader = "X-Version"

// What one load may take, in time and in bytes of a value.
const (
	loadLimit = 30 * time.Second
	bodyLimit = 16 << 20
)

// HTTP is an origin behind HTTP. Safe for concurrent use.
type HTTP struct {
	base    string // without a slash at its end
	shown   string // the same without a password
	maxBody int64  // bytes of a value
	client  *http.Client
}

var _ strategies.Loader = (*HTTP)(nil)

// NewHTTP returns the origin at a base URL such as http://host:8080/pages, with so many
// connections to the server at once; 0 means 64, and more loads wait. Nothing is sent before
// the first load.
func NewHTTP(base string, connections int) (*HTTP, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("the address of the origin is not a URL: write it as http://host:8080/path")
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s: the address of the origin has a query or a fragment: give it without, since keys are appended", Redacted(base))
	}
	if connections < 0 {
		return nil, fmt.Errorf("an HTTP origin cannot have %d connections: leave them out for the default", connections)
	}
	n := cmp.Or(connections, 64)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxConnsPerHost, transport.MaxIdleConnsPerHost, transport.MaxIdleConns = n, n, n
	return &HTTP{
		base: strings.TrimSuffix(base, "/"), shown: strings.TrimSuffix(u.Redacted(), "/"), maxBody: bodyLimit,
		client: &http.Client{Transport: transport, Timeout: loadLimit, CheckRedirect: sameHost},
	}, nil
}

// sameHost follows redirects that stay where the user pointed.
func sameHost(next *http.Request, via []*http.Request) error {
	switch first := via[0].URL; {
	case next.URL.Host != first.Host || next.URL.Scheme != first.Scheme:
		return fmt.Errorf("it redirects to %s: give that address if it is meant", next.URL.Redacted())
	case len(via) >= 5:
		return errors.New("it redirects round and round")
	}
	return nil
}

// StatusError is an answer that is neither a value nor a failure to get one.
type StatusError struct {
	Code int    // of HTTP
	URL  string // without a password
}

// Error is "GET http://host/key: 503 Service Unavailable".
func (e *StatusError) Error() string {
	return fmt.Sprintf("%s: %d %s", e.URL, e.Code, http.StatusText(e.Code))
}

// Load gets base/key, with the key escaped as one segment of a path. Status 200 is the
// value, and the header X-Version its version, 0 without. Other statuses are a
// [*StatusError].
func (h *HTTP) Load(ctx context.Context, key string) (strategies.Value, error) {
	return h.do(ctx, http.MethodGet, "/"+escape(key))
}

// Write posts to base/key, which a server made by [Serve] takes as a new version, and
// returns that.
func (h *HTTP) Write(ctx context.Context, key string) (version uint64, err error) {
	v, err := h.do(ctx, http.MethodPost, "/"+escape(key))
	return v.Version, err
}

// Close closes idle connections.
func (h *HTTP) Close() error {
	h.client.CloseIdleConnections()
	return nil
}

func (h *HTTP) do(ctx context.Context, method, path string) (strategies.Value, error) {
	return h.send(ctx, method, path, "")
}

// send is do with a body.
func (h *HTTP) send(ctx context.Context, method, path, body string) (strategies.Value, error) {
	request, err := http.NewRequestWithContext(ctx, method, h.base+path, strings.NewReader(body))
	if err != nil {
		return strategies.Value{}, err
	}
	response, err := h.client.Do(request)
	if err != nil {
		return strategies.Value{}, h.failed(ctx, path, err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, h.maxBody+1))
	switch {
	case err != nil:
		return strategies.Value{}, h.failed(ctx, path, err)
	case response.StatusCode != http.StatusOK:
		return strategies.Value{}, &StatusError{response.StatusCode, h.shown + path}
	case int64(len(data)) > h.maxBody:
		return strategies.Value{}, fmt.Errorf("%s%s: the value has more than %d bytes: allow more, or give another address", h.shown, path, h.maxBody)
	}
	v := strategies.Value{Data: data}
	if text := response.Header.Get(versionHeader); text != "" {
		if v.Version, err = strconv.ParseUint(text, 10, 64); err != nil {
			return strategies.Value{}, fmt.Errorf("%s%s: the header %s is %q: it has to be a whole number", h.shown, path, versionHeader, text)
		}
	}
	return v, nil
}

// failed is why the caller left, if he did, or one sentence without the password.
func (h *HTTP) failed(ctx context.Context, path string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var outer *url.Error
	if errors.As(err, &outer) {
		if outer.Timeout() {
			return fmt.Errorf("%s%s: no answer within %v: %w", h.shown, path, h.client.Timeout, outer.Err)
		}
		err = outer.Err
	}
	return fmt.Errorf("%s%s: %w", h.shown, path, err)
}

// escape makes one segment of a path. Those of dots alone would be taken for steps.
func escape(key string) string {
	if key == "." || key == ".." {
		return strings.ReplaceAll(key, ".", "%2E")
	}
	return url.PathEscape(key)
}
