// Package origin has real origins: what a cache protects, outside of the model.
//
// Three of them compute values as [strategies.Loader]:
//
//   - [SQL] asks a database, SQLite or PostgreSQL, for an author's ten best-selling
//     books. The query is real, and slow because the table has no index for it.
//   - [HTTP] asks any HTTP server.
//   - [Observe] puts a counter such as [Herds] in front of either.
//
// [Serve] is the other end of HTTP: the modelled origin of internal/world behind
// a socket, slow on purpose, which counts the herds that reach it.
package origin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	model "github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// ServerConfig is the origin that [Serve] serves.
type ServerConfig struct {
	Origin model.Config // latency, concurrency, queue, errors
	Seed   uint64       // of latencies and errors
	Bytes  int          // of a value; the key is in it in any case; default 2048

	Header http.Header // of a value that is read, such as Cache-Control for HTTP caches

	// ETag has every value have one, so that an HTTP cache may ask whether it is still good;
	// the model has no such questions.
	ETag bool

	// Own has the origin keep its settings where an attack would give it those of its
	// scenario.
	Own bool
}

func (c ServerConfig) validate() error {
	o := c.Origin
	switch {
	case c.Bytes < 0:
		return fmt.Errorf("a value cannot have %d bytes: give 1 or more", c.Bytes)
	case o.Concurrency < 0 || o.Queue < 0 || o.Write < 0 || o.Degrade < 0:
		return errors.New("the origin's concurrency, queue, write and degrade cannot be negative: give 0 for none")
	case !(o.Errors >= 0 && o.Errors <= 1):
		return fmt.Errorf("%v is no share of failing loads: give 0 to 1", o.Errors)
	}
	return o.Latency.Validate()
}

// Serve answers requests on listener from a modelled origin until ctx is cancelled,
// and closes it. What is under way then is answered with status 503.
//
//	GET  /KEY          the value of KEY, its version in X-Version, and an ETag where that is
//	                   wanted; 304 for one that If-None-Match has, which takes a load, too
//	HEAD /KEY          as GET, without the value
//	POST /KEY          commits a new version
//	OPTIONS, HEAD /    204: for health checks
//	GET  /-/settings   the latency and limits in force, as a scenario writes fleet.origin
//	POST /-/settings   others, in the same form, unless it keeps its own; both answer with those in force
//	POST /-/state      the faults in force ([fault.OriginState] as JSON), until a reset
//	GET  /-/stats      [HerdStats] as JSON
//	POST /-/reset      begins to count anew
//	GET  /-/health     200
//	GET  /-/metrics    the statistics in Prometheus's text format
//
// A key is one segment of a path, escaped; or a whole path with its query. A load that its client leaves goes on, as a
// query of a database does. Failing loads have status 500, those that found the queue
// full 503.
func Serve(ctx context.Context, listener net.Listener, cfg ServerConfig) error {
	o, err := newServer(ctx, cfg)
	if err != nil {
		listener.Close()
		return err
	}
	server := &http.Server{Handler: o.routes(), ReadHeaderTimeout: 10 * time.Second}
	closed := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(closed)
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownLimit)
		defer cancel()
		if server.Shutdown(limit) != nil {
			server.Close()
		}
	})
	if err := server.Serve(listener); ctx.Err() == nil {
		return fmt.Errorf("the origin's server ended: %w", err)
	}
	<-closed
	return nil
}

// shutdownLimit is for answers to reach clients that are slow to read.
const shutdownLimit = 2 * time.Second

// server is the modelled origin behind HTTP.
type server struct {
	ctx    context.Context // of Serve: the end of all loads
	cfg    ServerConfig
	herds  Herds
	mu     sync.Mutex // of the settings and of what is drawn for them
	random *rand.Rand
	origin atomic.Pointer[model.Origin]
}

func newServer(ctx context.Context, cfg ServerConfig) (*server, error) {
	cfg.Bytes = cmp.Or(cfg.Bytes, 2048)
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	s := &server{ctx: ctx, cfg: cfg, random: rand.New(rand.NewPCG(cfg.Seed, 0))}
	s.use(cfg.Origin)
	return s, nil
}

// use has an origin with such settings, and without faults, take the loads from now on. Those under way
// end at the one that they asked.
func (s *server) use(cfg model.Config) {
	// The modelled value is of zeros; value makes one that has its key in it.
	empty := func(string) int { return 0 }
	s.origin.Store(model.New(clock.NewWall(), cfg, s.random, empty, &s.herds))
}

