package origin_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/internal/live/origin"
	model "github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/strategies"
)

// serve runs a server until the test ends or stop is called, and returns its URL.
func serve(t testing.TB, cfg origin.ServerConfig) (base string, stop func()) {
	t.Helper()
	listener, err := origin.Listen(background, "0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(background)
	ended := make(chan error, 1)
	go func() { ended <- origin.Serve(ctx, listener, cfg) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return "http://" + listener.Addr().String(), stop
}

func client(t testing.TB, base string, connections int) *origin.HTTP {
	t.Helper()
	h, err := origin.NewHTTP(base, connections)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func fixed(d time.Duration) model.Config {
	return model.Config{Latency: model.Latency{Fixed: d}}
}

func do(t testing.TB, method, address string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequest(method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func stats(t testing.TB, base string) (s origin.HerdStats) {
	t.Helper()
	status, body := do(t, http.MethodGet, base+"/-/stats")
	if err := json.Unmarshal([]byte(body), &s); err != nil || status != 200 {
		t.Fatalf("%d, %v: %s", status, err, body)
	}
	return s
}

// Whatever a key is made of, the server hears the same key.
func TestServedKeys(t *testing.T) {
	base, _ := serve(t, origin.ServerConfig{Bytes: 1})
	h := client(t, base+"/", 0)
	check := func(t fataler, key string) {
		v, err := h.Load(background, key)
		if err != nil {
			t.Fatal(err)
		}
		if string(v.Data) != key+"\n" || v.Version != 1 {
			t.Fatalf("key %q: value %q, version %d", key, v.Data, v.Version)
		}
	}
	for _, key := range []string{"author:42", ".", "..", "...", "-", "-/stats", "/", "//", "a/../b", "?", "#", "%2F", " ", "é", "\x00\n\xff"} {
		check(t, key)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, rapid.StringN(1, 40, -1).Draw(t, "key")) })
}

// What differs in its path or its query is not the same key.
func TestServedAddresses(t *testing.T) {
	base, _ := serve(t, origin.ServerConfig{Bytes: 1})
	for path, key := range map[string]string{
		"/top?author=page:1": "/top?author=page:1", "/top?author=page:2": "/top?author=page:2", "/top": "top",
		"/blog/tags/puppet?flav=rss20": "/blog/tags/puppet?flav=rss20", "/a%2Fb/c": "/a%2Fb/c", "/": "/", "/?": "/?",
	} {
		if status, body := do(t, http.MethodGet, base+path); status != 200 || body != key+"\n" {
			t.Errorf("GET %s: %d, %q; want the key %s", path, status, body, key)
		}
	}
	if s := stats(t, base); s.DuplicateComputes != 0 || s.Computes != 7 {
		t.Errorf("%d computes, %d duplicates, want 7 and none", s.Computes, s.DuplicateComputes)
	}
}

func TestServedVersions(t *testing.T) {
	base, _ := serve(t, origin.ServerConfig{})
	h := client(t, base, 0)
	for want := uint64(2); want < 5; want++ {
		if got, err := h.Write(background, "a"); err != nil || got != want {
			t.Fatalf("write: version %d, %v; want %d", got, err, want)
		}
		if v, err := h.Load(background, "a"); err != nil || v.Version != want || len(v.Data) != 2048 {
			t.Fatalf("load: version %d, %d bytes, %v; want version %d", v.Version, len(v.Data), err, want)
		}
	}
}

// Ten loads of one key and one of another are under way at once: the server says so
// while they are, and none of them ends before it stops.
func TestServedHerd(t *testing.T) {
	base, stop := serve(t, origin.ServerConfig{Origin: fixed(time.Hour)})
	h := client(t, base, 0)
	var running sync.WaitGroup
	failures := make(chan error, 11)
	for i := range 11 {
		running.Go(func() {
			_, err := h.Load(background, map[bool]string{true: "other", false: "same"}[i == 10])
			failures <- err
		})
	}
	for stats(t, base).InFlight < 11 { // a request each, and so no spinning
	}
	want := origin.HerdStats{
		Computes: 11, DuplicateComputes: 9, HerdPeak: 10, InFlight: 11, InFlightPeak: 11,
		ByKey: []origin.KeyStats{
			{Key: "same", Computes: 10, HerdPeak: 10, InFlight: 10},
			{Key: "other", Computes: 1, HerdPeak: 1, InFlight: 1},
		},
	}
	if diff := gocmp.Diff(want, stats(t, base)); diff != "" {
		t.Error(diff)
	}
	_, metrics := do(t, http.MethodGet, base+"/-/metrics")
	for _, line := range []string{
		"# TYPE herdlab_origin_computes_total counter\nherdlab_origin_computes_total 11\n",
		"herdlab_origin_duplicate_computes_total 9\n", "herdlab_origin_herd_peak 10\n",
		"herdlab_origin_in_flight 11\n", "herdlab_origin_in_flight_peak 11\n",
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("the metrics lack %q:\n%s", line, metrics)
		}
	}
	if status, _ := do(t, http.MethodPost, base+"/-/reset"); status != 200 {
		t.Errorf("reset: status %d", status)
	}
	if s := stats(t, base); s.Computes != 0 || s.DuplicateComputes != 0 || s.HerdPeak != 10 || s.InFlight != 11 {
		t.Errorf("after a reset: %+v", s)
	}
	stop()
	running.Wait()
	for range 11 {
		var status *origin.StatusError
		if err := <-failures; !errors.As(err, &status) || status.Code != 503 {
			t.Errorf("a load at the server's end: %v, want status 503", err)
		}
	}
}

// A value says how long it may be kept, and a failure or a write says nothing.
func TestServedCacheControl(t *testing.T) {
	header := func(errors float64, method string) string {
		cfg := fixed(0)
		cfg.Errors = errors
		base, _ := serve(t, origin.ServerConfig{Origin: cfg, Header: http.Header{"Cache-Control": {"max-age=5"}}})
		request, err := http.NewRequest(method, base+"/k", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.Header.Get("Cache-Control")
	}
	if got := header(0, "GET"); got != "max-age=5" {
		t.Errorf("a value says %q", got)
	}
	if got := header(1, "GET") + header(0, "POST"); got != "" {
		t.Errorf("what may not be kept says %q", got)
	}
}

func TestServedFailures(t *testing.T) {
	base, _ := serve(t, origin.ServerConfig{Origin: model.Config{Errors: 1}})
	h := client(t, base, 0)
	_, err := h.Load(background, "a b")
	want(t, err, base+"/a%20b: 500 Internal Server Error")

	status, body := do(t, http.MethodGet, base+"/-/health")
	if status != 200 || body != "ok\n" {
		t.Errorf("health: %d %q", status, body)
	}
	for request, want := range map[string]int{"GET /": 500, "HEAD /": 204, "GET /a/b": 500, "PUT /a": 405, "GET /-/reset": 405, "POST /-/stats": 405} {
		method, path, _ := strings.Cut(request, " ")
		if got, _ := do(t, method, base+path); got != want {
			t.Errorf("%s: status %d, want %d", request, got, want)
		}
	}
}

func TestServeRefuses(t *testing.T) {
	for _, c := range []struct {
		cfg  origin.ServerConfig
		want string
	}{
		{origin.ServerConfig{Bytes: -1}, "-1 bytes"},
		{origin.ServerConfig{Origin: model.Config{Concurrency: -1}}, "cannot be negative"},
		{origin.ServerConfig{Origin: model.Config{Errors: 2}}, "2 is no share"},
		{origin.ServerConfig{Origin: fixed(-1)}, "cannot be negative"},
	} {
		listener, err := origin.Listen(background, "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		want(t, origin.Serve(background, listener, c.cfg), c.want)
		if _, err := net.Dial("tcp", listener.Addr().String()); err == nil {
			t.Error("the listener is still open")
		}
	}
}

func TestListen(t *testing.T) {
	for _, address := range []string{"0", ":0", "127.0.0.1:0"} {
		listener, err := origin.Listen(background, address)
		if err != nil {
			t.Fatal(err)
		}
		if !listener.Addr().(*net.TCPAddr).IP.IsLoopback() {
			t.Errorf("%q listens on %v, which is not loopback", address, listener.Addr())
		}
		_, err = origin.Listen(background, listener.Addr().String())
		want(t, err, "cannot listen on "+listener.Addr().String(), "address already in use")
		listener.Close()
	}
	all, err := origin.Listen(background, "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	if !all.Addr().(*net.TCPAddr).IP.IsUnspecified() {
		t.Errorf("0.0.0.0 was asked for, and it listens on %v", all.Addr())
	}
	for _, address := range []string{"", "localhost", "99999", "a:b:c"} {
		_, err := origin.Listen(background, address)
		want(t, err, "127.0.0.1:8080")
	}
}

// What Observe tells is what happened, also of a load that panics.
func TestObserve(t *testing.T) {
	var herds origin.Herds
	deep := 0
	var loader strategies.Loader
	loader = origin.Observe(strategies.LoaderFunc(func(ctx context.Context, key string) (strategies.Value, error) {
		if deep++; deep < 3 {
			return loader.Load(ctx, key)
		}
		if s := herds.Stats(); s.InFlight != 3 || s.HerdPeak != 3 || s.DuplicateComputes != 2 {
			t.Errorf("three loads deep: %+v", s)
		}
		panic("a bug in the loader")
	}), &herds)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		loader.Load(background, "a")
	}()
	want := origin.HerdStats{Computes: 3, DuplicateComputes: 2, HerdPeak: 3, InFlightPeak: 3,
		ByKey: []origin.KeyStats{{Key: "a", Computes: 3, HerdPeak: 3}}}
	if diff := gocmp.Diff(want, herds.Stats()); diff != "" {
		t.Error(diff)
	}
	herds.Reset()
	if diff := gocmp.Diff(origin.HerdStats{ByKey: []origin.KeyStats{}}, herds.Stats()); diff != "" {
		t.Error(diff)
	}
}
