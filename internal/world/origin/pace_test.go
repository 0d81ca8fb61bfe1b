package origin

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/sim"
)

// A hang moves what is under way, what waits for a slot, what comes meanwhile and writes,
// by what is left of it, and a load sees the row as it is when its turn comes.
func TestOriginHangs(t *testing.T) {
	const sec = time.Second
	s := sim.New()
	o := New(s, Config{Latency: Latency{Fixed: 2 * sec}, Write: 2 * sec, Concurrency: 1}, rand.New(rand.NewPCG(1, 1)), func(string) int { return 1 }, unheard{})
	err := s.Run(func() {
		for i, hangs := range []bool{true, false, true, false} { // from 11 to 14 s and from 20 to 23 s
			s.AfterFunc([]time.Duration{11, 14, 20, 23}[i]*sec, func() {
				_ = o.Change(func(f *fault.OriginState) { f.Hangs = hangs })
			})
		}
		load := func(at, until time.Duration, version uint64) {
			s.Go("load", func() {
				_ = s.Sleep(context.Background(), at)
				v, err := o.Load(context.Background(), "key")
				if err != nil || s.Elapsed() != until || v.Version != version {
					t.Errorf("the load at %v: version %d, %v at %v; want version %d at %v", at, v.Version, err, s.Elapsed(), version, until)
				}
			})
		}
		write := func(at, until time.Duration) {
			s.Go("write", func() {
				_ = s.Sleep(context.Background(), at)
				if _, err := o.Write(context.Background(), "key"); err != nil || s.Elapsed() != until {
					t.Errorf("the write at %v: %v at %v, want it at %v", at, err, s.Elapsed(), until)
				}
			})
		}
		load(0, 2*sec, 1)
		load(10*sec, 15*sec, 1)                 // under way
		load(10500*time.Millisecond, 17*sec, 1) // waits for the slot of that one until 15 s
		load(12*sec, 19*sec, 2)                 // comes meanwhile, and has its turn at 17 s
		write(12*sec, 16*sec)                   // what is left of the hang, and its time
		load(18500*time.Millisecond, 24*sec, 2) // its turn is at 19 s, and the second hang holds it up
		load(22*sec, 26*sec, 2)                 // waits for that one
		load(30*sec, 32*sec, 2)                 // nothing is left of all that
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Laws(true); err != nil {
		t.Error(err)
	}
}

// A load whose wait is cut short while the origin hangs waits no more.
func TestOriginHangsAndNobodyWaits(t *testing.T) {
	s := sim.New()
	o := New(s, Config{Latency: Latency{Fixed: time.Second}}, rand.New(rand.NewPCG(1, 1)), func(string) int { return 1 }, unheard{})
	ctx, cancel := s.WithCancel(context.Background())
	err := s.Run(func() {
		_ = o.Change(func(f *fault.OriginState) { f.Hangs = true })
		s.AfterFunc(5*time.Second, cancel)
		if _, err := o.Load(ctx, "key"); err == nil || s.Elapsed() != 5*time.Second {
			t.Errorf("%v at %v, want it cancelled at 5 s", err, s.Elapsed())
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Laws(true); err != nil {
		t.Error(err)
	}
}

// Exactly one form of a latency is given, and is whole.
func TestLatencyForms(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		latency Latency
		right   bool
	}{
		{Latency{}, true}, {Latency{Fixed: ms}, true}, {Latency{Median: ms, P99: 2 * ms}, true},
		{Latency{Values: []time.Duration{ms}}, true}, {Latency{Mean: ms, Exponential: true}, true},
		{Latency{Mean: ms}, false}, {Latency{Exponential: true}, false}, {Latency{Mean: -ms, Exponential: true}, false},
		{Latency{Mean: ms, Exponential: true, Fixed: ms}, false}, {Latency{Mean: ms, Exponential: true, Median: ms, P99: ms}, false},
		{Latency{Fixed: ms, Values: []time.Duration{ms}}, false}, {Latency{Median: ms}, false},
	} {
		if err := c.latency.Validate(); (err == nil) != c.right {
			t.Errorf("%+v: %v", c.latency, err)
		}
	}
}
