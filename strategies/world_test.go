package strategies_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

var background = context.Background()

// world is a small fleet for tests: a server with values and locks, an origin,
// and a clock, which is the wall's in a bubble or a virtual one.
type world struct {
	clock.Clock
	cancellable func(context.Context) (context.Context, context.CancelFunc)
	begun       time.Time
	seed        uint64

	server *server
	origin *origin
	log    func(format string, args ...any)
}

// onBothClocks runs the test in virtual time and on the wall clock.
func onBothClocks(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Run("sim", func(t *testing.T) {
		s := sim.New()
		w := newWorld(s, s.WithCancel)
		if err := s.Run(func() { test(t, w) }); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("wall", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			wall := clock.NewWall()
			w := newWorld(wall, context.WithCancel)
			_ = wall.Run(func() { test(t, w) })
		})
	})
}

// onSim runs the test in virtual time.
func onSim(t testing.TB, test func(w *world)) {
	t.Helper()
	s := sim.New()
	w := newWorld(s, s.WithCancel)
	if err := s.Run(func() { test(w) }); err != nil {
		t.Fatal(err)
	}
}

func newWorld(c clock.Clock, cancellable func(context.Context) (context.Context, context.CancelFunc)) *world {
	w := &world{Clock: c, cancellable: cancellable, begun: c.Now(), seed: 1, log: func(string, ...any) {}}
	w.server = &server{world: w, rtt: time.Millisecond, entries: map[string]kept{}, locks: map[string]lock{}, leases: map[string]leased{}}
	w.origin = &origin{world: w, takes: 50 * time.Millisecond, versions: map[string]uint64{}, under: map[string]int{}}
	return w
}

func (w *world) elapsed() time.Duration { return w.Now().Sub(w.begun) }

// WithCancel is a context that the clock can cancel.
func (w *world) WithCancel(ctx context.Context) (context.Context, context.CancelFunc) {
	return w.cancellable(ctx)
}

func (w *world) sleep(d time.Duration) { _ = w.Sleep(background, d) }

func (w *world) rand() *rand.Rand {
	w.seed++
	return rand.New(rand.NewPCG(w.seed, 0))
}

func (w *world) runtime() strategies.Runtime {
	return strategies.Runtime{Clock: w, Rand: w.rand()}
}

// written is the value of a write, as a load of that version has it.
func written(key string, version uint64) strategies.Value {
	return strategies.Value{Data: fmt.Appendf(nil, "%s v%d", key, version), Version: version}
}

// together runs n functions at the same time and returns when all have ended.
func (w *world) together(n int, f func(i int)) {
	var mu sync.Mutex
	left := n
	ended := w.NewEvent("everybody's end")
	for i := range n {
		w.Go("caller", func() {
			defer func() {
				mu.Lock()
				defer mu.Unlock()
				if left--; left == 0 {
					ended.Set()
				}
			}()
			f(i)
		})
	}
	if n > 0 {
		_ = ended.Wait(background, clock.Forever)
	}
}

// server keeps values and locks, each until its time is over.
type server struct {
	world *world
	rtt   time.Duration

	mu      sync.Mutex
	entries map[string]kept
	locks   map[string]lock
	leases  map[string]leased
	hoards  bool                  // it keeps values for longer than it was told to
	fault   func(op string) error // makes an operation fail, after its round trip
	seen    func(op, what string) // is told of every operation
	sets    map[string][]uint64   // versions stored, by key, if not nil
}

type kept struct {
	entry strategies.Entry
	until time.Time
}

type lock struct {
	token string
	until time.Time
}

// locked is the number of locks and leases held.
func (s *server) locked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, l := range s.locks {
		if s.world.Now().Before(l.until) {
			n++
		}
	}
	for _, l := range s.leases {
		if l.token != "" {
			n++
		}
	}
	return n
}

// client is a box's connection to the server.
type client struct {
	server *server
	box    string
	slow   time.Duration // beyond the server's round trip
	dead   bool          // the box crashed: what it still does reaches nobody
}

var errCrashed = errors.New("the box has crashed")

// do is one operation: a round trip with its effect in the middle, so that one
// who gives up may not know whether it was done.
func (c *client) do(ctx context.Context, op, key string, effect func() string) error {
	half := (c.server.rtt + c.slow) / 2
	if err := c.server.world.Sleep(ctx, half); err != nil {
		return err
	}
	if err := c.act(op, key, effect); err != nil {
		return err
	}
	return c.server.world.Sleep(ctx, half)
}

