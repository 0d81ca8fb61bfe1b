package strategies_test

import (
	"context"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// still is a store with one entry for every key, in no time.
type still struct{ entry strategies.Entry }

func (s *still) Get(context.Context, string) (strategies.Entry, bool, error) {
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

// stillStrategies is every strategy over a store that has everything, fresh.
func stillStrategies(t testing.TB) map[string]strategies.Strategy {
	store := &still{strategies.Entry{Value: strategies.Value{Data: []byte("v")}, Stored: strategies.At(time.Now())}}
	load := strategies.Bytes(func(context.Context, string) ([]byte, error) {
		t.Error("a fresh value is loaded")
		return nil, nil
	})
	must := func(s strategies.Strategy, err error) strategies.Strategy {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	naive, err := strategies.NewNaive(store, load, strategies.NaiveConfig{TTL: time.Hour})
	all := map[string]strategies.Strategy{"naive": must(naive, err)}
	mutex, err := strategies.NewMutex(store, store, load, strategies.MutexConfig{TTL: time.Hour})
	all["mutex"] = must(mutex, err)
	pool, err := strategies.NewPool(store, store, load, strategies.PoolConfig{TTL: time.Hour})
	all["pool"] = must(pool, err)
	swr, err := strategies.NewSWR(store, store, load, strategies.SWRConfig{Fresh: time.Hour})
	all["swr"] = must(swr, err)
	alone, err := strategies.NewSWR(store, nil, load, strategies.SWRConfig{Fresh: time.Hour})
	all["swr without a locker"] = must(alone, err)
	leased, err := strategies.NewLeased(store, load, strategies.LeaseConfig{TTL: time.Hour})
	all["lease"] = must(leased, err)
	twoLevel, err := strategies.NewTwoLevel(naive, strategies.TwoLevelConfig{TTL: time.Hour})
	all["two levels"] = must(twoLevel, err)
	publisher, err := strategies.NewPublisher(store, load, strategies.PublishConfig{})
	all["publish"] = must(publisher.Reader(store), err)
	return all
}

func TestFreshHitAllocatesNothing(t *testing.T) {
	for name, s := range stillStrategies(t) {
		got := testing.AllocsPerRun(1000, func() {
			if r, err := s.Get(background, "k"); err != nil || r.Outcome != strategies.FreshHit {
				t.Errorf("%s: %v, %v", name, r.Outcome, err)
			}
		})
		if got != 0 {
			t.Errorf("%s: %v allocations a hit", name, got)
		}
	}
}

func BenchmarkFreshHit(b *testing.B) {
	all := stillStrategies(b)
	for _, name := range []string{"naive", "mutex", "pool", "swr", "lease", "two levels", "publish"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = all[name].Get(background, "k")
			}
		})
	}
}
