package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// killedScenario has cells of some ten milliseconds.
const killedScenario = `
name: killed
duration: 10s
warm: 20
fleet: {boxes: 1, workers: 50, origin: {latency: 50ms}}
workload: [{class: page, rate: 500/s, keys: {count: 100, zipf: 1.0}}]
strategies: {naive: {ttl: 1s}, mutex: {ttl: 1s, losers: wait, wait: 1s}}
`

// A sweep that is killed at any instant, as often as you like, and gone on with leaves the
// bytes of one that nobody disturbed, and loses none of the cells that it had done. With
// HERDLAB_SOAK it is killed twenty times, sharded and merged.
func TestSweepKilledAtRandom(t *testing.T) {
	kills, shards := 4, 1
	if os.Getenv("HERDLAB_SOAK") != "" {
		kills, shards = 20, 2
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "killed.yaml"), []byte(killedScenario), 0o644); err != nil {
		t.Fatal(err)
	}
	sweep := func(out string, more ...string) *exec.Cmd {
		args := []string{"sweep", "killed.yaml", "--vary", "fleet.workers=20..60/5", "--vary", "fleet.origin.latency=20ms,50ms,80ms", "--seeds", "3", "--quiet", "--out", out}
		c := exec.Command(tool, append(args, more...)...)
		c.Dir = dir
		return c
	}
	begin := time.Now()
	runProgram(t, sweep("undisturbed"))
	length := time.Since(begin)

	rng := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	var outs []string
	killed := 0
	for n := 1; n <= shards; n++ {
		out := fmt.Sprintf("shard-%d", n)
		outs = append(outs, out)
		shard := fmt.Sprintf("%d/%d", n, shards)
		done := 0
		for range kills / shards {
			c := sweep(out, "--resume", "--shard", shard)
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			after := time.Duration(rng.Int64N(int64(length) / 4))
			time.Sleep(after)
			if c.Process.Kill() == nil {
				killed++
			}
			c.Wait()
			lines := logged(t, filepath.Join(dir, out))
			if lines < done {
				t.Fatalf("killed after %v: the log says of %d cells that they are done, and said so of %d", after, lines, done)
			}
			done = lines
		}
		runProgram(t, sweep(out, "--resume", "--shard", shard))
	}
	merge := exec.Command(tool, append([]string{"merge", "merged"}, outs...)...)
	merge.Dir = dir
	runProgram(t, merge)
	if killed == 0 {
		t.Error("nothing was killed")
	}
	want, got := tree(t, filepath.Join(dir, "undisturbed")), tree(t, filepath.Join(dir, "merged"))
	if len(want) < 45+4 {
		t.Fatalf("an undisturbed sweep leaves %d files", len(want))
	}
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s differs", name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}

// runProgram runs a command that has to succeed.
func runProgram(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", c.Args, err, out)
	}
}

// logged counts the whole lines of a log behind its head.
func logged(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "sweep.log"))
	if err != nil { // killed before there was one
		return 0
	}
	return strings.Count(string(text), "}\n") - 1
}

// tree are the files of a sweep with their texts. The log has the cells in the order in
// which they ended, and the lock is empty.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "sweep.log" || d.Name() == ".lock" {
			return err
		}
		text, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, dir)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
