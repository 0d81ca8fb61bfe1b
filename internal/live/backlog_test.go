package live

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/workloads"
)

// slowBox is a box of one worker, whose requests take a while, with a backlog of 1.
func slowBox(t *testing.T, full string, takes time.Duration) *box {
	t.Helper()
	return boxOf(t, world.FleetConfig{Workers: 1, Queue: 1, Full: full}, answers(func(string) (strategies.Result, error) {
		time.Sleep(takes)
		return strategies.Result{Outcome: strategies.Computed}, nil
	}))
}

// ask has so many clients ask at once, each with such patience, and gives the outcomes and
// how long it was until the last of them had one.
func ask(t *testing.T, b *box, clients int, limit time.Duration) (got map[metrics.Outcome]int, took time.Duration) {
	t.Helper()
	transport := newTransport()
	transport.DisableKeepAlives = true
	got = make(map[metrics.Outcome]int)
	var mu sync.Mutex
	var all sync.WaitGroup
	begun := time.Now()
	for range clients {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			a := send(transport.RoundTrip, newRequest(ctx, requestURL(b.url, &world.Request{Request: workloads.Request{Key: "page"}}), false))
			mu.Lock()
			defer mu.Unlock()
			got[a.outcome]++
		})
	}
	all.Wait()
	return got, time.Since(begun)
}

// A box with a real backlog refuses nobody: one of four is worked on, two wait in the kernel,
// and the fourth dials again after a second. One that rejects has a worker and one place.
func TestFullBacklog(t *testing.T) {
	got, took := ask(t, slowBox(t, world.FullDrop, 200*time.Millisecond), 4, patience)
	if got[metrics.Computed] != 4 || took < 900*time.Millisecond {
		t.Errorf("drop: %v after %v, want 4 computed, the last after a second", got, took)
	}
	got, took = ask(t, slowBox(t, world.FullReject, 200*time.Millisecond), 4, patience)
	if got[metrics.Computed] != 2 || got[metrics.Rejected] != 2 {
		t.Errorf("reject: %v after %v, want 2 computed and 2 rejected", got, took)
	}
}

// A client that leaves while it dials takes no worker later; one that has got into the
// queue does.
func TestWhoLeavesDialsNoMore(t *testing.T) {
	var mu sync.Mutex
	worked := 0
	b := boxOf(t, world.FleetConfig{Workers: 1, Queue: 1, Full: world.FullDrop}, answers(func(string) (strategies.Result, error) {
		mu.Lock()
		worked++
		mu.Unlock()
		time.Sleep(400 * time.Millisecond)
		return strategies.Result{Outcome: strategies.Computed}, nil
	}))
	if got, _ := ask(t, b, 6, 300*time.Millisecond); got[metrics.Timeout] != 6 {
		t.Fatalf("%v, want 6 time-outs", got)
	}
	time.Sleep(2 * time.Second) // for the SYN of those who left, if there was one
	mu.Lock()
	defer mu.Unlock()
	if worked != 3 {
		t.Errorf("%d were worked on, want the one and the two in the queue", worked)
	}
}

// Its health is told without a worker.
func TestHealthOfAFullBox(t *testing.T) {
	b := slowBox(t, world.FullDrop, time.Second)
	go ask(t, b, 2, patience)
	time.Sleep(50 * time.Millisecond)
	begun := time.Now()
	if resp, _ := do(t, http.MethodGet, b.health.String()+healthPath); resp.StatusCode != http.StatusOK || time.Since(begun) > 500*time.Millisecond {
		t.Errorf("status %d after %v", resp.StatusCode, time.Since(begun))
	}
}

// A crash breaks what waits in the kernel, too.
func TestCrashResetsTheQueue(t *testing.T) {
	b := slowBox(t, world.FullDrop, 300*time.Millisecond)
	time.AfterFunc(100*time.Millisecond, b.box.Crash)
	if got, took := ask(t, b, 3, patience); got[metrics.Rejected] != 3 { // one that was dialing dials once more
		t.Errorf("%v after %v, want 3 rejected", got, took)
	}
}

// What waits in the kernel when a box closes is worked on, whoever has left.
func TestCloseDrainsTheQueue(t *testing.T) {
	var worked atomic.Int64
	b := boxOf(t, world.FleetConfig{Workers: 1, Queue: 9, Full: world.FullDrop}, answers(func(string) (strategies.Result, error) {
		worked.Add(1)
		time.Sleep(50 * time.Millisecond)
		return strategies.Result{Outcome: strategies.Computed}, nil
	}))
	if got, _ := ask(t, b, 6, 20*time.Millisecond); got[metrics.Timeout] != 6 {
		t.Fatalf("%v, want 6 time-outs", got)
	}
	b.box.Close()
	b.close()
	if n := worked.Load(); n != 6 {
		t.Errorf("%d were worked on, want 6", n)
	}
}

// Where the boxes accept no more than they work on, clients may have more requests under
// way: each holds a descriptor and not two. Boxes with more workers than that get theirs.
func TestInFlightBeforeABacklog(t *testing.T) {
	of := func(a assignment) uint64 { return a.clients(t.Context(), nil).inFlight }
	usual := of(assignment{})
	if got := of(assignment{Fresh: true, Workers: 100}); got != 2*usual-100 {
		t.Errorf("%d requests under way, want %d", got, 2*usual-100)
	}
	for _, workers := range []int{int(usual), int(3 * usual)} {
		if got := of(assignment{Fresh: true, Workers: workers}); got != usual {
			t.Errorf("with %d workers %d requests under way, want %d", workers, got, usual)
		}
	}
}
