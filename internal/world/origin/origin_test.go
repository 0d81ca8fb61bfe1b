package origin_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/strategies"
)

var ctx = context.Background()

// What was under way when a lifeline was cut reaches nobody, and nothing is
// begun after it.
func TestLifeline(t *testing.T) {
	begun := 0
	var line *origin.Lifeline
	line = origin.NewLifeline(func(context.Context, string) (strategies.Value, error) {
		begun++
		if begun == 2 {
			line.Cut()
		}
		return strategies.Value{Version: 7}, nil
	}, func(context.Context, string) (strategies.Value, error) {
		begun++
		return strategies.Value{Version: 8}, nil
	})
	if v, err := line.Load(ctx, "k"); v.Version != 7 || err != nil {
		t.Errorf("before the cut: version %d, %v", v.Version, err)
	}
	for range 2 {
		if v, err := line.Load(ctx, "k"); v.Version != 0 || err == nil {
			t.Errorf("cut: version %d, %v", v.Version, err)
		}
	}
	if v, err := line.Write(ctx, "k"); v.Version != 0 || err == nil {
		t.Errorf("a write after the cut: version %d, %v", v.Version, err)
	}
	if begun != 2 {
		t.Errorf("%d loads and writes begun, want 2", begun)
	}
}

// counter hears of loads.
type counter struct{ started, ended int }

func (c *counter) LoadStarted(string, time.Time) { c.started++ }
func (c *counter) LoadEnded(string, time.Time)   { c.ended++ }

// start runs a test's process against an origin.
func start(t *testing.T, cfg origin.Config, run func(s *sim.Sim, o *origin.Origin)) *counter {
	t.Helper()
	s, heard := sim.New(), new(counter)
	o := origin.New(s, cfg, rand.New(rand.NewPCG(1, 1)), func(string) int { return 10 }, heard)
	if err := s.Run(func() { run(s, o) }); err != nil {
		t.Fatal(err)
	}
	return heard
}

// A load sees the version that was current when its turn came, and not when it
// arrived or ended:
//
//	0 ms   A begins, B waits for the slot
//	50 ms  version 2 is committed
//	100 ms A has version 1, B begins
//	150 ms version 3 is committed
//	200 ms B has version 2
func TestLoadSeesTheVersionOfItsBegin(t *testing.T) {
	cfg := origin.Config{Latency: origin.Latency{Fixed: 100 * time.Millisecond}, Concurrency: 1}
	start(t, cfg, func(s *sim.Sim, o *origin.Origin) {
		for i := range 2 {
			s.Go("load", func() {
				v, err := o.Load(ctx, "k")
				if err != nil || v.Version != uint64(i+1) || len(v.Data) != 10 {
					t.Errorf("load %d: version %d of %d bytes, %v", i, v.Version, len(v.Data), err)
				}
				if want := time.Duration(i+1) * 100 * time.Millisecond; s.Elapsed() != want {
					t.Errorf("load %d ended after %v, want %v", i, s.Elapsed(), want)
				}
			})
		}
		_ = s.Sleep(ctx, 50*time.Millisecond)
		_, _ = o.Write(ctx, "k")
		if _, old := o.Superseded("k", 2); old {
			t.Error("the current version is superseded")
		}
		_ = s.Sleep(ctx, 100*time.Millisecond)
		v, err := o.Put(ctx, "k")
		if err != nil || v.Version != 3 {
			t.Errorf("version %d written, %v", v.Version, err)
		}
		if at, old := o.Superseded("k", 2); !old || at.Sub(s.Now()) != 0 {
			t.Errorf("version 2 is superseded at %v, %v", at, old)
		}
	})
}

// A load that finds the queue full fails at once and is none that the origin knows
// of; one that finds the origin down, or whose answer is invalid, is one.
func TestWaysToFail(t *testing.T) {
	cfg := origin.Config{Latency: origin.Latency{Fixed: 100 * time.Millisecond}, Concurrency: 1, Queue: 1}
	heard := start(t, cfg, func(s *sim.Sim, o *origin.Origin) {
		var full int
		for range 5 {
			s.Go("load", func() {
				if _, err := o.Load(ctx, "k"); errors.Is(err, origin.ErrFull) {
					full++
				}
			})
		}
		_ = s.Sleep(ctx, time.Second)
		if full != 3 {
			t.Errorf("%d of 5 loads found the queue full, want 3", full)
		}
		_ = o.Change(func(f *fault.OriginState) { f.Down = true })
		begun := s.Now()
		_, err := o.Load(ctx, "k")
		_, wrong := o.Write(ctx, "k")
		if !errors.Is(err, origin.ErrFailed) || !errors.Is(wrong, origin.ErrFailed) || s.Now().Sub(begun) != 0 {
			t.Errorf("down: %v and %v after %v", err, wrong, s.Now().Sub(begun))
		}
		_ = o.Change(func(f *fault.OriginState) { f.Down, f.Invalid = false, true })
		if _, err := o.Load(ctx, "k"); !errors.Is(err, origin.ErrInvalid) {
			t.Errorf("invalid: %v", err)
		}
	})
	if heard.started != 4 || heard.ended != 4 {
		t.Errorf("heard of %d begins and %d ends, want 4", heard.started, heard.ended)
	}
}

// Who does not wait for a load leaves the query where it is.
func TestPatientLeavesTheQuery(t *testing.T) {
	cfg := origin.Config{Latency: origin.Latency{Fixed: 100 * time.Millisecond}, Concurrency: 1}
	heard := start(t, cfg, func(s *sim.Sim, o *origin.Origin) {
		hasty := origin.Patient(s, o, 30*time.Millisecond)
		for range 2 {
			if _, err := hasty.Load(ctx, "k"); !errors.Is(err, origin.ErrTimeout) {
				t.Errorf("a load of 100 ms that is waited for for 30: %v", err)
			}
		}
		if s.Elapsed() != 60*time.Millisecond {
			t.Errorf("two waits of 30 ms took %v", s.Elapsed())
		}
	})
	if heard.ended != 2 {
		t.Errorf("%d queries came to their end, want 2", heard.ended)
	}
}
