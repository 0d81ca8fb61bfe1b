package live

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/workloads"
)

// scripted are clients whose attempts end as the test says, and their records
// by class, which a test makes the number of the request.
type scripted struct {
	*clients
	mu       sync.Mutex
	records  map[int]metrics.Record
	recorded int
	order    []int // of first attempts
}

func newScripted(ctx context.Context, cfg world.ClientConfig, attempt func(n, class int) answer) *scripted {
	s := &scripted{records: make(map[int]metrics.Record)}
	s.clients = newClients(ctx, cfg, 10*time.Millisecond, rand.New(rand.NewPCG(1, 1)))
	s.clients.ended = func(_ string, e *finishedRequest) {
		s.records[e.Record.Class] = e.Record
		s.recorded++
	}
	tries := make(map[int]int)
	s.clients.attempt = func(r *world.Request) answer {
		s.mu.Lock()
		tries[r.Class]++
		n := tries[r.Class]
		if n == 1 {
			s.order = append(s.order, r.Class)
		}
		s.mu.Unlock()
		return attempt(n, r.Class)
	}
	return s
}

// every is n requests, one each so often.
func every(n int, gap time.Duration) []world.Request {
	list := make([]world.Request, n)
	for i := range list {
		list[i] = world.Request{Request: workloads.Request{At: time.Duration(i) * gap, Class: i}}
	}
	return list
}

func served(int, int) answer { return answer{outcome: metrics.Served} }

// Every request is sent once, and none before its instant, which keeps their
// order as far as the machine does.
func TestEveryRequestIsSentOnce(t *testing.T) {
	const gap = 300 * time.Microsecond
	s := newScripted(t.Context(), world.ClientConfig{}, served)
	list := every(1000, gap)
	if err := s.Drive(next(list), func(time.Time) {}); err != nil {
		t.Fatal(err)
	}
	if len(s.records) != len(list) || s.recorded != len(list) || len(s.order) != len(list) {
		t.Fatalf("%d requests recorded, %d times, of %d", len(s.records), s.recorded, len(list))
	}
	for i := range list {
		r := s.records[i]
		if r.At != list[i].At || r.Sent < r.At || r.Done < r.Sent || r.Attempts != 1 {
			t.Fatalf("request %d is intended at %v: %+v", i, list[i].At, r)
		}
	}
	if slices.Sort(s.order); s.order[0] != 0 || s.order[999] != 999 {
		t.Error("the requests sent are not those of the plan")
	}
	if g := s.Report(); g.Scheduled != 1000 || g.Sent != 1000 || g.LatenessMS.P50 > g.LatenessMS.P99 || g.LatenessMS.P99 > g.LatenessMS.Max || g.Dropped != 0 {
		t.Errorf("generator %+v", g)
	}
}

// A generator that falls behind does not make the latencies better: they count
// from the instant in the plan, and the lateness is told.
func TestLatencyCountsFromThePlan(t *testing.T) {
	const late = 200 * time.Millisecond
	s := newScripted(t.Context(), world.ClientConfig{}, served)
	list := every(20, 0)
	for i := range list {
		list[i].At = -late // due before the run began
	}
	if err := s.Drive(next(list), func(time.Time) {}); err != nil {
		t.Fatal(err)
	}
	for i := range list {
		if r := s.records[i]; r.Done-r.At < late || r.Sent-r.At < late {
			t.Errorf("request %d is %v late and took %v from its instant, want both above %v", i, r.Sent-r.At, r.Done-r.At, late)
		}
	}
	if g := s.Report(); g.Late != 20 || g.LatenessMS.P50 < millis(late) {
		t.Errorf("generator %+v, want all late by %v", g, late)
	}
}

// A slow answer holds up nobody: the load is open, however many wait.
func TestLoadIsOpen(t *testing.T) {
	const n = 200
	all := make(chan struct{})
	var mu sync.Mutex
	inside := 0
	s := newScripted(t.Context(), world.ClientConfig{}, func(int, int) answer {
		mu.Lock()
		if inside++; inside == n {
			close(all)
		}
		mu.Unlock()
		<-all
		return answer{outcome: metrics.Served}
	})
	if err := s.Drive(next(every(n, 100*time.Microsecond)), func(time.Time) {}); err != nil {
		t.Fatal(err)
	}
}

