package cached_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/cached"
	"github.com/herdlab/herdlab/strategies/clock"
	"github.com/herdlab/herdlab/strategies/stores/memory"
)

var background = context.Background()

type user struct {
	ID      int
	Version int64
}

// origin is users, each with a version that goes up, and a count of the loads.
type origin struct {
	version atomic.Int64
	loads   atomic.Int64
	missing atomic.Bool
	during  func(ctx context.Context)
}

func (o *origin) load(ctx context.Context, id int) (user, error) {
	o.loads.Add(1)
	v := o.version.Load()
	if o.during != nil {
		o.during(ctx)
	}
	if o.missing.Load() {
		return user{}, fmt.Errorf("user %d: %w", id, cached.ErrNotFound)
	}
	return user{id, v}, nil
}

// later is a wall clock that tests set forward.
type later struct {
	*clock.Wall
	by atomic.Int64
}

func newLater() *later               { return &later{Wall: clock.NewWall()} }
func (l *later) Now() time.Time      { return l.Wall.Now().Add(time.Duration(l.by.Load())) }
func (l *later) add(d time.Duration) { l.by.Add(int64(d)) }

// Since is part of the clock, and so goes by its Now.
func (l *later) Since(t time.Time) time.Duration { return l.Now().Sub(t) }

func newFunc(t testing.TB, store strategies.Store, o *origin, opts cached.Options) *cached.Func[int, user] {
	t.Helper()
	f, err := cached.New(store, "user", o.load, opts)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// wants fails unless f has id at a version after some loads in all.
func wants(t testing.TB, what string, f *cached.Func[int, user], o *origin, version, loads int64, options ...cached.Option) {
	t.Helper()
	got, err := f.Get(background, 7, options...)
	if err != nil || got != (user{7, version}) || o.loads.Load() != loads {
		t.Errorf("%s: %+v, %v after %d loads; want version %d after %d", what, got, err, o.loads.Load(), version, loads)
	}
}

func TestGet(t *testing.T) {
	for name, opts := range map[string]cached.Options{
		"JSON": {}, "gob": {Codec: cached.Gob{}}, "local": {Local: time.Minute},
		"naive": {Strategy: func(s strategies.Store, load strategies.Loader) (strategies.Strategy, error) {
			return strategies.NewNaive(s, load, strategies.NaiveConfig{TTL: time.Hour})
		}},
		"leased": {Strategy: func(s strategies.Store, load strategies.Loader) (strategies.Strategy, error) {
			return strategies.NewLeased(s, load, strategies.LeaseConfig{TTL: time.Hour})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o, store := new(origin), memory.New(memory.Config{})
			f := newFunc(t, store, o, opts)
			wants(t, "a miss", f, o, 0, 1)
			wants(t, "a hit", f, o, 0, 1)
			wants(t, "a hit of another box", newFunc(t, store, o, opts), o, 0, 1)
			o.version.Add(1)
			wants(t, "bypass", f, o, 1, 2, cached.Bypass())
			wants(t, "a hit after bypass", f, o, 0, 2)
			wants(t, "refresh", f, o, 1, 3, cached.Refresh())
			wants(t, "a hit after refresh", f, o, 1, 3)
			wants(t, "young enough", f, o, 1, 3, cached.MaxAge(time.Hour))
			wants(t, "too old", f, o, 1, 4, cached.MaxAge(time.Nanosecond))
		})
	}
}

// Results of the variants, namespaces and versions are apart.
func TestApart(t *testing.T) {
	type country struct{}
	store, o := memory.New(memory.Config{}), new(origin)
	vary := func(ctx context.Context) string { c, _ := ctx.Value(country{}).(string); return c }
	for i, opts := range []cached.Options{{}, {Namespace: "other"}, {Version: 1}} {
		opts.Vary = vary
		f := newFunc(t, store, o, opts)
		for j, c := range []string{"", "NL", "DE"} {
			for range 2 {
				if _, err := f.Get(context.WithValue(background, country{}, c), 7); err != nil {
					t.Error(err)
				}
			}
			if got, want := o.loads.Load(), int64(3*i+j+1); got != want {
				t.Errorf("%+v, %q: %d loads, want %d", opts, c, got, want)
			}
		}
	}
}

func TestNotFound(t *testing.T) {
	for _, keep := range []time.Duration{0, time.Minute} {
		o, clk := new(origin), newLater()
		o.missing.Store(true)
		f := newFunc(t, memory.New(memory.Config{Now: clk.Now}), o, cached.Options{NotFound: keep, Local: time.Hour, Runtime: strategies.Runtime{Clock: clk}})
		for range 3 {
			if _, err := f.Get(background, 7); !errors.Is(err, cached.ErrNotFound) {
				t.Errorf("%v", err)
			}
		}
		want := int64(3)
		if keep > 0 {
			want = 1
		}
		if got := o.loads.Load(); got != want {
			t.Errorf("kept for %v: %d loads, want %d", keep, got, want)
		}
		o.missing.Store(false)
		clk.add(2 * time.Minute)
		wants(t, "it is there now", f, o, 0, want+1)
	}
}

// A value may end its life before the strategy does, and then one caller loads it.
func TestLife(t *testing.T) {
	o, clk := new(origin), newLater()
	o.during = func(ctx context.Context) { cached.Life(ctx, 10*time.Second) }
	f := newFunc(t, memory.New(memory.Config{Now: clk.Now}), o, cached.Options{Fresh: time.Hour, Local: time.Hour, Runtime: strategies.Runtime{Clock: clk}})
	wants(t, "a miss", f, o, 0, 1)
	o.version.Add(1)
	clk.add(9 * time.Second)
	wants(t, "alive", f, o, 0, 1)
	clk.add(time.Second)
	o.during = func(ctx context.Context) { time.Sleep(50 * time.Millisecond) }
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { wants(t, "over", f, o, 1, 2) })
	}
	all.Wait()
}

