package main

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Killed at one instant after the other, and begun again each time, a command comes to
// its end without a run made twice that was finished, and its report is, byte for byte,
// that of a command that nobody disturbed.
func TestKilled(t *testing.T) {
	program := buildProgram(t)
	t.Chdir(t.TempDir())
	const scenario = `
duration: 20s
fleet: {origin: {latency: 5ms}}
workload: [{class: page, rate: 3000/s, keys: {count: 1000}, writes: 1%}]
strategies: {naive: {}, mutex: {}, swr: {}, two-level: {}}
expect: [naive.computes > 1]
`
	if err := os.WriteFile("long.yaml", []byte(scenario), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"run", "-q", "long.yaml", "--seeds", "2", "--parallel", "1", "--format", "json"}
	undisturbed, err := exec.Command(program, append(args, "--out", "undisturbed")...).Output()
	if err != nil {
		t.Fatal(err)
	}
	taken, kills := 0, 0
	for {
		var said, out strings.Builder
		cmd := exec.Command(program, append(args, "--out", "killed")...)
		cmd.Stdout, cmd.Stderr = &out, &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		death := time.AfterFunc(time.Duration(200+rand.IntN(400))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		death.Stop()
		if said.Len() > 0 {
			n := 0
			if _, err := fmt.Sscanf(said.String(), "long: %d of 8 runs were finished when this command was killed, and are taken up", &n); err != nil || n < taken {
				t.Fatalf("after %d runs were taken up: %s", taken, &said)
			}
			taken = n
		}
		if err == nil {
			if out.String() != string(undisturbed) {
				t.Error("the results are not those of a command that nobody disturbed")
			}
			break
		}
		if kills++; kills > 100 {
			t.Fatalf("killed %d times, and %d of 8 runs are finished", kills, taken)
		}
	}
	if taken == 0 {
		t.Errorf("killed %d times, and no run was taken up", kills)
	}
	if list, err := os.ReadDir("killed"); err != nil || len(list) != 1 {
		t.Errorf("left behind: %v, %v", list, err)
	}
	want, got := reportFiles(t, "undisturbed"), reportFiles(t, "killed")
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s differs", name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}

// Killed at any instant, also of writing, a command leaves the report that was there or
// its own, and never parts of both. With HERDLAB_SOAK it is killed a hundred times.
func TestReportKilledAtRandom(t *testing.T) {
	kills := 6
	if os.Getenv("HERDLAB_SOAK") != "" {
		kills = 100
	}
	program := buildProgram(t)
	t.Chdir(t.TempDir())
	if err := os.WriteFile("killed.yaml", []byte(killedScenario), 0o644); err != nil {
		t.Fatal(err)
	}
	report := func(seed int, out string) *exec.Cmd {
		return exec.Command(program, "run", "-q", "killed.yaml", "--seed", fmt.Sprint(seed), "--out", out)
	}
	begun := time.Now()
	var whole [2]map[string]string
	for seed := range whole {
		out := fmt.Sprintf("undisturbed-%d", seed)
		runProgram(t, report(seed, out))
		whole[seed] = reportFiles(t, out)
	}
	length := time.Since(begun) / 2
	runProgram(t, report(0, "out"))
	there, changed := 0, 0
	for kill := range kills {
		c := report(1-there, "out")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		// The first half of a run is start and simulation.
		death := time.AfterFunc(length/2+time.Duration(rand.Int64N(int64(length)/2)), func() { _ = c.Process.Kill() })
		_ = c.Wait()
		death.Stop()
		files := reportFiles(t, "out")
		for name := range files { // a journal, and what the next one removes
			if strings.HasPrefix(name, ".") {
				delete(files, name)
			}
		}
		switch {
		case maps.Equal(files, whole[there]):
		case maps.Equal(files, whole[1-there]):
			there = 1 - there
			changed++
		default:
			t.Fatalf("kill %d: neither the report that was there nor the one that was to come: %d files", kill, len(files))
		}
	}
	t.Logf("killed %d times: the new report was in its place %d times", kills, changed)
	runProgram(t, report(1-there, "out"))
	if files := reportFiles(t, "out"); !maps.Equal(files, whole[1-there]) {
		t.Errorf("in the end %d files, want %d", len(files), len(whole[1-there]))
	}
}

// What was finished by another command, as of another seed, is not taken up, and is
// removed.
func TestKilledAndChanged(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("out", 0o755); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join("out", ".smoke.runs-0123456789ab.jsonl")
	if err := os.WriteFile(other, []byte("{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	if code := run(t.Context(), &said, &said, []string{"run", "-q", "smoke", "--strategy", "naive"}); code != 0 {
		t.Fatalf("exit code %d: %s", code, &said)
	}
	if strings.Contains(said.String(), "taken up") {
		t.Error(said.String())
	}
	if list, err := os.ReadDir("out"); err != nil || len(list) != 1 {
		t.Errorf("left behind: %v, %v", list, err)
	}
}

// buildProgram builds simulate, for tests that kill it.
func buildProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "simulate")
	if out, err := exec.Command("go", "build", "-o", path, "github.com/herdlab/herdlab/cmd/simulate").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// reportFiles are the files below a directory, by path.
func reportFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
