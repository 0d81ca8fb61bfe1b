package front_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/live/engine"
	"github.com/herdlab/herdlab/internal/live/front"
	model "github.com/herdlab/herdlab/internal/world/front"
	"github.com/herdlab/herdlab/strategies/pagekey"
)

// defaults are those of a scenario.
func defaults() model.Config {
	return model.Config{
		Connections: 512, Timeout: 60 * time.Second, Posts: "refuse", Sessions: "bypass", Scheme: "http", Host: "www.example.com",
		Fallback: model.Fallback{Keep: time.Second, LockTimeout: 5 * time.Second, LockAge: 5 * time.Second},
	}
}

// start starts an nginx before a cache and an application.
func start(t *testing.T, cfg model.Config, cache string, app http.HandlerFunc) *front.Front {
	t.Helper()
	s := httptest.NewServer(app)
	t.Cleanup(s.Close)
	f, err := front.Start(context.Background(), front.Config{Front: cfg, Policy: "round-robin", Cache: cache, Boxes: []*url.URL{{Host: s.Listener.Addr().String()}}})
	if errors.Is(err, engine.ErrNotInstalled) {
		t.Skip("NGINX IS NOT INSTALLED: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// reply is an answer, read.
type reply struct {
	status int
	body   string
	said   front.Said
	asked  bool
	took   time.Duration
}

func ask(t *testing.T, f *front.Front, method, host, uri string, cookies ...string) reply {
	t.Helper()
	r, err := http.NewRequest(method, f.URL.String()+uri, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	if len(cookies) > 0 {
		r.Header.Set("Cookie", cookies[0])
	}
	begun := time.Now()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	said, asked := front.Read(resp.Header.Get(front.Header))
	return reply{resp.StatusCode, string(body), said, asked, time.Since(begun)}
}

func fromTheApplication(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "the application: %s %s of %s", r.Method, r.RequestURI, r.Host)
}

// listener is a memcached that has nothing, and tells what it was asked for.
func listener(t *testing.T) (addr string, asked func() []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	var mu sync.Mutex
	var list []string
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for r := bufio.NewScanner(conn); r.Scan(); {
					mu.Lock()
					list = append(list, r.Text())
					mu.Unlock()
					if _, err := io.WriteString(conn, "END\r\n"); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String(), func() []string {
		mu.Lock()
		defer mu.Unlock()
		asked := list
		list = nil
		return asked
	}
}

// nginx asks for what package pagekey says, to the byte, for every way to make a
// key and for addresses of all kinds.
func TestKeysAreNginxs(t *testing.T) {
	addr, asked := listener(t)
	for _, how := range []pagekey.Config{
		{}, {Prefix: ":1:"}, {Scheme: true}, {Port: true}, {Query: pagekey.Drop}, {User: true},
		{Prefix: "site:7:", Scheme: true, Port: true, Query: pagekey.Drop, User: true},
	} {
		cfg := defaults()
		cfg.Key, cfg.Sessions = how, "cache"
		f := start(t, cfg, addr, fromTheApplication)
		for _, host := range []string{"www.pcgamer.com", "WWW.PCGamer.com:8080", "www.example.com.", "127.0.0.1:80", "[::1]:8080"} {
			for _, uri := range []string{"/page:1", "/", "/a/b", "/page:1?page=2", "/page:1?", "/page:1?b=2&a=1&utm_source=x", "/%C3%A4%20b%2Fc?q=%C3%A4", "/a//b/../c"} {
				if uri == "/" {
					continue // a bystander's
				}
				for _, user := range []string{"", "42"} {
					cookie := ""
					if user != "" {
						cookie = model.SessionCookie + "=" + user
					}
					ask(t, f, http.MethodGet, host, uri, cookie)
					want := "get " + how.Key(pagekey.Request{Scheme: "http", Host: host, URI: uri, User: user})
					if got := asked(); len(got) != 1 || got[0] != want {
						t.Errorf("%+v: for %s%s of %q nginx asked %q, want %q", how, host, uri, user, got, want)
					}
				}
			}
		}
		f.Close()
	}
}

// memcached starts one, or skips the test.
func memcached(t *testing.T) *engine.Node {
	t.Helper()
	n, err := engine.Memcached(context.Background(), engine.Config{})
	if errors.Is(err, engine.ErrNotInstalled) {
		t.Skip("MEMCACHED IS NOT INSTALLED: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	return n
}

// put stores a page as an application does.
func put(t *testing.T, n *engine.Node, key, page string) {
	t.Helper()
	conn, err := net.Dial("tcp", n.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "set %s 0 60 %d\r\n%s\r\n", key, len(page), page)
	if line, err := bufio.NewReader(conn).ReadString('\n'); line != "STORED\r\n" {
		t.Fatalf("set says %q, %v", line, err)
	}
}

// What is in memcached is served from there, as it is; what is not comes from the
// application; a POST is refused, and passed on where the configuration says so.
func TestHitMissAndPost(t *testing.T) {
	n := memcached(t)
	f := start(t, defaults(), n.Addr, fromTheApplication)
	page := strings.Repeat("<p>stored</p>\r\nEND\r\n", 3000)
	put(t, n, defaults().Key.Key(pagekey.Request{Host: "www.example.com", URI: "/there"}), page)
	if got := ask(t, f, "GET", "www.example.com", "/there"); got.status != 200 || got.body != page || !got.said.Hit || got.said.Cache != 200 {
		t.Errorf("a hit: %d, %d bytes, nginx said %+v", got.status, len(got.body), got.said)
	}
	if got := ask(t, f, "HEAD", "www.example.com", "/there"); got.status != 200 || !got.said.Hit {
		t.Errorf("a HEAD: %+v", got)
	}
	if got := ask(t, f, "GET", "www.example.com", "/missing"); got.body != "the application: GET /missing of www.example.com" || got.said.Hit || got.said.Cache != 404 {
		t.Errorf("a miss: %+v", got)
	}
	if got := ask(t, f, "POST", "www.example.com", "/there"); got.status != 405 {
		t.Errorf("a POST: %+v", got)
	}
	if got := ask(t, f, "GET", "www.example.com", "/"); got.body != "the application: GET / of www.example.com" || got.asked {
		t.Errorf("a bystander: %+v", got)
	}
	cfg := defaults()
	cfg.Posts = "pass"
	f = start(t, cfg, n.Addr, fromTheApplication)
	if got := ask(t, f, "POST", "www.example.com", "/there"); got.body != "the application: POST /there of www.example.com" || got.asked {
		t.Errorf("a POST that is passed on: %+v", got)
	}
}

// A memcached that is dead refuses at once, and one that hangs costs the time-out;
// the application answers. One that goes on answers in time.
func TestDeadAndHanging(t *testing.T) {
	n := memcached(t)
	cfg := defaults()
	cfg.Timeout = 200 * time.Millisecond
	f := start(t, cfg, n.Addr, fromTheApplication)
	ask(t, f, "GET", "www.example.com", "/a") // a connection that stays
	if err := n.Hang(); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, f, "GET", "www.example.com", "/a"); got.status != 200 || got.said.Cache != 504 || got.took < 200*time.Millisecond {
		t.Errorf("with one that hangs: %+v", got)
	}
	if err := n.Wake(); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, f, "GET", "www.example.com", "/a"); got.said.Cache != 404 {
		t.Errorf("with one that goes on: %+v", got)
	}
	n.Kill()
	if got := ask(t, f, "GET", "www.example.com", "/a"); got.status != 200 || got.said.Cache != 502 || got.took > 200*time.Millisecond {
		t.Errorf("with a dead one: %+v", got)
	}
	if err := n.Restart(); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, f, "GET", "www.example.com", "/a"); got.said.Cache != 404 {
		t.Errorf("with one that is back: %+v", got)
	}

	patient := start(t, defaults(), n.Addr, fromTheApplication)
	put(t, n, defaults().Key.Key(pagekey.Request{Host: "www.example.com", URI: "/a"}), "stored")
	if err := n.Hang(); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(300*time.Millisecond, func() { _ = n.Wake() })
	if got := ask(t, patient, "GET", "www.example.com", "/a"); got.body != "stored" || got.took < 250*time.Millisecond {
		t.Errorf("with nginx's own patience: %+v", got)
	}
}