func TestPurge(t *testing.T) {
	for name, purge := range map[string]func(f *cached.Func[int, user]) error{
		"key":      func(f *cached.Func[int, user]) error { return f.Purge(background, 7) },
		"tag":      func(f *cached.Func[int, user]) error { return f.PurgeTag(background, "team") },
		"function": func(f *cached.Func[int, user]) error { return f.PurgeAll(background) },
	} {
		t.Run(name, func(t *testing.T) {
			o, clk := new(origin), newLater()
			o.during = func(ctx context.Context) { cached.Tag(ctx, "team") }
			store := memory.New(memory.Config{Now: clk.Now})
			opts := cached.Options{Fresh: time.Hour, Local: time.Minute, Runtime: strategies.Runtime{Clock: clk}}
			mine, other := newFunc(t, store, o, opts), newFunc(t, store, o, opts)
			wants(t, "a miss", mine, o, 0, 1)
			wants(t, "another box", other, o, 0, 1)
			o.version.Add(1)
			if err := purge(mine); err != nil {
				t.Fatal(err)
			}
			wants(t, "the box that purged", mine, o, 1, 2)
			wants(t, "a box with a copy", other, o, 0, 2)
			clk.add(time.Minute + time.Second)
			wants(t, "when that is over", other, o, 1, 2)
		})
	}
}

// A load that began before a purge and ends after it stores nothing that the box serves.
func TestPurgeWhileLoading(t *testing.T) {
	for _, local := range []time.Duration{0, time.Hour} {
		o := new(origin)
		f := newFunc(t, memory.New(memory.Config{}), o, cached.Options{Local: local})
		reading, written := make(chan struct{}), make(chan struct{})
		o.during = func(context.Context) { close(reading); <-written }
		var reader sync.WaitGroup
		reader.Go(func() { _, _ = f.Get(background, 7) })
		<-reading
		o.during = nil
		o.version.Add(1)
		if err := f.Purge(background, 7); err != nil {
			t.Error(err)
		}
		close(written)
		reader.Wait()
		wants(t, "after the write", f, o, 1, 2)
	}
}

// What is written through is read without a load, where the strategy stores it.
func TestPut(t *testing.T) {
	o := new(origin)
	f := newFunc(t, memory.New(memory.Config{}), o, cached.Options{Local: time.Hour, Strategy: func(s strategies.Store, load strategies.Loader) (strategies.Strategy, error) {
		return strategies.NewNaive(s, load, strategies.NaiveConfig{TTL: time.Hour, OnWrite: strategies.StoreOnWrite})
	}})
	wants(t, "a miss", f, o, 0, 1)
	if err := f.Put(background, 7, user{7, 5}, 5); err != nil {
		t.Error(err)
	}
	wants(t, "what was written", f, o, 5, 1)
}

// What another program, or a form that is older, has left is loaded anew.
func TestForeignBytes(t *testing.T) {
	o, store := new(origin), memory.New(memory.Config{})
	f := newFunc(t, store, o, cached.Options{})
	for i, data := range []string{"", "x", "v", "{}", "v\x02\x00\x00{", "v\x02\x00\x00[]"} {
		e := strategies.Entry{Value: strategies.Value{Data: []byte(data)}, Stored: strategies.At(time.Now())}
		if err := store.Set(background, ":user:0:7:", e, time.Hour); err != nil {
			t.Fatal(err)
		}
		wants(t, fmt.Sprintf("%q", data), f, o, 0, int64(i+1))
		wants(t, "then", f, o, 0, int64(i+1))
	}
}

