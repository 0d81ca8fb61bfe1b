package live

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/workloads"
)

// gated is a box of one worker with a backlog in the kernel. Its worker takes requests one by
// one, and answers when the gate is open: until then nothing that waits gets any further,
// however slow the machine is.
type gated struct {
	*box
	worked atomic.Int64 // requests that the worker took
	open   func()
	leave  context.CancelFunc // of all clients
	asking context.Context
	got    chan metrics.Outcome // of the clients, as they get them
}

func gatedBox(t *testing.T, places int) *gated {
	t.Helper()
	gate := make(chan struct{})
	g := &gated{open: sync.OnceFunc(func() { close(gate) }), got: make(chan metrics.Outcome, 100)}
	g.asking, g.leave = context.WithCancel(t.Context())
	g.box = boxOf(t, world.FleetConfig{Workers: 1, Queue: places, Full: world.FullDrop}, answers(func(string) (strategies.Result, error) {
		g.worked.Add(1)
		<-gate
		return strategies.Result{Outcome: strategies.Computed}, nil
	}))
	t.Cleanup(g.open) // before the box closes, which waits for its worker
	return g
}

// ask has so many clients ask.
func (g *gated) ask(clients int) {
	transport := newTransport()
	transport.DisableKeepAlives = true
	for range clients {
		go func() {
			r := newRequest(g.asking, requestURL(g.url, &world.Request{Request: workloads.Request{Key: "page"}}), false)
			g.got <- send(transport.RoundTrip, r).outcome
		}()
	}
}

// await waits until so many requests have had the worker, so many connections wait in the
// kernel for it, and so many clients dial and get no answer.
func (g *gated) await(t *testing.T, worked, waiting, dialing int) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		taken := int(g.worked.Load())
		queue, dials := connectionsTo(t, g.url.Port())
		if taken == worked && queue == waiting && dials == dialing {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d worked on, %d in the kernel and %d dialing, want %d, %d and %d", taken, queue, dials, worked, waiting, dialing)
		}
	}
}

// outcomes are those of so many clients.
func (g *gated) outcomes(clients int) map[metrics.Outcome]int {
	got := make(map[metrics.Outcome]int)
	for range clients {
		got[<-g.got]++
	}
	return got
}

// connectionsTo is what Linux knows of a port: how many connections wait there to be accepted,
// and how many sockets have sent it a SYN that is not answered.
func connectionsTo(t *testing.T, port string) (waiting, dialing int) {
	t.Helper()
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Skipf("SKIPPED, NOTHING WAS TESTED: A TABLE OF CONNECTIONS: %v", err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	const synSent, listening = "02", "0A" // of include/net/tcp_states.h
	end := fmt.Sprintf(":%04X", n)
	for line := range strings.Lines(string(table)) {
		switch f := strings.Fields(line); {
		case len(f) < 5:
		case f[3] == listening && strings.HasSuffix(f[1], end):
			_, queue, _ := strings.Cut(f[4], ":") // of a socket that listens, the connections to be accepted
			length, err := strconv.ParseInt(queue, 16, 32)
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			waiting += int(length)
		case f[3] == synSent && strings.HasSuffix(f[2], end):
			dialing++
		}
	}
	return waiting, dialing
}

// A box with a real backlog refuses nobody: one of four is worked on, two wait in the kernel,
// and the fourth, whose SYN was dropped, dials again after a second.
func TestFullBacklog(t *testing.T) {
	t.Parallel()
	g := gatedBox(t, 1)
	g.ask(1)
	g.await(t, 1, 0, 0)
	g.ask(2)
	g.await(t, 1, 2, 0)
	begun := time.Now()
	g.ask(1)
	g.await(t, 1, 2, 1)
	g.open()
	if got := g.outcomes(4); got[metrics.Computed] != 4 || time.Since(begun) < 900*time.Millisecond {
		t.Errorf("%v after %v, want 4 computed, the last after a second", got, time.Since(begun))
	}
}

// A client that leaves while it dials takes no worker later; one that has got into the
// queue does.
func TestWhoLeavesDialsNoMore(t *testing.T) {
	g := gatedBox(t, 1)
	g.ask(1)
	g.await(t, 1, 0, 0)
	g.ask(2)
	g.await(t, 1, 2, 0)
	g.ask(3)
	g.await(t, 1, 2, 3)
	g.leave()
	if got := g.outcomes(6); got[metrics.Timeout] != 6 {
		t.Fatalf("%v, want 6 time-outs", got)
	}
	g.await(t, 1, 2, 0) // no socket is left that would send its SYN again
	g.open()
	g.box.close()
	if n := g.worked.Load(); n != 3 {
		t.Errorf("%d were worked on, want the one and the two in the queue", n)
	}
}

// Its health is told without a worker.
func TestHealthOfAFullBox(t *testing.T) {
	g := gatedBox(t, 1)
	g.ask(3)
	g.await(t, 1, 2, 0)
	if resp, _ := do(t, http.MethodGet, g.health.String()+healthPath); resp.StatusCode != http.StatusOK {
		t.Errorf("status %d", resp.StatusCode)
	}
}

// A crash breaks what waits in the kernel, too.
func TestCrashResetsTheQueue(t *testing.T) {
	g := gatedBox(t, 1)
	g.ask(3)
	g.await(t, 1, 2, 0)
	g.box.box.Crash()
	if got := g.outcomes(3); got[metrics.Rejected] != 3 {
		t.Errorf("%v, want 3 rejected", got)
	}
}

// What waits in the kernel when a box closes is worked on, whoever has left.
func TestCloseDrainsTheQueue(t *testing.T) {
	g := gatedBox(t, 9)
	g.ask(6)
	g.await(t, 1, 5, 0)
	g.leave()
	if got := g.outcomes(6); got[metrics.Timeout] != 6 {
		t.Fatalf("%v, want 6 time-outs", got)
	}
	g.open()
	g.box.box.Close()
	g.box.close()
	if n := g.worked.Load(); n != 6 {
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
