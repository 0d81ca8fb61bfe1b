package world_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/workloads"
)

// A box that crashes takes its requests with it; what its old program still
// does reaches nobody, so its lock lives out its time.
func TestOwnerCrash(t *testing.T) {
	cfg := fleet()
	cfg.Boxes, cfg.Workers, cfg.Queue, cfg.Origin.Latency.Fixed = 1, 1, 10, 5*time.Second
	faults := []fault.Fault{fault.BoxCrash{Moment: fault.Moment{At: 2 * time.Second}}}
	b := setUp(t, world.Config{Fleet: cfg, Faults: faults}, func(b *bench) world.Build {
		return func(_, _ int, c world.Cache, l strategies.Loader) (strategies.Strategy, error) {
			return locking{c, l}, nil
		}
	})
	b.run(t, time.Minute, func() {
		b.at(0, "k")
		b.at(time.Second, "k") // queued behind it
		b.at(3*time.Second, "k")
		b.at(11*time.Second, "k")
	})
	want := []struct {
		outcome metrics.Outcome
		done    time.Duration
	}{
		{metrics.Rejected, 2 * time.Second},
		{metrics.Rejected, 2 * time.Second},
		{metrics.ColdFailure, 3 * time.Second}, // the lock of the dead owner
		{metrics.Computed, 16 * time.Second},
	}
	if len(b.records) != len(want) {
		t.Fatalf("%d records, want %d: %+v", len(b.records), len(want), b.records)
	}
	for i, w := range want {
		if r := b.records[i]; r.Outcome != w.outcome || r.Done.Round(time.Millisecond) != w.done {
			t.Errorf("request %d: %v at %v, want %v at %v", i, r.Outcome, r.Done, w.outcome, w.done)
		}
	}
}

// locking loads under a lock of ten seconds and unlocks whatever happens.
type locking struct {
	locker strategies.Locker
	loader strategies.Loader
}

func (l locking) Get(ctx context.Context, key string) (strategies.Result, error) {
	if got, err := l.locker.TryLock(ctx, key, "token", 10*time.Second); !got || err != nil {
		return strategies.Result{Outcome: strategies.ColdFailure}, strategies.ErrColdCache
	}
	defer func() { _, _ = l.locker.Unlock(ctx, key, "token") }()
	return direct{l.loader}.Get(ctx, key)
}

// Whoever waits inside a box that crashes, for a lock, for another's load or for
// a core, does not turn to the origin afterwards. The load under way at the crash
// ends there and fills nothing.
func TestCrashedBoxAsksNothingMore(t *testing.T) {
	wait := strategies.MutexConfig{Losers: "wait", Wait: 20 * time.Second}
	late := strategies.MutexConfig{Losers: "wait", Wait: 1900 * time.Millisecond, Then: "load"}
	flight := strategies.SWRConfig{Cold: "coalesce", Wait: 1900 * time.Millisecond, Then: "load"}
	for _, c := range []struct {
		name  string
		cpu   time.Duration
		make  func(c world.Cache, l strategies.Loader, r strategies.Runtime) (strategies.Strategy, error)
		loads int // begun before the crash
	}{
		{"lock", 0, func(c world.Cache, l strategies.Loader, r strategies.Runtime) (strategies.Strategy, error) {
			wait.Runtime = r
			return strategies.NewMutex(c, c, l, wait)
		}, 1},
		{"lock in vain", 0, func(c world.Cache, l strategies.Loader, r strategies.Runtime) (strategies.Strategy, error) {
			late.Runtime = r
			return strategies.NewMutex(c, c, l, late)
		}, 1},
		{"flight", 0, func(c world.Cache, l strategies.Loader, r strategies.Runtime) (strategies.Strategy, error) {
			flight.Runtime = r
			return strategies.NewSWR(c, c, l, flight)
		}, 1},
		{"core", 900 * time.Millisecond, func(c world.Cache, l strategies.Loader, r strategies.Runtime) (strategies.Strategy, error) {
			return strategies.NewNaive(c, l, strategies.NaiveConfig{Runtime: r})
		}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := fleet()
			cfg.Workers, cfg.Queue, cfg.Cores, cfg.CPU = 8, 0, 1, c.cpu
			cfg.Origin.Latency.Fixed = 5 * time.Second
			faults := []fault.Fault{fault.BoxCrash{Moment: fault.Moment{At: 2 * time.Second}}}
			b := setUp(t, world.Config{Fleet: cfg, Faults: faults}, func(b *bench) world.Build {
				return func(_, _ int, cache world.Cache, l strategies.Loader) (strategies.Strategy, error) {
					return c.make(cache, l, strategies.Runtime{Clock: b.sim, Rand: rand.New(rand.NewPCG(1, 1))})
				}
			})
			b.run(t, 5*time.Minute, func() {
				for i := range 5 {
					b.at(time.Duration(i)*200*time.Millisecond, "k")
				}
				b.at(2*time.Minute, "k")
			})
			if b.loads != c.loads+1 || b.loaded != b.loads {
				t.Errorf("%d loads, %d ended, want %d and that of the last request", b.loads, b.loaded, c.loads)
			}
			got := b.outcomes()
			if got[metrics.Rejected] != 5 || got[metrics.Computed] != 1 {
				t.Errorf("got %v, want 5 requests lost in the crash and the last one computed", got)
			}
		})
	}
}

