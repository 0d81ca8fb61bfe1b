package live

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
	"github.com/herdlab/herdlab/workloads"
)

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// answers is a strategy that does as the test says.
type answers func(key string) (strategies.Result, error)

func (f answers) Get(_ context.Context, key string) (strategies.Result, error) { return f(key) }

// boxOf is a box that listens until the test ends.
func boxOf(t testing.TB, cfg world.FleetConfig, s strategies.Strategy) *box {
	t.Helper()
	wall := clock.NewWall()
	b, err := listen(world.NewBox(wall, cfg), cfg, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	b.box.Install(&world.Program{
		Strategies: []strategies.Strategy{s}, Commit: func(context.Context, string) (strategies.Value, error) { return strategies.Value{Version: 7}, nil }, Kill: func() {},
	})
	t.Cleanup(func() {
		b.box.Close()
		b.close()
		wall.Close()
	})
	return b
}

// do sends a request and reads the whole answer.
func do(t testing.TB, method, url string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// What no strategy answers has a status of its own too.
func TestStatusOfOutcomes(t *testing.T) {
	for o, want := range map[metrics.Outcome]int{
		metrics.LoggedOut: 401, metrics.Rejected: 503, metrics.NotAllowed: 405, metrics.Timeout: 504, metrics.Written: 200, metrics.Served: 200,
	} {
		w := httptest.NewRecorder()
		writeAnswer(w, &world.Job{Outcome: o})
		if got := w.Header().Get(headerOutcome); w.Code != want || got != o.String() {
			t.Errorf("%v: status %d, outcome %q; want %d", o, w.Code, got, want)
		}
	}
}

func TestBoxAnswers(t *testing.T) {
	stored := strategies.At(time.Now().Add(-5 * time.Second))
	b := boxOf(t, world.FleetConfig{Workers: 2}, answers(func(key string) (strategies.Result, error) {
		r := strategies.Result{Stored: stored, Value: strategies.Value{Version: 3, Data: []byte("value of " + key)}}
		for o := range strategies.Outcome(strategies.NumOutcomes) {
			if o.String() == key {
				r.Outcome = o
			}
		}
		if r.Outcome.Failed() {
			return strategies.Result{Outcome: r.Outcome}, io.ErrUnexpectedEOF
		}
		return r, nil
	}))
	for _, c := range []struct {
		method, path string
		code         int
		status       string
		length       int
	}{
		{"GET", "/fresh_hit", 200, "herdlab; hit; detail=age-5s", 18},
		{"HEAD", "/fresh_hit", 200, "herdlab; hit; detail=age-5s", 18},
		{"GET", "/stale_hit", 200, "herdlab; hit; detail=stale-age-5s", 18},
		{"GET", "/computed", 200, "herdlab; fwd=miss; stored", 17},
		{"GET", "/coalesced", 200, "herdlab; fwd=miss; collapsed", 18},
		{"GET", "/cold_failure", 503, "herdlab; fwd=miss; detail=cold_failure", 0},
		{"GET", "/origin_failure", 502, "herdlab; fwd=miss; detail=origin_failure", 0},
		{"GET", "/timeout", 504, "herdlab; fwd=miss; detail=timeout", 0},
		{"GET", "/cache_error", 500, "herdlab; fwd=miss; detail=cache_error", 0},
		{"GET", "/?cost=1ms", 200, "herdlab; fwd=bypass", 0},
		{"POST", "/fresh_hit", 200, "herdlab; fwd=bypass", 0},
		{"GET", "/-/health", 200, "", 5},
		{"GET", "/%zz", 400, "", -1},
		{"GET", "/a?cost=soon", 400, "", -1},
		{"GET", "/a?cost=-1s", 400, "", -1},
		{"GET", "/a?cache=1", 400, "", -1},
		{"GET", "/a?cache=-1", 400, "", -1},
		{"GET", "/a?cache=sessions", 400, "", -1},
		{"DELETE", "/a", 405, "", -1},
		{"PATCH", "/-/health", 405, "", -1},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			if strings.Contains(c.path, "%zz") {
				if code := rawCode(t, b, c.method+" "+c.path+" HTTP/1.1"); code != c.code {
					t.Errorf("status %d, want %d", code, c.code)
				}
				return
			}
			resp, body := do(t, c.method, b.url.String()+c.path)
			if resp.StatusCode != c.code || resp.Header.Get("Cache-Status") != c.status {
				t.Errorf("%d, Cache-Status %q; want %d, %q", resp.StatusCode, resp.Header.Get("Cache-Status"), c.code, c.status)
			}
			if c.length >= 0 && resp.ContentLength != int64(c.length) || c.method != "HEAD" && int64(len(body)) != resp.ContentLength {
				t.Errorf("a length of %d and a body of %d bytes, want %d", resp.ContentLength, len(body), c.length)
			}
			if retry := resp.Header.Get("Retry-After"); (retry != "") != (c.code == 503) {
				t.Errorf("Retry-After %q with a status of %d", retry, c.code)
			}
			if allow := resp.Header.Get("Allow"); (allow != "") != (c.code == 405) {
				t.Errorf("Allow %q with a status of %d", allow, c.code)
			}
		})
	}
}

