// Package front runs a web server in front of the boxes, as [model.Config] has it: nginx with
// memcached_pass, the key computed by set_md5, and error_page to go on to a box; or an HTTP
// cache, nginx, Varnish, Squid or HAProxy, a file each. It is the real thing that
// internal/world/front is the model of.
package front

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/live/engine"
	model "github.com/herdlab/herdlab/internal/world/front"
)

// Config is what a front stands between, besides what its scenario says.
type Config struct {
	Front  model.Config
	Policy string // of the balancer
	Cache  string // host and port of the memcached
	Boxes  []*url.URL
}

// Front is a running web server.
type Front struct {
	URL  *url.URL // http://127.0.0.1:port
	node *engine.Node
	dir  string
}

// word stands before what a server says when it is asked who it is.
const word = "told "

// server is the program that a configuration names.
func server(ctx context.Context, cfg Config) (engine.Server, error) {
	switch cfg.Front.Cache {
	case model.UseNginx:
		return nginxServer(cfg, ""), nil
	case model.UseVarnish:
		return varnishServer(cfg), nil
	case model.UseSquid:
		return squidServer(cfg), nil
	case model.UseHAProxy:
		return haproxyServer(cfg), nil
	}
	modules, err := modules(ctx)
	return nginxServer(cfg, modules), err
}

// Start starts it on a free port of the loopback interface. It is stopped by Close,
// and when the context ends. The error is [engine.ErrNotInstalled], or what the program
// said before it ended.
func Start(ctx context.Context, cfg Config) (*Front, error) {
	s, err := server(ctx, cfg)
	if err != nil {
		return nil, err
	}
	f := new(Front)
	configure := s.Configure
	s.Configure = func(addr, dir string) string {
		f.dir = dir
		return configure(addr, dir)
	}
	if f.node, err = s.Start(ctx, engine.Config{Ready: 30 * time.Second}); err != nil { // Varnish compiles its VCL
		return nil, err
	}
	f.URL = &url.URL{Scheme: "http", Host: f.node.Addr}
	return f, nil
}

// nginxPackages are Debian's of nginx with those modules.
const nginxPackages = "nginx libnginx-mod-http-set-misc"

// modules is the directory of nginx's modules, those needed here among them.
func modules(ctx context.Context) (dir string, err error) {
	missing := func(what string) error {
		return fmt.Errorf("%s is %w: on Debian or Ubuntu, run apt-get install %s", what, engine.ErrNotInstalled, nginxPackages)
	}
	path, err := engine.Find("nginx")
	if err != nil {
		return "", missing("nginx")
	}
	said, err := exec.CommandContext(ctx, path, "-V").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s -V: %w", path, err)
	}
	found := regexp.MustCompile(`--modules-path=(\S+)`).FindSubmatch(said)
	if found == nil {
		return "", fmt.Errorf("%s -V does not say where its modules are", path)
	}
	dir = string(found[1])
	for _, name := range []string{ndk, setMisc} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return "", missing("nginx's module " + name)
		}
	}
	return dir, nil
}

// Installed says what is missing of what Start needs for a front, as an
// [engine.ErrNotInstalled].
func Installed(ctx context.Context, cfg model.Config) error {
	s, err := server(ctx, Config{Front: cfg})
	if err != nil {
		return err
	}
	if _, err := engine.Find(s.Binary); err != nil {
		return fmt.Errorf("%s is %w: on Debian or Ubuntu, run apt-get install %s", s.Binary, engine.ErrNotInstalled, s.Debian)
	}
	return nil
}

// CacheSessions has the pages of those who are signed in cached, or ends that.
// nginx sees it at the next request: it looks for a file.
func (f *Front) CacheSessions(mistake bool) error {
	flag := sessionsFlag(f.dir)
	if mistake {
		return os.WriteFile(flag, nil, 0o600)
	}
	if err := os.Remove(flag); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func sessionsFlag(dir string) string { return filepath.Join(dir, "cache-sessions") }

// Alive returns nil while it runs.
func (f *Front) Alive() error { return f.node.Alive() }

// Close stops it.
func (f *Front) Close() { f.node.Close() }

// Header is what an HTTP cache says of an answer, in nginx's words (HIT, MISS, EXPIRED, STALE,
// UPDATING). Before memcached it is what nginx says in an answer that has to do with the cache, four things
// in a row: what it heard from the cache and then from a box, as statuses; what its
// own cache of the boxes' answers did, or "hit" if it needed neither; how long the
// request took; and how long the cache and then the box.
const Header = "Herdlab-Front"

// Stale reports whether an HTTP cache says that it knew its page to have expired: in the words of Header,
// or by a warning, which is Squid's way (RFC 7234, section 5.5.1).
func Stale(h http.Header) bool {
	status := h.Get(Header)
	return status == "STALE" || status == "UPDATING" || strings.HasPrefix(h.Get("Warning"), "110 ")
}

// Said is what nginx says of an answer.
type Said struct {
	Cache  int           // the status that the cache's answer came to: 200, 404, 502 or 504
	Hit    bool          // the page is the cache's, as it was stored there
	Own    string        // nginx's own cache: HIT, MISS, EXPIRED, STALE, UPDATING; "" without
	Waited time.Duration // in all
	Asked  time.Duration // for the cache's answer; both in steps of 1 ms
}

// Read reads the header; not ok where it is not there.
func Read(header string) (s Said, ok bool) {
	parts := strings.Split(header, "|")
	if len(parts) != 4 {
		return s, false
	}
	s.Cache, _ = strconv.Atoi(first(parts[0]))
	s.Waited, s.Asked = seconds(parts[2]), seconds(first(parts[3]))
	if s.Hit = parts[1] == "hit"; !s.Hit {
		s.Own = parts[1]
	}
	return s, true
}

// first is the first of a list of nginx's, such as "404 : 200" or "502, 502 : 200".
func first(list string) string {
	word, _, _ := strings.Cut(list, " ")
	return strings.TrimSuffix(word, ",")
}

func seconds(text string) time.Duration {
	n, _ := strconv.ParseFloat(text, 64) // of an answer that did not come it is a dash
	return time.Duration(n * float64(time.Second))
}