// A write that the origin has begun is committed, and nobody is told; one that
// the box had not come to is none.
func TestCrashLosesWrites(t *testing.T) {
	for _, c := range []struct {
		crash    time.Duration
		commits  bool
		announce int
	}{{500 * time.Millisecond, false, 0}, {1500 * time.Millisecond, true, 0}, {2500 * time.Millisecond, true, 1}} {
		cfg := fleet()
		cfg.CPU, cfg.Origin.Write = time.Second, time.Second
		told := 0
		faults := []fault.Fault{fault.BoxCrash{Moment: fault.Moment{At: c.crash}}}
		b := setUp(t, world.Config{Fleet: cfg, Faults: faults}, func(*bench) world.Build {
			return func(int, int, world.Cache, strategies.Loader) (strategies.Strategy, error) {
				return invalidated{&told}, nil
			}
		})
		b.run(t, time.Minute, func() { b.Clients.Send(&world.Request{Request: workloads.Request{Key: "k", Op: workloads.Write}}) })
		if _, committed := b.Origin.Superseded("k", 0); committed != c.commits || told != c.announce {
			t.Errorf("crash at %v: committed %v and told %d times, want %v and %d", c.crash, committed, told, c.commits, c.announce)
		}
	}
}

// invalidated counts the writes that it hears of.
type invalidated struct{ told *int }

func (invalidated) Get(context.Context, string) (strategies.Result, error) {
	return strategies.Result{}, nil
}

func (i invalidated) Invalidate(context.Context, string, uint64) error {
	*i.told++
	return nil
}

// From the crash until something is installed, the box accepts nothing.
func TestCrashedBoxIsDown(t *testing.T) {
	s := sim.New()
	kills := 0
	box := world.NewBox(s, fleet())
	install := func() {
		box.Install(&world.Program{Strategies: []strategies.Strategy{invalidated{}}, Kill: func() { kills++ }})
	}
	job := func() *world.Job {
		return &world.Job{Request: world.Request{Request: workloads.Request{Key: "k"}}, Done: func(*world.Job) {}}
	}
	err := s.Run(func() {
		install()
		box.Crash()
		box.Crash() // nothing is left to crash
		if box.Submit(job()) {
			t.Error("a box without a program took a job")
		}
		install()
		if !box.Submit(job()) {
			t.Error("the box is not back")
		}
	})
	if err != nil || kills != 1 {
		t.Errorf("%v, %d programs cut off, want one", err, kills)
	}
}
