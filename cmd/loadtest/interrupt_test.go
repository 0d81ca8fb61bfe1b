package main

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/command"
)

// listener is a writer that tells when a pattern has gone by.
type listener struct {
	mu    sync.Mutex
	text  bytes.Buffer
	want  *regexp.Regexp
	heard chan string // the match, once
}

func listen(pattern string) *listener {
	return &listener{want: regexp.MustCompile(pattern), heard: make(chan string, 1)}
}

func (l *listener) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.text.Write(p)
	if m := l.want.FindStringSubmatch(l.text.String()); m != nil {
		select {
		case l.heard <- m[len(m)-1]:
		default:
		}
	}
	return n, err
}

func (l *listener) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

const twoStrategies = `
duration: 1s
fleet: {origin: {latency: 5ms}}
workload: [{class: page, rate: 50/s, keys: {count: 5}}]
strategies: {naive: {}, mutex: {}}
expect: [naive.computes > 1000]
`

// Ctrl-C ends a command at once: what is finished is written, nothing half done
// is left, and the exit code is 130.
func TestInterrupt(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(target.Close) // after the parallel subtests
	for _, c := range []struct {
		args, when, said string
		runs             int // in herd's results; -1 is no report
	}{
		{"run herd.yaml", "run 2 of 2", "interrupted: 1 of 2 runs of herd are finished and written", 1},
		{"run herd.yaml herd2.yaml --seeds 2", "run 2 of 4", "interrupted: 1 of 4 runs of herd are finished and written, 1 scenario was not begun", 1},
		{"attack herd.yaml --seeds 2 --target " + target.URL, "run 2 of 2", "interrupted: 1 of 2 runs of herd are finished and written", 1},
		{"validate herd.yaml", "run 1 of 2", "interrupted: 0 of 2 strategies of herd are compared", -1},
		{"prepare --origin sqlite:books.db --books 400000", "books.db: 20 %", "interrupted: the SQLite database .* is not full; begin again with `loadtest prepare`", -1},
	} {
		t.Run(strings.Fields(c.args)[0], func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for _, name := range []string{"herd.yaml", "herd2.yaml"} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(twoStrategies), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			code, said := interrupt(t, dir, c.when, strings.Fields(c.args)...)
			if code != command.ExitInterrupted || !regexp.MustCompile(c.said).MatchString(said) {
				t.Errorf("exit code %d, said %q; want 130 and %q", code, said, c.said)
			}
			left, err := filepath.Glob(filepath.Join(dir, "books.db*"))
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
			if c.runs < 0 {
				if _, err := os.Stat(filepath.Join(dir, "out")); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("there is a report: %v", err)
				}
				return
			}
			name := "real"
			if strings.HasPrefix(c.args, "attack") {
				name = "target"
			}
			if file := results(t, dir, name); !file.Interrupted || len(file.Runs) != c.runs || len(file.Expectations) > 0 {
				t.Errorf("interrupted %v with %d runs and %d expectations, want %d runs", file.Interrupted, len(file.Runs), len(file.Expectations), c.runs)
			}
		})
	}
}

// interrupt runs the tool and sends it Ctrl-C once it has said something.
func interrupt(t *testing.T, dir, when string, args ...string) (code int, said string) {
	t.Helper()
	stderr := listen(regexp.QuoteMeta(when))
	cmd := exec.Command(tool, args...)
	cmd.Stderr, cmd.Dir = stderr, dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-stderr.heard:
	case err := <-ended:
		t.Fatalf("ended with %v before it said %q: %s", err, when, stderr)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		_ = cmd.Process.Kill()
		t.Fatalf("goes on after Ctrl-C: %s", stderr)
	}
	return cmd.ProcessState.ExitCode(), stderr.String()
}

// The disks of the boxes are gone after Ctrl-C, while they are filled and while
// they are in use.
func TestInterruptRemovesDisks(t *testing.T) {
	const disks = `
duration: 10s
fleet: {boxes: 2, disk: {entries: %s}, origin: {latency: 5ms}}
workload: [{class: page, rate: 50/s, keys: {count: 500}}]
strategies: {naive: {}}
`
	for _, c := range []struct{ entries, when string }{{"100", "requests/s"}, {"1000000", "begins"}} {
		dir := t.TempDir()
		t.Setenv("TMPDIR", dir)
		text := strings.Replace(disks, "%s", c.entries, 1)
		if err := os.WriteFile(filepath.Join(dir, "herd.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if code, said := interrupt(t, dir, c.when, "run", "herd.yaml"); code != command.ExitInterrupted {
			t.Errorf("%s entries: exit code %d, said %q", c.entries, code, said)
		}
		left, err := filepath.Glob(filepath.Join(dir, "herdlab-*"))
		if err != nil || len(left) > 0 {
			t.Errorf("%s entries: left behind: %v, %v", c.entries, left, err)
		}
	}
}