func (s *server) routes() http.Handler {
	about := http.NewServeMux()
	about.HandleFunc("GET /-/health", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	about.HandleFunc("POST /-/reset", func(http.ResponseWriter, *http.Request) {
		s.change(fault.OriginState{Factor: 1})
		s.herds.Reset()
	})
	about.HandleFunc("GET /-/settings", func(w http.ResponseWriter, _ *http.Request) { s.tellSettings(w) })
	about.HandleFunc("POST /-/settings", s.takeSettings)
	about.HandleFunc("POST /-/state", s.takeState)
	about.HandleFunc("GET /-/metrics", s.metrics)
	about.HandleFunc("GET /-/stats", s.stats)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := keyOf(r.URL)
		switch {
		case strings.HasPrefix(r.URL.EscapedPath(), "/-/"):
			about.ServeHTTP(w, r)
		case key == "/" && (r.Method == http.MethodHead || r.Method == http.MethodOptions):
			w.WriteHeader(http.StatusNoContent)
		case r.Method == http.MethodGet, r.Method == http.MethodHead:
			s.read(w, r, key)
		case r.Method == http.MethodPost:
			version, err := s.origin.Load().Write(s.ctx, key)
			answer(w, strategies.Value{Version: version}, err)
		default:
			w.Header().Set("Allow", "GET, HEAD, POST")
			http.Error(w, "a key is read with GET and written with POST", http.StatusMethodNotAllowed)
		}
	})
}

// keyOf is what an address asks for: the only segment of its path, unescaped, or the whole
// of a longer path and a query, as it was sent. Two of those are two pages to any cache.
func keyOf(u *url.URL) string {
	// A ServeMux takes the key "/", escaped, for the end of a path.
	segment := strings.TrimPrefix(u.EscapedPath(), "/")
	key, err := url.PathUnescape(segment)
	if err != nil || segment == "" || strings.Contains(segment, "/") || u.RawQuery != "" {
		return u.RequestURI()
	}
	return key
}

// read answers with the value of a key. Whoever has it already is spared the bytes, and the origin
// nothing: what a page takes is known when it is made.
func (s *server) read(w http.ResponseWriter, r *http.Request, key string) {
	v, err := s.origin.Load().Load(s.ctx, key)
	v.Data = value(key, s.cfg.Bytes)
	if errors.Is(err, model.ErrInvalid) { // an answer in time and without an error, of no use
		v, err = strategies.Value{}, nil
	}
	if err != nil {
		answer(w, v, err)
		return
	}
	maps.Copy(w.Header(), s.cfg.Header)
	if s.cfg.ETag {
		w.Header().Set("ETag", etag(v.Version))
		if matches(r, etag(v.Version)) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	answer(w, v, nil)
}

// answer sends a value, or why there is none.
func answer(w http.ResponseWriter, v strategies.Value, err error) {
	switch {
	case errors.Is(err, model.ErrFailed):
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case err != nil:
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	default:
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set(versionHeader, strconv.FormatUint(v.Version, 10))
		w.Write(v.Data)
	}
}

// value is the key, a line feed, and dots up to n bytes.
func value(key string, n int) []byte {
	data := append([]byte(key), '\n')
	for len(data) < n {
		data = append(data, '.')
	}
	return data
}

func (s *server) stats(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.Encode(s.herds.Stats())
}

// metrics writes version 0.0.4 of Prometheus's exposition format:
// https://prometheus.io/docs/instrumenting/exposition_formats/
func (s *server) metrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	stats := s.herds.Stats()
	for _, m := range []struct {
		name, kind, help string
		value            int64
	}{
		{"computes_total", "counter", "Loads begun.", stats.Computes},
		{"duplicate_computes_total", "counter", "Loads begun while another of their key was under way.", stats.DuplicateComputes},
		{"herd_peak", "gauge", "Most loads of one key at once.", stats.HerdPeak},
		{"in_flight", "gauge", "Loads under way.", stats.InFlight},
		{"in_flight_peak", "gauge", "Most loads at once.", stats.InFlightPeak},
	} {
		name := "herdlab_origin_" + m.name
		fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n%s %d\n", name, m.help, name, m.kind, name, m.value)
	}
}

// Listen opens an address for Serve: host:port, :port or a port, of the loopback
// interface where no host is given. Port 0 is a free one.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	if _, err := strconv.ParseUint(address, 10, 16); err == nil {
		address = ":" + address
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("the address to listen on, %q, is not host:port: give a port, as in 127.0.0.1:8080", address)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", net.JoinHostPort(host, port), errors.Unwrap(err))
	}
	return listener, nil
}
