package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

const steadyScenario = `
name: steady
fleet: {boxes: 4, workers: 50, origin: {latency: 5ms}}
workload: [{class: page, rate: 2000/s, keys: {count: 2000}, writes: 1%}]
strategies: {naive: {ttl: 10s}}
`

// A run and its report take the memory of the keys and windows, and none for the
// requests: 6 million of them take what 300,000 take. The collector is kept busy, or what
// it leaves lying about would be measured too.
func TestMemoryOfManyRequests(t *testing.T) {
	if os.Getenv("HERDLAB_SOAK") == "" {
		t.Skip("set HERDLAB_SOAK to run 6 million requests")
	}
	program := buildProgram(t)
	t.Chdir(t.TempDir())
	if err := os.WriteFile("steady.yaml", []byte(steadyScenario), 0o644); err != nil {
		t.Fatal(err)
	}
	peak := func(seconds int) int64 {
		c := exec.Command(program, "run", "-q", "steady.yaml", "--set", fmt.Sprintf("duration=%ds", seconds))
		c.Env = append(os.Environ(), "GOGC=20")
		runProgram(t, c)
		return c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	}
	few, many := peak(150), peak(3000)
	t.Logf("300,000 requests take %d kB, and 6,000,000 take %d kB", few, many)
	if float64(many) > 1.15*float64(few) {
		t.Errorf("6,000,000 requests take %d kB of memory, and 300,000 take %d kB", many, few)
	}
}
