package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/reports"
)

// trigger cancels when it has seen a word go by.
type trigger struct {
	bytes.Buffer
	word   string
	cancel context.CancelFunc
}

func (w *trigger) Write(p []byte) (int, error) {
	n, err := w.Buffer.Write(p)
	if strings.Contains(w.String(), w.word) {
		w.cancel()
	}
	return n, err
}

// Ctrl-C ends the run early: what is finished is written and said, and the exit
// code is 130.
func TestInterrupt(t *testing.T) {
	t.Chdir(t.TempDir())
	scenario := `
duration: 20s
fleet: {origin: {latency: 5ms}}
workload: [{class: page, rate: 500/s, keys: {count: 100}}]
strategies: {naive: {}, mutex: {}, swr: {}, publish: {}}
expect: [naive.computes > 1]
`
	if err := os.WriteFile("long.yaml", []byte(scenario), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stderr := &trigger{word: "long: 60 %", cancel: cancel}
	var stdout bytes.Buffer
	code := run(ctx, &stdout, stderr, []string{"run", "long.yaml", "burst", "--parallel", "1"})
	if code != command.ExitInterrupted {
		t.Errorf("exit code %d, want %d: %s", code, command.ExitInterrupted, stderr.String())
	}
	if !strings.Contains(stderr.String(), "interrupted: 2 of 4 runs of long are finished and written, 1 scenario was not begun") {
		t.Errorf("said %q", stderr.String())
	}
	f, err := os.Open(filepath.Join("out", "long", "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	file, err := reports.ReadJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	if !file.Interrupted || len(file.Runs) != 2 {
		t.Errorf("interrupted %v with %d runs, want 2", file.Interrupted, len(file.Runs))
	}
}

// Ctrl-C ends a sweep at once: what is done is kept, and --resume goes on.
func TestInterruptedSweep(t *testing.T) {
	t.Chdir(t.TempDir())
	scenario := `
duration: 100s
fleet: {origin: {latency: 5ms}}
workload: [{class: page, rate: 2000/s, keys: {count: 100}}]
strategies: {naive: {}}
`
	if err := os.WriteFile("long.yaml", []byte(scenario), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	args := []string{"sweep", "long.yaml", "--vary", "duration=1s,2s,1000000s", "--jobs", "1"}
	go func() { // when the first two are done, the third takes hours
		for {
			if text, err := os.ReadFile("out/long-sweep/sweep.log"); err == nil && strings.Count(string(text), "\n") == 3 {
				cancel()
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	var stdout, stderr bytes.Buffer
	if code := run(ctx, &stdout, &stderr, args); code != command.ExitInterrupted {
		t.Errorf("exit code %d, want %d", code, command.ExitInterrupted)
	}
	if !strings.Contains(stderr.String(), "interrupted: 1 cell is not done; what is done is kept: go on with --resume") {
		t.Errorf("said %q", stderr.String())
	}
	stderr.Reset()
	if code := run(ctx, &stdout, &stderr, append(args, "--resume")); code != command.ExitInterrupted {
		t.Errorf("with --resume: exit code %d: %s", code, stderr.String())
	}
}

// Ctrl-C is heard while boxes are set up and while the cache is warmed: it ends the
// command long before either would have ended.
func TestInterruptBeforeTheTraffic(t *testing.T) {
	for name, set := range map[string][]string{
		"set-up":  {"--set", "fleet.boxes=10000", "--set", "fleet.cache.nodes=1000"},
		"warm-up": {"--set", "warm=10000000", "--set", "workload.page.keys.count=10000000"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
			defer cancel()
			var said bytes.Buffer
			args := append([]string{"run", "-q", "testdata/steady.yaml", "--out", t.TempDir()}, set...)
			if code := run(ctx, &said, &said, args); code != command.ExitInterrupted {
				t.Errorf("exit code %d, want %d: %s", code, command.ExitInterrupted, &said)
			}
			end, _ := ctx.Deadline()
			if late := time.Since(end); late > 2*time.Second { // 0.02 s on a machine at rest
				t.Errorf("ended %v after Ctrl-C", late)
			}
		})
	}
}