func TestRetries(t *testing.T) {
	failing := func(until int) func(int, int) answer {
		return func(n, _ int) answer {
			if n < until {
				return answer{outcome: metrics.Rejected}
			}
			return answer{outcome: metrics.Computed}
		}
	}
	for _, c := range []struct {
		name     string
		cfg      world.ClientConfig
		attempt  func(int, int) answer
		attempts int // of each
		outcome  metrics.Outcome
	}{
		{"none", world.ClientConfig{}, failing(2), 1, metrics.Rejected},
		{"one is enough", world.ClientConfig{Retries: 3}, failing(2), 2, metrics.Computed},
		{"too few", world.ClientConfig{Retries: 2}, failing(9), 3, metrics.Rejected},
		{"what succeeds is not tried again", world.ClientConfig{Retries: 2}, failing(1), 1, metrics.Computed},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScripted(t.Context(), c.cfg, c.attempt)
			if err := s.Drive(next(every(10, 0)), func(time.Time) {}); err != nil {
				t.Fatal(err)
			}
			for i, r := range s.records {
				if r.Attempts != c.attempts || r.Outcome != c.outcome {
					t.Errorf("request %d: %v after %d attempts, want %v after %d", i, r.Outcome, r.Attempts, c.outcome, c.attempts)
				}
			}
		})
	}
	t.Run("pause", func(t *testing.T) {
		s := newScripted(t.Context(), world.ClientConfig{Retries: 2, Backoff: "fixed", Base: 20 * time.Millisecond}, failing(3))
		if err := s.Drive(next(every(1, 0)), func(time.Time) {}); err != nil {
			t.Fatal(err)
		}
		if r := s.records[0]; r.Done < 40*time.Millisecond || r.Attempts != 3 {
			t.Errorf("%d attempts in %v, want 3 with two pauses of 20 ms", r.Attempts, r.Done)
		}
	})
	t.Run("budget", func(t *testing.T) {
		s := newScripted(t.Context(), world.ClientConfig{Retries: 5, Budget: 0.2}, failing(100))
		if err := s.Drive(next(every(100, 0)), func(time.Time) {}); err != nil {
			t.Fatal(err)
		}
		attempts := 0
		for _, r := range s.records {
			attempts += r.Attempts
		}
		// A fifth of all attempts: 100 + 100/5 + 100/25 + ... = 125.
		if attempts > 125 || attempts < 110 {
			t.Errorf("%d attempts at 100 requests with a budget of 20 %%", attempts)
		}
	})
}

// A run is stopped at once, also when the next request or attempt is hours away.
func TestStopIsHeard(t *testing.T) {
	cause := errors.New("enough")
	for _, c := range []struct {
		name string
		list []world.Request
		cfg  world.ClientConfig
	}{
		{"before the next request", []world.Request{{}, {Request: workloads.Request{At: time.Hour, Class: 1}}}, world.ClientConfig{}},
		{"before the next attempt", every(1, 0), world.ClientConfig{Retries: 9, Backoff: "fixed", Base: time.Hour}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, stop := context.WithCancelCause(t.Context())
			attempted := make(chan struct{}, 10)
			s := newScripted(ctx, c.cfg, func(int, int) answer {
				attempted <- struct{}{}
				return answer{outcome: metrics.Rejected}
			})
			ended := make(chan error, 1)
			go func() { ended <- s.Drive(next(c.list), func(time.Time) {}) }()
			<-attempted
			stop(cause)
			select {
			case err := <-ended:
				if !errors.Is(err, cause) {
					t.Errorf("ended with %v, want the cause", err)
				}
			case <-time.After(2 * time.Second):
				t.Fatal("does not end within 2 s")
			}
			if len(attempted) > 0 {
				t.Error("something was sent after the stop")
			}
		})
	}
}