func TestHitAllocatesNothing(t *testing.T) {
	f := newFunc(t, memory.New(memory.Config{}), new(origin), cached.Options{Local: time.Hour})
	hit := func() {
		if _, err := f.Get(background, 7); err != nil {
			t.Error(err)
		}
	}
	hit()
	if n := testing.AllocsPerRun(1000, hit); n != 0 {
		t.Errorf("%v allocations a hit", n)
	}
}

func TestHooksAndTrace(t *testing.T) {
	type id struct{}
	var heard []string
	note := func(ctx context.Context, format string, args ...any) {
		heard = append(heard, fmt.Sprintf("%v ", ctx.Value(id{}))+fmt.Sprintf(format, args...))
	}
	f := newFunc(t, memory.New(memory.Config{}), new(origin), cached.Options{Local: time.Hour, Hooks: cached.Hooks{
		Answered: func(ctx context.Context, a cached.Answer) { note(ctx, "%v %v %q", a.Level, a.Outcome, a.Key) },
		Loaded:   func(ctx context.Context, l cached.Load) { note(ctx, "load %d %v", l.Results, l.Err) },
		Stored:   func(ctx context.Context, o cached.Operation) { note(ctx, "%s %v", o.Op, o.Yes) },
	}})
	ctx, trace := cached.WithTrace(context.WithValue(background, id{}, "request"))
	for range 2 {
		if _, err := f.Get(ctx, 7); err != nil {
			t.Error(err)
		}
	}
	want := []string{"get false", "lock true", "get false", "load 1 <nil>", "set true", "unlock true", `origin computed ":user:0:7:"`, `local fresh_hit ""`}
	for i, w := range want {
		want[i] = "request " + w
	}
	if !slices.Equal(heard, want) {
		t.Errorf("%q,\nwant %q", heard, want)
	}
	if got, want := trace.CacheStatus(), `"user"; fwd=miss; stored; key=":user:0:7:", "user"; hit`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if ratio, ok := f.Stats().HitRatio(); ratio != 0.5 || !ok {
		t.Errorf("hit ratio %v, %v", ratio, ok)
	}
}

// What fails is logged, and what succeeds is not.
func TestLogged(t *testing.T) {
	var log strings.Builder
	fail := errors.New("the database is away")
	f, err := cached.New(memory.New(memory.Config{}), "user", func(_ context.Context, id int) (user, error) {
		if id == 1 {
			return user{}, fail
		}
		return user{ID: id}, nil
	}, cached.Options{Hooks: cached.Logged(slog.New(slog.NewTextHandler(&log, nil)))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Get(background, 2); err != nil || log.Len() > 0 {
		t.Errorf("%v: %s", err, &log)
	}
	if _, err := f.Get(background, 1); !errors.Is(err, fail) || !strings.Contains(log.String(), `level=ERROR msg="load failed" func=user`) {
		t.Errorf("%v: %s", err, &log)
	}
}

func TestOptionsAreRefused(t *testing.T) {
	var bad *strategies.ConfigError
	for _, err := range []error{
		second(cached.New[int, user](memory.New(memory.Config{}), "user", nil, cached.Options{})),
		second(cached.New(nil, "user", new(origin).load, cached.Options{})),
		second(cached.New(memory.New(memory.Config{}), "", new(origin).load, cached.Options{})),
		second(cached.New(memory.New(memory.Config{}), "user", new(origin).load, cached.Options{Fresh: time.Hour, TTL: time.Minute})),
	} {
		if !errors.As(err, &bad) {
			t.Error(err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// Who knows a key alone, as a publisher's worker does, can have it loaded.
func TestStrategyGoesByKeys(t *testing.T) {
	o := new(origin)
	f := newFunc(t, memory.New(memory.Config{}), o, cached.Options{})
	if err := f.Strategy().(strategies.Refresher).Refresh(background, ":user:0:7:"); err != nil {
		t.Fatal(err)
	}
	wants(t, "what was refreshed by its key", f, o, 0, 1)
}

func BenchmarkLocalHit(b *testing.B) {
	f := newFunc(b, memory.New(memory.Config{}), new(origin), cached.Options{Local: time.Hour})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			_, _ = f.Get(background, i&1023)
		}
	})
}
