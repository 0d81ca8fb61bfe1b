package live

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/internal/live/origin"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	model "github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/workloads"
)

func attack(t *testing.T, cfg AttackConfig, record func(*metrics.Record)) *Attack {
	t.Helper()
	a, err := NewAttack(t.Context(), cfg,
		world.Config{Client: world.ClientConfig{Timeout: time.Second}},
		world.Environment{Rand: func(string) *rand.Rand { return rand.New(rand.NewPCG(1, 1)) }, Record: record})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAddressOfAKey(t *testing.T) {
	for _, c := range []struct{ target, key, want string }{
		{"http://h:1", "a", "http://h:1/a"},
		{"http://h:1/pages/", "a/b c", "http://h:1/pages/a%2Fb%20c"},
		{"http://h:1/pages?v=2", "a", "http://h:1/pages/a?v=2"},
		{"http://h:1/{key}/top", "a?b", "http://h:1/a%3Fb/top"},
		{"http://h:1/top?id={key}&n=1", "a&b=c", "http://h:1/top?id=a%26b%3Dc&n=1"},
		{"http://h:1/{key}?id={key}", "a b", "http://h:1/a%20b?id=a+b"},
		{"http://h:1/books/{number}", "book:42", "http://h:1/books/42"},
		{"http://h:1/books/{number}", "book", "http://h:1/books/0"},
		{"http://h:1/{name}?v={run}", "a b", "http://h:1/a%20b?v="},
	} {
		if got := address(c.target).of(c.key, ""); got != c.want {
			t.Errorf("%s, key %q: %s, want %s", c.target, c.key, got, c.want)
		}
	}
	for _, c := range []struct{ target, want string }{ // in the run of a word
		{"http://h:1", "http://h:1/page:1-w"},
		{"http://h:1/top?id={key}", "http://h:1/top?id=page%3A1-w"},
		{"http://h:1/{name}", "http://h:1/page:1"},
		{"http://h:1/{name}?v={run}", "http://h:1/page:1?v=w"},
		{"http://h:1/{run}/{key}", "http://h:1/w/page:1"},
		{"http://h:1/{number}", "http://h:1/1"},
	} {
		if got := address(c.target).of("page:1", "w"); got != c.want {
			t.Errorf("%s: %s, want %s", c.target, got, c.want)
		}
	}
	if server, err := address("http://u:p@h:1/x").server(); err != nil || server != "http://u:p@h:1/" {
		t.Errorf("server %s, %v", server, err)
	}
	for target, said := range map[string]string{
		"http://h/{id}": "{id} is nothing that could be replaced", "http://h/{kye}": "did you mean {key}?", "http://h/{key": "{key is nothing", "http://h/{key}/{name}?n={number}&r={run}": "",
	} {
		if err := CheckTarget(target); (err == nil) != (said == "") || err != nil && !strings.Contains(err.Error(), said) {
			t.Errorf("%s: %v, want %q", target, err, said)
		}
	}
	for _, target := range []string{"", "h:1", "ftp://h/", "http:///x", "http://h:bad"} {
		_, err := NewAttack(t.Context(), AttackConfig{Target: target}, world.Config{}, world.Environment{})
		if err == nil || !strings.Contains(err.Error(), "http://127.0.0.1:8080") {
			t.Errorf("target %q: %v, want an example of one", target, err)
		}
	}
}

// next hands out requests one by one.
func next(list []world.Request) func(*world.Request) bool {
	return func(r *world.Request) bool {
		if len(list) == 0 {
			return false
		}
		*r, list = list[0], list[1:]
		return true
	}
}

// A program is judged by what it answers, key by key.
func TestAttackJudgesAnswers(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		seen = append(seen, r.Method+" "+r.URL.Path)
		mu.Unlock()
		switch r.URL.Path {
		case "/hit":
			w.Header().Set("Cache-Status", "nginx; hit")
		case "/stale":
			w.Header().Set("Cache-Status", "nginx; hit; ttl=-30")
		case "/miss":
			w.Header().Set("X-Cache", "MISS")
		case "/busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/broken":
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer server.Close()
	got := make(map[int]metrics.Outcome)
	a := attack(t, AttackConfig{Target: server.URL + "/{name}"}, func(r *metrics.Record) { got[r.Class] = r.Outcome })
	list := make([]world.Request, 7)
	for i, key := range []string{"hit", "stale", "miss", "busy", "broken", "", "hit"} {
		list[i].Key = key
	}
	list[6].Op = workloads.Write
	for i := range list {
		list[i].Class, list[i].At = i, time.Duration(i)*time.Millisecond
	}
	if err := a.Drive(next(list), func(time.Time) {}); err != nil {
		t.Fatal(err)
	}
	want := map[int]metrics.Outcome{
		0: metrics.FreshHit, 1: metrics.StaleHit, 2: metrics.Computed, 3: metrics.Rejected,
		4: metrics.OriginFailure, 5: metrics.Served, 6: metrics.Written,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	slices.Sort(seen)
	if diff := cmp.Diff([]string{"GET /", "GET /broken", "GET /busy", "GET /hit", "GET /miss", "GET /stale", "POST /hit"}, seen); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	r := new(metrics.Run)
	a.Report(r)
	if !r.LoadsUnknown || r.Cache != nil || r.Loads != (metrics.Loads{}) || r.Generator.Sent != 7 {
		t.Errorf("report %+v, want 7 sent, and loads and cache unknown", r)
	}
}

func TestAttackWarms(t *testing.T) {
	var mu sync.Mutex
	seen := make(map[string]int)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen[r.URL.Path]++
	}))
	defer server.Close()
	var keys []string
	want := make(map[string]int)
	for i := range 40 {
		keys = append(keys, string(rune('A'+i)))
		want["/"+keys[i]] = 1
	}
	if err := attack(t, AttackConfig{Target: server.URL + "/{name}"}, nil).Warm(keys); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
}

