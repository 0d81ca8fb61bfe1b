package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/metrics"
)

// What a command that was killed has measured is taken up by the same command, which
// measures the rest: a run on the wall clock is minutes of somebody's time.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "herd.yaml"), []byte(twoStrategies), 0o644); err != nil {
		t.Fatal(err)
	}
	stderr := listen("run 2 of 2")
	cmd := exec.Command(tool, "run", "herd.yaml", "--max-late", "100%")
	cmd.Stderr, cmd.Dir = stderr, dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-stderr.heard
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	journal, err := filepath.Glob(filepath.Join(dir, "out", ".herd-real.runs-*.jsonl"))
	if err != nil || len(journal) != 1 {
		t.Fatalf("journals: %v, %v", journal, err)
	}
	text, err := os.ReadFile(journal[0])
	if err != nil {
		t.Fatal(err)
	}
	var first struct{ Run *metrics.Run }
	if err := json.Unmarshal(text, &first); err != nil {
		t.Fatal(err)
	}

	cmd = exec.Command(tool, "run", "herd.yaml", "--max-late", "100%")
	cmd.Dir = dir
	said, _ := cmd.CombinedOutput() // its expectation does not hold
	for _, want := range []string{"herd: 1 of 2 runs were finished when this command was killed, and are taken up\n", "run 2 of 2, mutex: begins"} {
		if !strings.Contains(string(said), want) {
			t.Errorf("does not say %q", want)
		}
	}
	if strings.Contains(string(said), "run 1 of 2") {
		t.Errorf("measures again what was finished: %s", said)
	}
	file := results(t, dir, "real")
	if len(file.Runs) != 2 || file.Interrupted || len(file.Expectations) != 1 {
		t.Fatalf("%d runs, interrupted %v, %d expectations", len(file.Runs), file.Interrupted, len(file.Expectations))
	}
	if first.Run.Histogram == "" || file.Runs[0].Histogram != first.Run.Histogram || file.Runs[0].Strategy != "naive" {
		t.Error("the first run is not the one that was finished")
	}
	if left, err := filepath.Glob(filepath.Join(dir, "out", ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
