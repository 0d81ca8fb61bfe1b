package strategies_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/tag"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// still is a store with one entry for every key, in no time.
type still struct {
	entry strategies.Entry
	gets  int
}

func (s *still) Get(context.Context, string) (strategies.Entry, bool, error) {
	s.gets++
	return s.entry, true, nil
}
func (s *still) Set(context.Context, string, strategies.Entry, time.Duration) error { return nil }
func (s *still) Delete(context.Context, string) error                               { return nil }
func (s *still) TryLock(context.Context, string, string, time.Duration) (bool, error) {
	return true, nil
}
func (s *still) Lease(context.Context, string, string, time.Duration) (strategies.Lease, error) {
	return strategies.Lease{Found: true, Entry: s.entry}, nil
}
func (s *still) SetLeased(context.Context, string, string, strategies.Entry, time.Duration) (bool, error) {
	return true, nil
}
func (s *still) Retire(context.Context, string, strategies.Instant, time.Duration) error { return nil }
func (s *still) Unlock(context.Context, string, string) (bool, error)                    { return true, nil }

// watched is a wall clock that counts how often it is read.
type watched struct {
	clock.Clock
	reads int
}

func (w *watched) Now() time.Time {
	w.reads++
	return w.Clock.Now()
}

// onStill builds a strategy over a store that has everything, fresh for an hour.
func onStill(t testing.TB, k catalog.Kind, store *still, clk clock.Clock) strategies.Strategy {
	t.Helper()
	cfg := k.Config()
	for _, f := range tag.Fields(k.Settings()) {
		if f.Name == "fresh" || f.Name == "ttl" && f.Type == reflect.TypeFor[time.Duration]() {
			reflect.ValueOf(cfg).Elem().FieldByIndex(f.Index).SetInt(int64(time.Hour))
		}
		if f.Name == "ttl" && f.Default == "24h" { // of one that has to be fresh for less
			reflect.ValueOf(cfg).Elem().FieldByIndex(f.Index).SetInt(int64(24 * time.Hour))
		}
	}
	load := strategies.Bytes(func(context.Context, string) ([]byte, error) {
		t.Error("a fresh value is loaded")
		return nil, nil
	})
	parts := catalog.Parts{Store: store, Locker: store, Loader: load, Runtime: strategies.Runtime{Clock: clk}}
	fleet, err := catalog.Build(catalog.Choice{Kind: k.Name, Config: cfg}, parts)
	if err != nil {
		t.Fatal(err)
	}
	s, err := fleet.Box(parts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestFreshHitIsCheap holds what the package promises of a hit: one read of the store,
// one of the clock, and no allocation, but for the name of a copy.
func TestFreshHitIsCheap(t *testing.T) {
	for _, k := range catalog.All() {
		if k.Uncached {
			continue
		}
		store := &still{entry: strategies.Entry{Value: strategies.Value{Data: []byte("v")}, Stored: strategies.At(time.Now())}}
		clk := &watched{Clock: clock.NewWall()}
		s := onStill(t, k, store, clk)
		hit := func() {
			if r, err := s.Get(background, "k"); err != nil || r.Outcome != strategies.FreshHit {
				t.Errorf("%s: %v, %v", k.Name, r.Outcome, err)
			}
		}
		hit() // a first level has its copy now
		gets, reads := store.gets, clk.reads
		hit()
		if gets, reads = store.gets-gets, clk.reads-reads; gets > 1 || reads != 1 {
			t.Errorf("%s: a hit reads the store %d times and the clock %d times", k.Name, gets, reads)
		}
		want := 0.0
		if k.Name == "smear" {
			want = 1
		}
		if got := testing.AllocsPerRun(1000, hit); got != want {
			t.Errorf("%s: %v allocations a hit", k.Name, got)
		}
	}
}

// Without a locker a box marks its refreshes by itself, which costs a hit nothing.
func TestFreshHitWithoutLockerAllocatesNothing(t *testing.T) {
	store := &still{entry: strategies.Entry{Value: strategies.Value{Data: []byte("v")}, Stored: strategies.At(time.Now())}}
	load := strategies.Bytes(func(context.Context, string) ([]byte, error) { return nil, nil })
	s, err := strategies.NewSWR(store, nil, load, strategies.SWRConfig{Fresh: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if got := testing.AllocsPerRun(1000, func() { _, _ = s.Get(background, "k") }); got != 0 {
		t.Errorf("%v allocations a hit", got)
	}
}

func BenchmarkFreshHit(b *testing.B) {
	for _, k := range catalog.All() {
		if k.Uncached {
			continue
		}
		store := &still{entry: strategies.Entry{Value: strategies.Value{Data: []byte("v")}, Stored: strategies.At(time.Now())}}
		s := onStill(b, k, store, clock.NewWall())
		b.Run(k.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = s.Get(background, "k")
			}
		})
	}
}
