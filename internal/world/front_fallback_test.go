package world_test

import (
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
)

// burstAt sends n requests for one page at an instant.
func (b *bench) burstAt(at time.Duration, n int) {
	for range n {
		b.at(at, "k")
	}
}

func lockedSite(render time.Duration) world.FleetConfig {
	cfg := site()
	cfg.Workers, cfg.Front.Connections = 2000, 4000
	cfg.Front.Fallback.Lock = true
	cfg.Origin.Latency.Fixed = render
	return cfg
}

// Without a lock everybody goes to the boxes.
func TestFallbackWithoutLock(t *testing.T) {
	cfg := lockedSite(400 * ms)
	cfg.Front.Fallback.Lock = false
	b := atFront(t, cfg)
	b.run(t, time.Minute, func() { b.burstAt(0, 1000) })
	if b.loads != 1000 {
		t.Errorf("%d loads, want 1000", b.loads)
	}
}

// A thousand at once for a page of 4.2 s: one renders, and the others look every
// 500 ms, so that they have it at 4.5 s. (nginx, ngx_http_file_cache_lock_wait.)
func TestFallbackLock(t *testing.T) {
	b := atFront(t, lockedSite(4200*ms))
	b.run(t, time.Minute, func() { b.burstAt(0, 1000) })
	if b.loads != 1 || b.outcomes()[metrics.Coalesced] != 999 {
		t.Fatalf("%d loads, outcomes %v", b.loads, b.outcomes())
	}
	for _, r := range b.records {
		if r.Outcome == metrics.Coalesced && r.Done != 4501*ms {
			t.Fatalf("a waiter was served after %v, want 4.501s", r.Done)
		}
	}
}

// For a page of 6 s the lock's time-out comes first: all are let go at 5 s, and
// what they render is not kept. Their applications store it all the same.
func TestFallbackLockTimeout(t *testing.T) {
	cfg := lockedSite(6 * time.Second)
	cfg.Front.Fallback.LockAge = time.Minute
	b := atFront(t, cfg)
	b.run(t, time.Minute, func() { b.burstAt(0, 1000) })
	if b.loads != 1000 {
		t.Errorf("%d loads, want 1000", b.loads)
	}
	if got := b.records[len(b.records)-1].Done; got != 11*time.Second+2*ms {
		t.Errorf("the last was served after %v", got)
	}
}

// After the lock's age another may go, while the first is still at its box.
func TestFallbackLockAge(t *testing.T) {
	cfg := lockedSite(5900 * ms)
	cfg.Front.Fallback.LockAge, cfg.Front.Fallback.LockTimeout = 2*time.Second, time.Minute
	b := atFront(t, cfg)
	b.run(t, time.Minute, func() { b.burstAt(0, 1000) })
	if b.loads != 3 {
		t.Errorf("%d loads, want those of 0, 2 and 4 s", b.loads)
	}
}

// A page that is kept and too old is not locked: all render it, unless it may be
// served in its grace; then one does.
func TestFallbackGrace(t *testing.T) {
	for grace, want := range map[time.Duration]int{0: 1 + 100, time.Minute: 1 + 1} {
		cfg := lockedSite(400 * ms)
		cfg.Front.Fallback.Grace = grace
		b := setUp(t, world.Config{Fleet: cfg}, cached(3*time.Second))
		b.run(t, time.Minute, func() {
			b.burstAt(0, 1)
			b.burstAt(10*time.Second, 100) // gone from the cache, and old at the front
		})
		if b.loads != want {
			t.Errorf("grace %v: %d loads, want %d", grace, b.loads, want)
		}
		if stale := b.outcomes()[metrics.StaleHit]; grace > 0 && stale != 99 {
			t.Errorf("%d had the old page, want 99: %v", stale, b.outcomes())
		}
		for _, r := range b.records {
			if r.Outcome == metrics.StaleHit && (r.Done-r.At != 1*ms || r.Age < 9*time.Second) {
				t.Fatalf("an old page after %v, %v old", r.Done-r.At, r.Age)
			}
		}
	}
}

// While the boxes fail, or have no place, the old page is served to all, also to the
// one who went for a new one; after its grace there is nothing.
func TestFallbackGraceOverFailures(t *testing.T) {
	full := lockedSite(400 * ms)
	full.Workers, full.Queue = 1, 0
	full.Front.Fallback.Grace = 20 * time.Second
	b := setUp(t, world.Config{Fleet: full, Faults: []fault.Fault{fault.OriginErrors{Span: fault.Span{At: 5 * time.Second}, Errors: 1}}}, cached(3*time.Second))
	b.run(t, time.Minute, func() {
		b.at(0, "k")
		b.at(10*time.Second, "k")         // fails
		b.at(14*time.Second-100*ms, "x")  // is in the only worker
		b.at(14*time.Second, "k")         // is rejected
		b.at(30*time.Second, "k")         // too late
		b.at(30*time.Second+600*ms, "no") // was never there
	})
	b.want(t, metrics.Computed, 402*ms, metrics.StaleHit, 401*ms, metrics.OriginFailure, 401*ms, metrics.StaleHit, 1*ms,
		metrics.OriginFailure, 401*ms, metrics.OriginFailure, 401*ms)
}

// A render that fails lets the next one try, at its next look; and so does a client that left,
// for nginx does not keep an answer whose head it could not write (measured of 1.22).
func TestFallbackFailures(t *testing.T) {
	cfg := lockedSite(400 * ms)
	b := atFront(t, cfg, fault.OriginErrors{Span: fault.Span{For: 200 * ms}, Errors: 1})
	b.run(t, time.Minute, func() { b.burstAt(0, 3) })
	if b.loads != 2 || b.outcomes()[metrics.OriginFailure] != 1 {
		t.Errorf("%d loads, outcomes %v", b.loads, b.outcomes())
	}

	cfg.Origin.Latency.Fixed = 4 * time.Second
	b = setUp(t, world.Config{Fleet: cfg, Client: world.ClientConfig{Timeout: 3 * time.Second}}, cached(time.Hour))
	b.run(t, time.Minute, func() {
		b.burstAt(0, 1) // leaves at 3 s
		b.burstAt(2*time.Second, 2)
	})
	if b.loads != 2 || b.outcomes()[metrics.Timeout] != 3 { // the second of them begins when the first has ended, at 4 s
		t.Errorf("%d loads, outcomes %v", b.loads, b.outcomes())
	}
}
