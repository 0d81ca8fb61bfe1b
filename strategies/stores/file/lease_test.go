package file

import (
	"errors"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// A lease that nobody asked for any more, and what was retired, are swept when
// their time is over, and not before.
func TestSweepOfLeases(t *testing.T) {
	dir := t.TempDir()
	now := time.Unix(2_000_000_000, 0)
	s := open(t, dir, func() time.Time { return now })
	if l, err := s.Lease(background, "leased", "me", 30*time.Second); l.Token != "me" || err != nil {
		t.Fatal(l, err)
	}
	err := errors.Join(
		s.Set(background, "retired", strategies.Entry{}, 0), s.Retire(background, "retired", strategies.At(now), 2*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after time.Duration
		left  int
	}{{time.Minute - 1, 2}, {1, 1}, {time.Minute - 1, 1}, {1, 0}} {
		now = now.Add(step.after)
		if _, err := s.Sweep(background); err != nil {
			t.Fatal(err)
		}
		if left := files(t, dir); len(left) != step.left {
			t.Errorf("at %v %d files are left, want %d", now.Unix(), len(left), step.left)
		}
	}
}
