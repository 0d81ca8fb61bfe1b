package live

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/herdlab/herdlab/internal/metrics"
)

// A request whose connection breaks is not sent again behind our back, also on a
// connection that was used before. A redirection is no second try.
func TestSentOnce(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch n := asked.Add(1); {
		case n == 3:
			panic(http.ErrAbortHandler)
		case r.URL.Path == "/elsewhere":
			http.Redirect(w, r, "/here", http.StatusFound)
		}
	}))
	defer server.Close()
	transport := newTransport()
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	to := func(path string) *url.URL {
		u, err := url.Parse(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	for i, want := range []metrics.Outcome{metrics.Computed, metrics.Computed, metrics.Rejected, metrics.Computed} {
		if a := send(client.Do, newRequest(t.Context(), to("/here"), false)); a.outcome != want {
			t.Errorf("request %d: %v, want %v", i+1, a.outcome, want)
		}
	}
	if n := asked.Load(); n != 4 {
		t.Errorf("the server was asked %d times by 4 requests", n)
	}
	if a := send(client.Do, newRequest(t.Context(), to("/elsewhere"), false)); a.outcome != metrics.Computed || asked.Load() != 6 {
		t.Errorf("a redirection: %v after %d requests, want it followed", a.outcome, asked.Load()-4)
	}
}
