package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/reports"
)

// background runs a command until the test ends it.
func background(t *testing.T, stdout *listener, args ...string) (end func() (code int, stderr string)) {
	ctx, cancel := context.WithCancel(context.Background())
	stderr := listen("$never")
	code := make(chan int, 1)
	go func() { code <- run(ctx, stdout, stderr, args) }()
	end = sync.OnceValues(func() (int, string) { cancel(); return <-code, stderr.String() })
	t.Cleanup(func() { end() })
	return end
}

// program builds the program of docs/any-application.md.
func program(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "any-application.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```go\n(.*?)```").FindSubmatch(page)
	if block == nil {
		t.Fatal("docs/any-application.md has no Go program")
	}
	dir := t.TempDir()
	source, binary := filepath.Join(dir, "app.go"), filepath.Join(dir, "app")
	if err := os.WriteFile(source, block[1], 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-o", binary, source).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// start runs the program until the test is over, and returns once it listens.
func start(t *testing.T, binary, origin string) (base string) {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	app := exec.Command(binary, address, origin)
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Process.Kill(); _ = app.Wait() })
	for deadline := time.Now().Add(10 * time.Second); ; {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return "http://" + address
		}
		if time.Now().After(deadline) {
			t.Fatalf("the program does not listen: %v", err)
		}
	}
}

const herd = `
duration: 1s
warm: 1
fleet: {origin: {latency: 1ms}}
workload:
  - {class: page, rate: 200/s, keys: {count: 5}}
  - {class: bystander, rate: 20/s}
strategies: {naive: {}, mutex: {}}
expect:
  - naive.herd_peak > 2 && naive.duplicate_computes > 2 && naive.failures == 0
  - mutex.herd_peak == 1
`

// The example of docs/any-application.md as a reader would try it: somebody
// else's cache between the lab's users and the lab's origin has a herd.
func TestAnyApplication(t *testing.T) {
	t.Parallel()
	binary, dir := program(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "herd.yaml"), []byte(herd), 0o644); err != nil {
		t.Fatal(err)
	}
	serving := listen(`origin: (http://\S+)\n`)
	end := background(t, serving, "origin", "--listen", "0", "--latency", "200ms")
	origin := <-serving.heard
	target := start(t, binary, origin)

	var stdout, stderr bytes.Buffer
	attack := func(args ...string) int {
		stdout.Reset()
		stderr.Reset()
		cmd := exec.Command(tool, append([]string{"attack", "herd.yaml", "-q", "--max-late", "100%", "--target"}, args...)...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
		_ = cmd.Run() // its exit code tells
		return cmd.ProcessState.ExitCode()
	}
	if code := attack(target, "--origin-stats", origin, "--name", "naive"); code != command.ExitDone {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	r := results(t, dir, "naive").Runs[0]
	if r.Strategy != "naive" || r.Kind != "target" || r.LoadsUnknown {
		t.Errorf("run %s of kind %s, loads unknown %v", r.Strategy, r.Kind, r.LoadsUnknown)
	}
	if r.Computes < 4 || r.HerdPeak < 3 || r.Outcomes[metrics.FreshHit] == 0 || r.Classes["bystander"].Failures > 0 {
		t.Errorf("computes %d, herd peak %d, outcomes %v, want a herd, hits, and bystanders served", r.Computes, r.HerdPeak, r.Outcomes)
	}
	if !strings.Contains(stdout.String(), "warning: 1 expectation is about a strategy of the scenario and not checked") {
		t.Errorf("said %q", stdout.String())
	}

	// Without the origin's counts nothing is claimed about the herd.
	if code := attack(target + "/{key}"); code != command.ExitDone || !strings.Contains(stdout.String(), "n/a") {
		t.Errorf("exit code %d: %s\n%s", code, stderr.String(), stdout.String())
	}
	if r := results(t, dir, "target").Runs[0]; !r.LoadsUnknown || !strings.Contains(strings.Join(r.Warnings, " "), "--origin-stats") {
		t.Errorf("loads unknown %v, warnings %q", r.LoadsUnknown, r.Warnings)
	}
	if code := attack(target, "--name", "mutex"); code != command.ExitExpectation || !strings.Contains(stderr.String(), "mutex.herd_peak has no value") {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}

	code, said := end()
	if code != command.ExitInterrupted || !strings.Contains(said, "is closed") {
		t.Errorf("exit code %d, said %q", code, said)
	}
	if !regexp.MustCompile(`computes \d+, duplicate computes \d+, herd peak \d+, in flight peak \d+\n  page:\d-\w+: computes`).MatchString(serving.String()) {
		t.Errorf("counts: %q", serving.String())
	}
	if conn, err := net.Dial("tcp", strings.TrimPrefix(origin, "http://")); err == nil {
		conn.Close()
		t.Error("the origin still listens")
	}
}

// results reads the results.json of the herd below dir: of a run, whose folder ends with
// real, or of an attack on a target of that name.
func results(t *testing.T, dir, name string) *metrics.File {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "out", "herd-"+name, "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	file, err := reports.ReadJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
