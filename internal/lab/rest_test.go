package lab_test

import (
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/strategies/clock"
)

const idle = `
duration: 10s
warm: 1
fleet: {origin: {latency: 1s}}
workload:
  - {class: page, rate: 20/s, arrivals: constant, keys: {count: 1}}
strategies:
  at-once: {use: swr, fresh: 1h, ttl: 24h}
  later: {use: swr, fresh: 1h, ttl: 24h, with: {idle: 2h}}
  next-week: {use: swr, fresh: 1h, ttl: 24h, with: {idle: 7d}}
  cold: {use: swr, fresh: 1h, ttl: 24h, with: {warm: 0, idle: 2h}}
`

// What was warmed up ages while nobody comes, and the run is none the longer.
func TestIdle(t *testing.T) {
	sc := load(t, idle)
	for i, want := range []struct{ computes, stale, cold int64 }{{0, 0, 0}, {1, 20, 0}, {1, 0, 19}, {1, 0, 19}} {
		e := sc.Strategies[i]
		r, err := lab.Run(sc, e, 1, lab.Setup{Clock: virtual()})
		if err != nil {
			t.Fatal(err)
		}
		if d := r.StaleServed - want.stale; r.Computes != want.computes || d < -1 || d > 1 || r.Requests != 200 {
			t.Errorf("%s: %d computes, %d stale of %d, want %d and about %d of 200", e.Name, r.Computes, r.StaleServed, r.Requests, want.computes, want.stale)
		}
		if d := r.Failures - want.cold; d < -1 || d > 1 {
			t.Errorf("%s: %d failures, want about %d", e.Name, r.Failures, want.cold)
		}
	}
}

// On the wall clock it can be stopped.
func TestIdleIsStopped(t *testing.T) {
	sc := load(t, idle)
	begun := time.Now()
	stop := func() bool { return time.Since(begun) > 50*time.Millisecond }
	sc.Idle, sc.Warm = 2*time.Second, 0
	if _, err := lab.Run(sc, sc.Strategies[0], 1, lab.Setup{Clock: clock.NewWall(), Watch: lab.Watch{Stop: stop}}); err != lab.ErrStopped {
		t.Errorf("error %v", err)
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("stopped after %v", took)
	}
}