// An address that is not a slow origin's is said before anything is sent.
func TestAttackNeedsAnOriginThatCounts(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	a := attack(t, AttackConfig{Target: server.URL, Origin: server.URL}, func(*metrics.Record) { t.Error("sent a request") })
	err := a.Drive(next([]world.Request{{Request: workloads.Request{Key: "a"}}}), func(time.Time) {})
	if err == nil || !strings.Contains(err.Error(), "give the address of a `loadtest origin`") {
		t.Errorf("said %v", err)
	}
	if _, err := origin.AskCounts(context.Background(), "http://u:secret@127.0.0.1:1"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("said %v, want an error without the password", err)
	}
}

// Keys that are addresses, as those of logs, are asked for as they are.
func TestAttackOfAddresses(t *testing.T) {
	for _, c := range []struct{ target, key, want string }{
		{"http://h:1", "/blog/tags/puppet?flav=rss20", "http://h:1/blog/tags/puppet?flav=rss20"},
		{"http://h:1/", "/a%2Fb/100%", "http://h:1/a%2Fb/100%25"},
		{"http://h:1/app", "http://www.example.com/a b?c=\"d\"", "http://h:1/app/a%20b?c=%22d%22"},
		{"http://h:1", "http://www.example.com", "http://h:1/"},
		{"http://h:1/x?id={name}", "/a b", "http://h:1/x?id=%2Fa+b"},
		{"http://h:1", "page:1", "http://h:1/page:1-w"},
		{"http://h:1", "/\xffk\u00fcche", "http://h:1/%FFk%C3%BCche"},
	} {
		got := address(c.target).of(c.key, "w")
		if _, err := url.Parse(got); got != c.want || err != nil {
			t.Errorf("%s of %s: %s, want %s; %v", c.key, c.target, got, c.want, err)
		}
	}
}

// Loads that go on when the last client has left are counted, as they are of a simulated run.
func TestAttackWaitsForTheLastLoad(t *testing.T) {
	t.Parallel()
	listener, err := origin.Listen(t.Context(), "0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = origin.Serve(t.Context(), listener, origin.ServerConfig{Origin: model.Config{Latency: model.Latency{Fixed: 200 * time.Millisecond}}})
	}()
	base := "http://" + listener.Addr().String()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		go func() { // one after another, as behind a lock
			for range 3 {
				if resp, err := http.Get(base + r.URL.Path); err == nil {
					resp.Body.Close()
				}
			}
		}()
	}))
	defer server.Close()
	a := attack(t, AttackConfig{Target: server.URL, Origin: base}, func(*metrics.Record) {})
	if err := a.Drive(next([]world.Request{{Request: workloads.Request{Key: "a"}}}), func(time.Time) {}); err != nil {
		t.Fatal(err)
	}
	run := new(metrics.Run)
	a.Report(run)
	if run.Computes != 3 || run.LoadsUnknown || a.Void() != "" {
		t.Errorf("%d computes, unknown %v, void %q; want 3", run.Computes, run.LoadsUnknown, a.Void())
	}
}

// Every run asks for keys of its own, and so does a probe; and a program that does not say
// what is a hit has no hit ratio.
func TestRunsOfAnAttackAreCold(t *testing.T) {
	var mu sync.Mutex
	seen := make(map[string]int)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen[r.URL.Path]++
	}))
	defer server.Close()
	for range 2 {
		a := attack(t, AttackConfig{Target: server.URL}, func(*metrics.Record) {})
		if err := a.Probe("page:1"); err != nil {
			t.Fatal(err)
		}
		if err := a.Warm([]string{"page:1"}); err != nil {
			t.Fatal(err)
		}
		if err := a.Drive(next([]world.Request{{Request: workloads.Request{Key: "page:1"}}}), func(time.Time) {}); err != nil {
			t.Fatal(err)
		}
		run := &metrics.Run{Figures: metrics.Figures{HitRatio: new(float64)}}
		a.Report(run)
		if run.HitRatio != nil || run.Statuses["200"] != 1 {
			t.Errorf("hit ratio %v, answers %v", run.HitRatio, run.Statuses)
		}
	}
	var times []int
	for _, n := range seen {
		times = append(times, n)
	}
	slices.Sort(times)
	if diff := cmp.Diff([]int{1, 1, 2, 2}, times); diff != "" {
		t.Errorf("asked for %v, want two probes, and two keys twice", seen)
	}
}

// A program that has been started and does not answer yet is told from one that is not there.
func TestProbeOfASlowStart(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stop }))
	defer server.Close()
	defer close(stop)
	a := attack(t, AttackConfig{Target: server.URL}, nil)
	a.patience = 100 * time.Millisecond
	if err := a.Probe("page:1"); err == nil || !strings.Contains(err.Error(), "has not answered within 100ms: start it and wait until it is ready") {
		t.Errorf("said %v", err)
	}
}

// A key may be in the body alone, and is cold there as well.
func TestAttackPutsKeysIntoBodies(t *testing.T) {
	asked := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked <- r.URL.Path + " " + string(body)
	}))
	defer server.Close()
	a := attack(t, AttackConfig{Target: server.URL + "/graphql", Method: http.MethodPost, Body: `{"id": "{key}", "n": {number}}`}, nil)
	if err := a.Warm([]string{"page:7"}); err != nil {
		t.Fatal(err)
	}
	if got, want := <-asked, `/graphql {"id": "page:7-`+a.word+`", "n": 7}`; got != want {
		t.Errorf("asked for %s, want %s", got, want)
	}
}
