package front_test

import (
	"fmt"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/live/front"
	model "github.com/herdlab/herdlab/internal/world/front"
)

// crowd asks for one page so many times at once.
func crowd(t *testing.T, f *front.Front, n int, uri string) (replies []reply) {
	var all sync.WaitGroup
	var mu sync.Mutex
	for range n {
		all.Go(func() {
			r := ask(t, f, "GET", "www.example.com", uri)
			mu.Lock()
			defer mu.Unlock()
			replies = append(replies, r)
		})
	}
	all.Wait()
	return replies
}

// slow is an application that takes its time, and says how long its page is good
// for.
func slow(calls *atomic.Int64, takes time.Duration, control string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		n := calls.Add(1)
		time.Sleep(takes)
		w.Header().Set("Cache-Control", control)
		fmt.Fprintf(w, "page %d", n)
	}
}

// With the lock one goes to the application; the others look every 500 ms, and so
// have the page at the first look after it is there. When it is too old, one
// renews it and the others have the old one, within the grace.
func TestLockAndGrace(t *testing.T) {
	addr, _ := listener(t)
	cfg := defaults()
	cfg.Fallback.Lock = true
	var calls atomic.Int64
	f := start(t, cfg, addr, slow(&calls, 300*time.Millisecond, "max-age=1, stale-while-revalidate=60"))
	waited := 0
	for _, r := range crowd(t, f, 8, "/page") {
		if r.body != "page 1" {
			t.Errorf("served %+v", r)
		}
		if r.said.Own == "HIT" {
			waited++
			if r.said.Waited < 450*time.Millisecond || r.took > 2*time.Second {
				t.Errorf("one who waited: %+v", r)
			}
		}
	}
	if calls.Load() != 1 || waited != 7 {
		t.Errorf("%d calls, %d waited; want 1 and 7", calls.Load(), waited)
	}
	if r := ask(t, f, "GET", "www.example.com", "/page"); r.said.Own != "HIT" || r.said.Waited > 400*time.Millisecond {
		t.Errorf("while it is good: %+v", r)
	}
	time.Sleep(2100 * time.Millisecond) // nginx counts in seconds: 1 s ends within 2
	stale := 0
	for _, r := range crowd(t, f, 8, "/page") {
		switch r.said.Own {
		case "UPDATING":
			stale++
			if r.body != "page 1" || r.said.Waited > 200*time.Millisecond {
				t.Errorf("an old page: %+v", r)
			}
		case "EXPIRED", "HIT":
		default:
			t.Errorf("a page too old: %+v", r)
		}
	}
	if calls.Load() != 2 || stale < 5 {
		t.Errorf("%d calls, %d had the old page; want 2 and 7", calls.Load(), stale)
	}
}

// While the application fails, the old page is served, to the one who asked for a
// new one, too.
func TestGraceOverFailures(t *testing.T) {
	addr, _ := listener(t)
	cfg := defaults()
	cfg.Fallback.Lock, cfg.Fallback.Grace = true, time.Minute
	var calls atomic.Int64
	f := start(t, cfg, addr, func(w http.ResponseWriter, r *http.Request) {
		if calls.Load() == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		slow(&calls, 0, "max-age=1, stale-while-revalidate=60")(w, r)
	})
	ask(t, f, "GET", "www.example.com", "/page")
	time.Sleep(2100 * time.Millisecond)
	if r := ask(t, f, "GET", "www.example.com", "/page"); r.body != "page 1" || r.said.Own != "STALE" {
		t.Errorf("from an application that fails: %+v", r)
	}
	if r := ask(t, f, "GET", "www.example.com", "/other"); r.status != http.StatusServiceUnavailable {
		t.Errorf("a page that never was: %+v", r)
	}
}

// Without it, all go.
func TestNoLock(t *testing.T) {
	addr, _ := listener(t)
	var calls atomic.Int64
	f := start(t, defaults(), addr, slow(&calls, 300*time.Millisecond, "max-age=1"))
	crowd(t, f, 8, "/page")
	if calls.Load() != 8 {
		t.Errorf("%d calls, want 8", calls.Load())
	}
}

// Who waits for longer than the lock's time-out goes, too.
func TestLockTimeout(t *testing.T) {
	addr, _ := listener(t)
	cfg := defaults()
	cfg.Fallback.Lock, cfg.Fallback.LockTimeout = true, 200*time.Millisecond
	var calls atomic.Int64
	f := start(t, cfg, addr, slow(&calls, time.Second, "max-age=1"))
	crowd(t, f, 4, "/page")
	if calls.Load() != 4 {
		t.Errorf("%d calls, want 4", calls.Load())
	}
}

// Who is signed in goes past the cache, until somebody makes a mistake.
func TestSessions(t *testing.T) {
	addr, _ := listener(t)
	f := start(t, defaults(), addr, fromTheApplication)
	cookie := model.SessionCookie + "=7"
	asked := func(cookies ...string) bool { return ask(t, f, "GET", "www.example.com", "/page", cookies...).asked }
	for _, c := range []struct {
		mistake, nobody, somebody bool
	}{{false, true, false}, {true, true, true}, {true, true, true}, {false, true, false}, {false, true, false}} {
		if err := f.CacheSessions(c.mistake); err != nil {
			t.Fatal(err)
		}
		if got := [2]bool{asked(), asked(cookie)}; got != [2]bool{c.nobody, c.somebody} {
			t.Errorf("with the mistake %v, nginx asks the cache for nobody and for somebody: %v", c.mistake, got)
		}
	}
	if got := ask(t, f, "POST", "www.example.com", "/page", cookie); got.status != 200 {
		t.Errorf("a POST of somebody's: %+v", got)
	}
	if got := ask(t, f, "POST", "www.example.com", "/page"); got.status != 405 {
		t.Errorf("a POST of nobody's: %+v", got)
	}
}

// Requests that wait use connections up, and then there is nobody to talk to.
func TestConnectionsRunOut(t *testing.T) {
	n := memcached(t)
	cfg := defaults()
	cfg.Connections, cfg.Timeout = 16, 3*time.Second
	f := start(t, cfg, n.Addr, fromTheApplication)
	if err := n.Hang(); err != nil {
		t.Fatal(err)
	}
	var refused atomic.Int64
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			resp, err := http.Get(fmt.Sprintf("%s/%d", f.URL, i))
			if err != nil {
				refused.Add(1)
				return
			}
			resp.Body.Close()
			if resp.StatusCode == http.StatusInternalServerError {
				refused.Add(1)
			}
		})
	}
	all.Wait()
	if got := refused.Load(); got < 16 || got > 26 {
		t.Errorf("%d of 32 found no connection, want about 24, since a request takes two of 16", got)
	}
}

// It is gone when it is closed, with its directory.
func TestClose(t *testing.T) {
	addr, _ := listener(t)
	f := start(t, defaults(), addr, fromTheApplication)
	dir := f.Dir()
	if err := f.Alive(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if _, err := http.Get(f.URL.String()); err == nil || f.Alive() == nil {
		t.Error("it answers after it was closed")
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("its directory is still there: %v", err)
	}
}
