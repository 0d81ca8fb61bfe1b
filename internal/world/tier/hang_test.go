package tier_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/world/tier"
)

// hung is a node that hangs from 5 s to 10 s, for clients that wait a second.
func hung() (tier.Config, []event) {
	cfg := node(1)
	cfg.Timeout = time.Second
	return cfg, hang(0, 5*time.Second, 5*time.Second)
}

// A node that goes on answers those who still wait, in the order in which they came, and
// does what others gave up on.
func TestWhatWaitsInTheSocketsOfANodeThatHangs(t *testing.T) {
	cfg, faults := hung()
	tierUnder(t, cfg, faults, func(b *bench, c *tier.Client) {
		writes(t, c, 1, "old")
		at := func(d time.Duration, do func()) {
			b.sim.Go("client", func() {
				_ = b.sim.Sleep(ctx, d-b.sim.Elapsed())
				do()
			})
		}
		reads := func(want string, wantErr error, until time.Duration) func() {
			return func() {
				e, _, err := c.Get(ctx, "key:0")
				if string(e.Data) != want || !errors.Is(err, wantErr) || b.sim.Elapsed() != until {
					t.Errorf("%q, %v at %v; want %q, %v at %v", e.Data, err, b.sim.Elapsed(), want, wantErr, until)
				}
			}
		}
		const woken = 10*time.Second + time.Millisecond
		at(5*time.Second+500*time.Microsecond, reads("", tier.ErrNoAnswer, 6*time.Second+500*time.Microsecond))
		at(9500*time.Millisecond, reads("old", nil, woken))
		at(6*time.Second, func() {
			if err := c.Set(ctx, "key:1", entry("late"), time.Hour); !errors.Is(err, tier.ErrNoAnswer) || b.sim.Elapsed() != 7*time.Second {
				t.Errorf("a write: %v at %v", err, b.sim.Elapsed())
			}
			if got, err := c.TryLock(ctx, "key:0", "token", time.Hour); got || !errors.Is(err, tier.ErrNoAnswer) {
				t.Errorf("a lock: %v, %v", got, err)
			}
		})
		at(9600*time.Millisecond, func() {
			if err := c.Set(ctx, "key:0", entry("new"), time.Hour); err != nil || b.sim.Elapsed() != woken {
				t.Errorf("a write that is answered: %v at %v", err, b.sim.Elapsed())
			}
		})
		at(9700*time.Millisecond, reads("new", nil, woken))
		_ = b.sim.Sleep(ctx, 11*time.Second-b.sim.Elapsed())
		if e, _, err := c.Get(ctx, "key:1"); string(e.Data) != "late" || err != nil {
			t.Errorf("what was sent and given up on: %q, %v", e.Data, err)
		}
		if got, err := c.TryLock(ctx, "key:0", "another", time.Hour); got || err != nil {
			t.Errorf("the lock that nobody knows that they have: %v, %v", got, err)
		}
		if s := b.Tier.Stats(); s.Errors != 3 || s.Gets != 3 {
			t.Errorf("%d errors and %d reads; want 3 and 3", s.Errors, s.Gets)
		}
	})
}

// What is under way when the node stops arrives: an answer that was given, and a change
// when the node goes on. One that dies while it hangs takes all along.
func TestHangBegins(t *testing.T) {
	cfg := node(1)
	cfg.Timeout = 10 * time.Second
	for _, dies := range []bool{false, true} {
		faults := append(hang(0, 5*time.Second, 5*time.Second)[:1:1], cut(0, 8*time.Second, time.Second)...)
		if !dies {
			faults = hang(0, 5*time.Second, 5*time.Second)
		}
		tierUnder(t, cfg, faults, func(b *bench, c *tier.Client) {
			writes(t, c, 1, "v")
			_ = b.sim.Sleep(ctx, 5*time.Second-500*time.Microsecond-b.sim.Elapsed())
			b.sim.Go("reader", func() {
				if got := reads(t, c, 1); got != 1 || b.sim.Elapsed() != 5*time.Second+500*time.Microsecond {
					t.Errorf("a read: %d at %v", got, b.sim.Elapsed())
				}
			})
			err := c.Set(ctx, "k", entry("v"), time.Hour)
			want, until := error(nil), 10*time.Second+time.Millisecond
			if dies {
				want, until = tier.ErrRefused, 8*time.Second
			}
			if !errors.Is(err, want) || b.sim.Elapsed() != until {
				t.Errorf("a write: %v at %v, want %v at %v", err, b.sim.Elapsed(), want, until)
			}
		})
	}
}

// A node that hangs has its backlog full some time, and more than that it never gets.
func TestBacklogOfANodeThatHangs(t *testing.T) {
	cfg, faults := hung()
	cfg.Timeout = time.Millisecond
	tierUnder(t, cfg, faults, func(b *bench, c *tier.Client) {
		_ = b.sim.Sleep(ctx, 5*time.Second-b.sim.Elapsed())
		for i := range 1100 {
			if err := c.Set(ctx, fmt.Sprint("key:", i), entry("v"), time.Hour); !errors.Is(err, tier.ErrNoAnswer) {
				t.Fatalf("%d: %v", i, err)
			}
		}
		_ = b.sim.Sleep(ctx, 10*time.Second-b.sim.Elapsed())
		if got := reads(t, c, 1100); got != 1024 {
			t.Errorf("%d were stored, want 1024", got)
		}
	})
}
