package world_test

import (
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
)

// A request that its client gave up keeps its worker busy to the end.
func TestAbandonedWorkKeepsItsWorker(t *testing.T) {
	cfg := fleet()
	cfg.Workers, cfg.Origin.Latency.Fixed = 1, 5*time.Second
	b := setUp(t, world.Config{Fleet: cfg, Client: world.ClientConfig{Timeout: time.Second}}, nil)
	b.run(t, time.Minute, func() {
		b.at(0, "a")
		b.at(4500*time.Millisecond, "b") // waits half a second for the worker, and then for the origin
		b.at(9900*time.Millisecond, "c")
	})
	if n := b.outcomes()[metrics.Timeout]; n != 3 {
		t.Errorf("%d time-outs, want 3: %+v", n, b.records)
	}
	if b.loads != 3 {
		t.Errorf("%d loads, want 3: an abandoned request is worked on all the same", b.loads)
	}
	for _, r := range b.records {
		if got := r.Done - r.At; got != time.Second {
			t.Errorf("gave up after %v, want 1s", got)
		}
	}
}

func TestRetries(t *testing.T) {
	for _, c := range []struct {
		name     string
		client   world.ClientConfig
		attempts int
		done     time.Duration
	}{
		{"none", world.ClientConfig{}, 1, 0},
		{"at once", world.ClientConfig{Retries: 3, Backoff: "none"}, 4, 0},
		{"fixed", world.ClientConfig{Retries: 3, Backoff: "fixed", Base: time.Second}, 4, 3 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := fleet()
			cfg.Origin.Errors, cfg.Origin.Latency.Fixed = 1, 0
			b := setUp(t, world.Config{Fleet: cfg, Client: c.client}, nil)
			b.run(t, time.Minute, func() { b.at(0, "k") })
			if len(b.records) != 1 {
				t.Fatalf("%d records, want 1", len(b.records))
			}
			r := b.records[0]
			if r.Attempts != c.attempts || r.Done != c.done || r.Outcome != metrics.OriginFailure {
				t.Errorf("%d attempts, done at %v, %v; want %d and %v", r.Attempts, r.Done, r.Outcome, c.attempts, c.done)
			}
		})
	}
}

// A retry budget bounds the retries to a share of what is sent, whatever the
// requests would like.
func TestRetryBudget(t *testing.T) {
	cfg := fleet()
	cfg.Origin.Errors, cfg.Origin.Latency.Fixed = 1, 0
	b := setUp(t, world.Config{Fleet: cfg, Client: world.ClientConfig{Retries: 10, Budget: 0.2}}, nil)
	b.run(t, time.Hour, func() {
		for i := range 1000 {
			b.at(time.Duration(i)*time.Second, "k")
		}
	})
	attempts := 0
	for _, r := range b.records {
		attempts += r.Attempts
	}
	if attempts != 1249 { // r retries with r <= 0.2 (1000 + r)
		t.Errorf("%d attempts for 1000 requests, want 1249", attempts)
	}
}

// Full jitter keeps every step below its bound, and fills the range.
func TestExponentialBackoff(t *testing.T) {
	cfg := fleet()
	cfg.Origin.Errors, cfg.Origin.Latency.Fixed = 1, 0
	client := world.ClientConfig{Retries: 2, Backoff: "exponential", Base: time.Second, Cap: 1500 * time.Millisecond}
	b := setUp(t, world.Config{Fleet: cfg, Client: client}, nil)
	b.run(t, time.Hour, func() {
		for i := range 2000 {
			b.at(time.Duration(i)*time.Second, "k")
		}
	})
	var sum, longest time.Duration
	for _, r := range b.records {
		sum += r.Done - r.At
		longest = max(longest, r.Done-r.At)
	}
	mean := sum / time.Duration(len(b.records))
	if longest >= 2500*time.Millisecond || longest < 2200*time.Millisecond {
		t.Errorf("the longest two steps took %v, want just under 1s + 1.5s", longest)
	}
	if mean < 1200*time.Millisecond || mean > 1300*time.Millisecond {
		t.Errorf("the mean of two steps is %v, want half of 2.5s", mean)
	}
}

func TestQueueIsBounded(t *testing.T) {
	cfg := fleet()
	cfg.Workers, cfg.Queue = 2, 3
	b := setUp(t, world.Config{Fleet: cfg}, nil)
	b.run(t, time.Minute, func() {
		for range 10 {
			b.at(0, "k")
		}
	})
	got := b.outcomes()
	if got[metrics.Computed] != 5 || got[metrics.Rejected] != 5 {
		t.Errorf("got %v, want 2 workers and 3 places used, 5 rejected", got)
	}
}

func TestOriginQueueIsBounded(t *testing.T) {
	cfg := fleet()
	cfg.Workers = 10
	cfg.Origin.Concurrency, cfg.Origin.Queue = 1, 2
	b := setUp(t, world.Config{Fleet: cfg}, nil)
	b.run(t, time.Minute, func() {
		for range 10 {
			b.at(0, "k")
		}
	})
	if got := b.outcomes(); got[metrics.Computed] != 3 || got[metrics.OriginFailure] != 7 {
		t.Errorf("got %v, want one at work, two waiting, seven refused", got)
	}
}

// The CPU costs of a box compete for its cores.
func TestCoresAreShared(t *testing.T) {
	cfg := fleet()
	cfg.Workers, cfg.Cores, cfg.CPU, cfg.Origin.Latency.Fixed = 8, 2, 10*time.Millisecond, 0
	b := setUp(t, world.Config{Fleet: cfg}, nil)
	b.run(t, time.Minute, func() {
		for range 8 {
			b.at(0, "k")
		}
	})
	for i, r := range b.records {
		if want := time.Duration(i/2+1) * 10 * time.Millisecond; r.Done != want {
			t.Errorf("request %d done at %v, want %v", i, r.Done, want)
		}
	}
}

// The health check takes the overloaded box out; its load goes to the other,
// which follows; then each is back when its time is over.
func TestHealthCheckEjectsInTurn(t *testing.T) {
	cfg := fleet()
	cfg.Boxes, cfg.Cores, cfg.CPU, cfg.Origin.Latency.Fixed = 2, 1, 12*time.Millisecond, 0
	cfg.Balancer.Check, cfg.Balancer.MaxCPU, cfg.Balancer.EjectFor = time.Second, 0.9, 10*time.Second
	b := setUp(t, world.Config{Fleet: cfg}, nil)
	b.run(t, time.Minute, func() {
		for at := 1100 * time.Millisecond; at < 2*time.Second; at += 5 * time.Millisecond {
			b.at(at, "k") // 200/s at 12 ms each on two boxes: 1.2 of a core each
		}
		b.at(3*time.Second, "late")
		b.at(13*time.Second, "later")
	})
	ejections, notes := b.Balancer.Notes()
	if ejections != 2 || len(notes) != 2 {
		t.Errorf("%d ejections, want both boxes: %q", ejections, notes)
	}
	last := b.records[len(b.records)-1]
	if got := b.outcomes()[metrics.Rejected]; got != 1 || last.Outcome != metrics.Computed {
		t.Errorf("%d rejected while no box was in, the last request %v", got, last.Outcome)
	}
}