// The worker of a client that left is busy until it is done, what finds no place
// is refused at once, and the health is that of the listener.
func TestBoxIsFull(t *testing.T) {
	release, entered := make(chan struct{}), make(chan string, 3)
	b := boxOf(t, world.FleetConfig{Workers: 1, Queue: 1, Full: world.FullReject}, answers(func(key string) (strategies.Result, error) {
		entered <- key
		<-release
		return strategies.Result{Outcome: strategies.Computed}, nil
	}))
	ctx, leave := context.WithCancel(t.Context())
	first := make(chan answer)
	go func() {
		first <- send(http.DefaultTransport.RoundTrip, newRequest(ctx, requestURL(b.url, &world.Request{Request: workloads.Request{Key: "first"}}), false))
	}()
	<-entered
	leave()
	if a := <-first; a.outcome != metrics.Timeout {
		t.Errorf("who left has %v", a.outcome)
	}
	others := make(chan answer)
	for range 3 { // of which the queue takes one
		go func() {
			others <- send(http.DefaultTransport.RoundTrip, newRequest(t.Context(), requestURL(b.url, &world.Request{Request: workloads.Request{Key: "other"}}), false))
		}()
	}
	for range 2 {
		if a := <-others; a.outcome != metrics.Rejected {
			t.Errorf("without a place: %v", a.outcome)
		}
	}
	if resp, _ := do(t, http.MethodGet, b.url.String()+"/"); resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("a bystander without a place: %s, Retry-After %q", resp.Status, resp.Header.Get("Retry-After"))
	}
	if resp, body := do(t, http.MethodGet, b.url.String()+healthPath); resp.StatusCode != http.StatusOK || body != "well\n" {
		t.Errorf("health %d %q", resp.StatusCode, body)
	}
	close(release)
	if a := <-others; a.outcome != metrics.Computed {
		t.Errorf("who waited has %v", a.outcome)
	}
}

// Who is at a box that goes down loses the connection: a rejection, and not a
// second try that nobody asked for.
func TestBoxCrashes(t *testing.T) {
	release, entered := make(chan struct{}), make(chan string, 9)
	b := boxOf(t, world.FleetConfig{Workers: 4, Queue: 4}, answers(func(key string) (strategies.Result, error) {
		entered <- key
		if key == "slow" {
			<-release
		}
		return strategies.Result{Outcome: strategies.Computed}, nil
	}))
	defer close(release)
	transport := newTransport()
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	for range 2 { // so that the connection is one that was used before
		if a := send(client.Do, newRequest(t.Context(), requestURL(b.url, &world.Request{Request: workloads.Request{Key: "quick"}}), false)); a.outcome != metrics.Computed {
			t.Fatalf("outcome %v", a.outcome)
		}
		<-entered
	}
	got := make(chan answer)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second) // for the second try, which waits
	defer cancel()
	go func() {
		got <- send(client.Do, newRequest(ctx, requestURL(b.url, &world.Request{Request: workloads.Request{Key: "slow"}}), false))
	}()
	<-entered
	b.box.Crash()
	if a := <-got; a.outcome != metrics.Rejected {
		t.Errorf("outcome %v, want rejected", a.outcome)
	}
	if n := len(entered); n != 0 {
		t.Errorf("the box was asked %d times more", n)
	}
}

// Every key and cost goes through an address unharmed.
func TestRequestOverHTTP(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := world.Request{
			Request: workloads.Request{
				Key: rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{".", "..", "/", "-/health", "a//b", "%", "?", "#"})).Draw(t, "key"),
				Op:  rapid.SampledFrom([]workloads.Op{workloads.Read, workloads.Write}).Draw(t, "op"),
			},
			Cost:  time.Duration(rapid.Int64Min(0).Draw(t, "cost")),
			Cache: rapid.IntRange(0, 2).Draw(t, "cache"), Session: rapid.Bool().Draw(t, "session"),
		}
		req := newRequest(context.Background(), requestURL(&url.URL{Scheme: "http", Host: "h"}, &want), want.Op == workloads.Write)
		var err error
		if req.URL, err = url.ParseRequestURI(req.URL.RequestURI()); err != nil { // as the server reads it
			t.Fatal(err)
		}
		if req.URL.EscapedPath() == healthPath {
			t.Fatal("a key is taken for the health check")
		}
		j, err := readJob(req, 3)
		if err != nil || j.Request != want {
			t.Fatalf("sent %+v, read %+v, %v", want, j, err)
		}
	})
}

// Keys that are directories elsewhere reach the strategy as they are.
func TestBoxKeepsKeys(t *testing.T) {
	b := boxOf(t, world.FleetConfig{Workers: 1}, answers(func(key string) (strategies.Result, error) {
		return strategies.Result{Outcome: strategies.FreshHit, Value: strategies.Value{Data: []byte(key)}}, nil
	}))
	for _, key := range []string{".", "..", "a/../b", "//", "-/health", "ä b?c#d%"} {
		_, body := do(t, http.MethodGet, requestURL(b.url, &world.Request{Request: workloads.Request{Key: key}}).String())
		if body != key {
			t.Errorf("key %q arrived as %q", key, body)
		}
	}
}

// rawCode is the status of an answer to a line that net/http would not send.
func rawCode(t testing.TB, b *box, line string) int {
	t.Helper()
	text := strings.SplitN(talk(t, b.url.Host, line+"\r\nHost: h\r\nConnection: close\r\n\r\n"), " ", 3)
	code, err := strconv.Atoi(text[1])
	if err != nil {
		t.Fatalf("answer %q: %v", text, err)
	}
	return code
}

// talk says a request and reads the answer to its end.
func talk(t testing.TB, addr, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
