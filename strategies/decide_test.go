package strategies

import (
	"testing"
	"time"
)

var t0 = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

// at is t0 and n seconds.
func at(n int) time.Time { return t0.Add(time.Duration(n) * time.Second) }

func TestYoungerThan(t *testing.T) {
	e := &Entry{Stored: At(at(0))}
	for _, c := range []struct {
		now   time.Time
		bound time.Duration
		want  bool
	}{
		{at(0), 3 * time.Second, true},
		{at(2), 3 * time.Second, true},
		{at(3).Add(-1), 3 * time.Second, true},
		{at(3), 3 * time.Second, false}, // the bound itself is too old
		{at(9), 3 * time.Second, false},
		{at(9), forever, true},
		{at(-5), 3 * time.Second, true}, // stored by a clock that is ahead
	} {
		if got := e.YoungerThan(c.now, c.bound); got != c.want {
			t.Errorf("at %v, bound %v: %v", c.now.Sub(t0), c.bound, got)
		}
	}
}

func TestBackoff(t *testing.T) {
	for _, c := range []struct {
		failures    int
		first, most time.Duration
		want        time.Duration
	}{
		{1, 1, 60, 1}, {2, 1, 60, 2}, {3, 1, 60, 4}, {6, 1, 60, 32}, {7, 1, 60, 60}, {8, 1, 60, 60},
		{7, 1, 64, 64}, {8, 1, 64, 64},
		{1, 90, 60, 60},
		{1 << 40, 1, 60, 60},
		{1 << 40, time.Second, 1<<63 - 1, 1<<63 - 1}, // no overflow
	} {
		if got := Backoff(c.failures, c.first, c.most); got != c.want {
			t.Errorf("after %d failures, from %d up to %d: %d, want %d", c.failures, c.first, c.most, got, c.want)
		}
	}
}

func TestPollPause(t *testing.T) {
	const limit, poll = 3 * time.Second, time.Second
	for _, c := range []struct {
		now   time.Time
		die   time.Duration
		pause time.Duration
		left  bool
	}{
		{at(0), 0, poll / 2, true},
		{at(0), poll - 1, poll*3/2 - 1, true},
		{at(2), poll - 1, time.Second, true}, // the last look is at the limit
		{at(2), poll / 4, poll * 3 / 4, true},
		{at(3).Add(-1), 0, 1, true},
		{at(3), 0, 0, false},
		{at(9), 0, -6 * time.Second, false},
	} {
		pause, left := pollPause(c.now, at(0), limit, poll, c.die)
		if pause != c.pause || left != c.left {
			t.Errorf("at %v, die %v: %v %v, want %v %v", c.now.Sub(t0), c.die, pause, left, c.pause, c.left)
		}
	}
}

func TestLockLost(t *testing.T) {
	for n, want := range []bool{false, false, false, true, true, true, true, true, true, true} {
		if got := lockLost(at(n), at(0), 3*time.Second); got != want {
			t.Errorf("at t%d: %v", n, got)
		}
	}
}

// One key over t0..t9: who may refresh when. Two failures, then success.
func TestRefreshesOfOneKey(t *testing.T) {
	r := newAttempts(0, time.Second, 3*time.Second)
	try := func(n int, want bool) {
		t.Helper()
		if got := r.begin("k", at(n)); got != want {
			t.Fatalf("at t%d: %v", n, got)
		}
	}
	try(0, true)
	try(0, false) // under way
	r.failed("k", at(1))
	try(1, false) // 1 s of rest
	try(2, true)
	r.failed("k", at(3))
	try(4, false) // 2 s of rest
	try(5, true)
	r.failed("k", at(5))
	try(7, false) // 3 s, not 4: the most
	try(8, true)
	r.succeeded("k")
	try(8, true) // forgotten
	r.left("k", at(8), time.Second)
	try(8, false)
	try(9, true)
	r.left("k", at(9), 0)
	if len(r.running) != 0 {
		t.Errorf("%d are under way", len(r.running))
	}
}

func TestRefreshesAreBounded(t *testing.T) {
	r := newAttempts(2, time.Second, time.Minute)
	for key, want := range map[string]bool{"a": true, "b": true} {
		if r.begin(key, at(0)) != want {
			t.Errorf("%q: not %v", key, want)
		}
	}
	if r.begin("c", at(0)) {
		t.Error("a third begins")
	}
	r.succeeded("a")
	if !r.begin("c", at(0)) {
		t.Error("no place after one has ended")
	}
}

// Keys that failed and that nobody asks for any more are forgotten.
func TestRefreshesForget(t *testing.T) {
	r := newAttempts(0, time.Millisecond, time.Second)
	for i := range 100_000 {
		key := string(rune(i))
		r.begin(key, at(i))
		r.failed(key, at(i))
	}
	if len(r.pauses) > 1024 {
		t.Errorf("%d keys are remembered", len(r.pauses))
	}
}