func (c *client) act(op, key string, effect func() string) error {
	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.dead {
		return errCrashed
	}
	if s.fault != nil {
		if err := s.fault(op); err != nil {
			return err
		}
	}
	what := effect()
	if s.seen != nil {
		s.seen(op, strings.TrimSpace(fmt.Sprintf("%s %s %s, %s", c.box, op, key, what)))
	}
	return nil
}

func (c *client) Get(ctx context.Context, key string) (e strategies.Entry, ok bool, err error) {
	err = c.do(ctx, "get", key, func() string {
		if e, ok = c.there(key); ok {
			return string(e.Data)
		}
		return "nothing"
	})
	return e, ok, err
}

func (c *client) put(ctx context.Context, key string, e strategies.Entry, ttl time.Duration, newer bool) (stored bool, err error) {
	err = c.do(ctx, "set", key, func() string {
		now := c.server.world.Now()
		if old, ok := c.server.entries[key]; newer && ok && now.Before(old.until) && old.entry.Version > e.Version {
			return string(e.Data) + " refused, " + string(old.entry.Data) + " is newer"
		}
		stored = true
		return c.keep(key, e, ttl)
	})
	return stored, err
}

// keep stores e and ends the lease of key.
func (c *client) keep(key string, e strategies.Entry, ttl time.Duration) string {
	if ttl == 0 {
		ttl = 100 * 365 * 24 * time.Hour
	}
	c.server.entries[key] = kept{e, c.server.world.Now().Add(ttl)}
	delete(c.server.leases, key)
	if c.server.sets != nil {
		c.server.sets[key] = append(c.server.sets[key], e.Version)
	}
	return string(e.Data)
}

func (c *client) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	_, err := c.put(ctx, key, e, ttl, false)
	return err
}

func (c *client) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return c.put(ctx, key, e, ttl, true)
}

func (c *client) Delete(ctx context.Context, key string) error {
	return c.do(ctx, "delete", key, func() string {
		delete(c.server.entries, key)
		delete(c.server.leases, key)
		return "done"
	})
}

func (c *client) holder(key string) string {
	if l := c.server.locks[key]; c.server.world.Now().Before(l.until) {
		return l.token
	}
	return ""
}

func (c *client) TryLock(ctx context.Context, key, token string, ttl time.Duration) (got bool, err error) {
	err = c.do(ctx, "lock", key, func() string {
		if c.holder(key) != "" {
			return "taken by another"
		}
		c.server.locks[key] = lock{token, c.server.world.Now().Add(ttl)}
		got = true
		return "got it"
	})
	return got, err
}

func (c *client) Unlock(ctx context.Context, key, token string) (held bool, err error) {
	err = c.do(ctx, "unlock", key, func() string {
		if held = c.holder(key) == token; held {
			delete(c.server.locks, key)
			return "freed"
		}
		return "it was lost"
	})
	return held, err
}

func (c *client) Extend(ctx context.Context, key, token string, ttl time.Duration) (held bool, err error) {
	err = c.do(ctx, "extend", key, func() string {
		if held = c.holder(key) == token; held {
			c.server.locks[key] = lock{token, c.server.world.Now().Add(ttl)}
			return "prolonged"
		}
		return "it was lost"
	})
	return held, err
}

// plainStore hides what a store can do beyond Store.
type plainStore struct{ strategies.Store }

// origin computes values: "key v3" is the third version of key.
type origin struct {
	world *world
	takes time.Duration // a load

	mu       sync.Mutex
	act      func(key string, n int) (time.Duration, error) // the n-th load, from 1; nil takes "takes" and succeeds
	versions map[string]uint64
	loads    int
	under    map[string]int // loads under way
	herd     int            // most of one key
}

func (o *origin) Load(ctx context.Context, key string) (strategies.Value, error) {
	o.mu.Lock()
	o.loads++
	n, version, takes := o.loads, o.versions[key]+1, o.takes
	o.under[key]++
	o.herd = max(o.herd, o.under[key])
	var err error
	if o.act != nil {
		takes, err = o.act(key, n)
	}
	o.mu.Unlock()
	defer func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.under[key]--
	}()
	if cancelled := o.world.Sleep(ctx, takes); cancelled != nil {
		return strategies.Value{}, cancelled
	}
	if errors.Is(err, errPanic) {
		panic(errPanic)
	}
	if err != nil {
		return strategies.Value{}, err
	}
	return strategies.Value{Data: fmt.Appendf(nil, "%s v%d", key, version), Version: version}, nil
}

func (o *origin) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.loads
}

// write commits a new version of key.
func (o *origin) write(key string) uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.versions[key]++
	return o.versions[key] + 1
}

var (
	errPanic  = errors.New("a bug in the loader")
	errOrigin = errors.New("the database is away")
	errCache  = errors.New("the cache is away")
)
