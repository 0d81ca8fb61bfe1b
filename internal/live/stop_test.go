package live_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/live"
	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies/clock"
)

// children are the processes that this one started and that have not ended, by
// the kernel's table.
func children(t testing.TB) (pids []string) {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		t.Skip("SKIPPED, NOTHING WAS TESTED: THERE IS NO /proc HERE")
	}
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
		if parent, err := strconv.Atoi(string(fields[1])); err == nil && parent == os.Getpid() {
			pids = append(pids, filepath.Base(filepath.Dir(path)))
		}
	}
	return pids
}

// until asks again and again, and ends the test if the answer stays no.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for begun := time.Now(); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Since(begun) > patience {
			buf := make([]byte, 1<<20)
			t.Fatalf("after %v still not: %s\n%s", patience, what, buf[:runtime.Stack(buf, true)])
		}
	}
}

// busy has requests waiting everywhere: for locks, for workers, for a slow
// origin, for the next attempt.
const busy = `
name: busy
duration: 30s
fleet:
  boxes: 2
  workers: 8
  queue: 50
  cache: {nodes: 2}
  origin: {latency: 20s}
workload:
  - {class: page, rate: 200/s, keys: {count: 30}}
  - {class: bystander, rate: 20/s}
client: {timeout: 20s, retries: 3, backoff: fixed, base: 20s}
faults:
  - {at: 100ms, kind: node-hang, node: 1}
  - {at: 20s, kind: deploy}
strategies:
  mutex: {ttl: 10s, lock: 30s, losers: wait, wait: 20s, poll: 20ms}
`

// A run that is stopped ends within two seconds, whatever it was waiting for,
// and leaves nothing behind: no goroutine, no listener, no process.
func TestStopLeavesNothing(t *testing.T) {
	for _, kind := range tier.Kinds() {
		t.Run(kind, func(t *testing.T) {
			before, processes := runtime.NumGoroutine(), len(children(t))
			sc := scenario(t, busy)
			cause := errors.New("enough")
			ctx, stop := context.WithCancelCause(t.Context())
			defer stop(nil)
			on := startTier(t, ctx, kind, sc.Fleet)
			started := len(children(t)) - processes
			if want := map[string]int{"redis": 2, "memcached": 2}[kind]; started != want {
				t.Errorf("%d processes started, want %d", started, want)
			}
			var stopped time.Time
			var ports []string
			_, err := lab.Run(sc, sc.Strategies[0], 1, lab.Setup{
				Clock: clock.NewWall(), Wall: true,
				World: func(cfg world.Config, p world.Environment) (lab.World, error) {
					w, at, err := live.NewListening(ctx, live.Config{Tier: on, LateAfter: time.Second}, cfg, p)
					if err == nil {
						ports = at
						time.AfterFunc(600*time.Millisecond, func() { stopped = time.Now(); stop(cause) })
					}
					return w, err
				},
			})
			if took := time.Since(stopped); took > 2*time.Second {
				t.Errorf("ended %v after the stop", took)
			}
			if !errors.Is(err, cause) {
				t.Errorf("ended with %v, want the cause", err)
			}
			on.Close()
			for _, addr := range ports {
				if conn, err := net.Dial("tcp", addr); err == nil {
					_ = conn.Close()
					t.Errorf("somebody still listens at %s", addr)
				}
			}
			until(t, "the processes have ended", func() bool { return len(children(t)) <= processes })
			until(t, "the goroutines have ended", func() bool { return runtime.NumGoroutine() <= before })
		})
	}
}

// A run that ends by itself leaves nothing either.
func TestEndLeavesNothing(t *testing.T) {
	for _, kind := range tier.Kinds() {
		t.Run(kind, func(t *testing.T) {
			before, processes := runtime.NumGoroutine(), len(children(t))
			sc := scenario(t, steady, "duration=200ms", "faults=[{at: 50ms, kind: node-loss, node: 0}, {at: 190ms, kind: deploy}]")
			on := startTier(t, t.Context(), kind, sc.Fleet)
			run(t, sc, "naive", on)
			on.Close()
			on.Close() // again does nothing
			until(t, "the processes have ended", func() bool { return len(children(t)) <= processes })
			until(t, "the goroutines have ended", func() bool { return runtime.NumGoroutine() <= before })
		})
	}
}
