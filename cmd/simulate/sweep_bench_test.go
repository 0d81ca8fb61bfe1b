//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/scenarios"
)

// A cell costs little over the bare run: sweep of 1,000 cells of 10,000 requests, 1,000
// settings under one seed, beside the same runs in a loop with nothing around it. With
// HERDLAB_SOAK, the two by turns, the ratios of CPU and wall time are held to 1.15.
func TestACellCostsLittleOverABareRun(t *testing.T) {
	if os.Getenv("HERDLAB_SOAK") == "" {
		t.Skip("set HERDLAB_SOAK to measure")
	}
	t.Setenv("HERDLAB_SOAK", "") // or the laws of the model would be checked after every event, in both
	dir := t.TempDir()
	file := filepath.Join(dir, "tenk.yaml")
	text := `
duration: 10s
fleet: {boxes: 2, workers: 50, cache: {nodes: 2, rtt: 500us}, origin: {latency: 20ms}}
workload: [{class: page, rate: 1000/s, keys: {count: 1000, zipf: 1.0}}]
strategies: {mutex: {ttl: 5s, losers: wait, wait: 1s}}
`
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	const rounds, settings, jobs = 3, 1000, 2
	axis := "fleet.workers=10..1009/1000"
	var bare, swept cost
	for i := range rounds {
		bare.add(func() { bareRuns(t, file, settings, jobs) })
		swept.add(func() {
			out := filepath.Join(dir, "out", string(rune('a'+i)))
			args := []string{"sweep", file, "--vary", axis, "--seeds", "1", "--jobs", "2", "--quiet", "--out", out}
			if code := run(context.Background(), new(bytes.Buffer), new(bytes.Buffer), args); code != command.ExitDone {
				t.Fatalf("exit code %d", code)
			}
		})
	}
	cpu, wall := swept.cpu.Seconds()/bare.cpu.Seconds(), swept.wall.Seconds()/bare.wall.Seconds()
	t.Logf("bare: CPU %v, wall %v; sweep: CPU %v, wall %v; ratios %.3f and %.3f", bare.cpu/rounds, bare.wall/rounds, swept.cpu/rounds, swept.wall/rounds, cpu, wall)
	if cpu > 1.15 || wall > 1.15 {
		t.Errorf("a cell costs %.3f of the CPU and %.3f of the time of a bare run, more than 1.15", cpu, wall)
	}
}

// bareRuns runs all cells with nothing around them.
func bareRuns(t *testing.T, file string, settings, jobs int) {
	sc, err := scenarios.Open(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	next := make(chan int)
	var workers sync.WaitGroup
	for range jobs {
		workers.Go(func() {
			for i := range next {
				one := *sc
				one.Fleet.Workers = 10 + i
				if _, err := lab.Run(&one, sc.Strategies[0], 1, lab.Setup{Clock: sim.New()}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range settings {
		next <- i
	}
	close(next)
	workers.Wait()
}

// cost is what something took.
type cost struct{ cpu, wall time.Duration }

// add runs it once more.
func (c *cost) add(do func()) {
	begin, before := time.Now(), userTime()
	do()
	c.cpu += userTime() - before
	c.wall += time.Since(begin)
}

// userTime is the CPU time that the process has taken for itself.
func userTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano())
}
