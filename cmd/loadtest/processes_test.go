package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/command"
)

// running is the tool at work.
type running struct {
	*exec.Cmd
	temp  string // where it keeps what is not to stay
	said  *listener
	ended chan struct{}
}

// launch starts the tool in dir and returns once it has said something. It is killed at
// the end of the test if it is still there.
func launch(t *testing.T, dir, when string, args ...string) *running {
	t.Helper()
	r := &running{exec.Command(tool, args...), t.TempDir(), listen(regexp.QuoteMeta(when)), make(chan struct{})}
	r.Dir, r.Stderr, r.Env = dir, r.said, append(os.Environ(), "TMPDIR="+r.temp)
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = r.Wait() // its exit code tells
		close(r.ended)
	}()
	t.Cleanup(func() {
		_ = r.Process.Kill()
		<-r.ended
	})
	select {
	case <-r.said.heard:
	case <-r.ended:
		t.Fatalf("ended before it said %q: %s", when, r.said)
	}
	return r
}

// end sends a signal and waits for the end.
func (r *running) end(t *testing.T, s os.Signal) {
	t.Helper()
	if err := r.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	select {
	case <-r.ended:
	case <-time.After(20 * time.Second):
		t.Fatalf("goes on after %v: %s", s, r.said)
	}
}

// children are the processes of a program that the tool has started, by the kernel's
// table.
func (r *running) children(t *testing.T, program string) (pids []string) {
	t.Helper()
	return childrenOf(t, fmt.Sprint(r.Process.Pid), program)
}

// childrenOf are the processes of a program that a process has started.
func childrenOf(t *testing.T, parent, program string) (pids []string) {
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
		_, rest, ok := strings.Cut(string(text), " ("+program+") ")
		if fields := strings.Fields(rest); ok && fields[1] == parent { // behind the state
			pids = append(pids, filepath.Dir(path))
		}
	}
	return pids
}

// gone waits until none of the processes is there.
func gone(t *testing.T, pids []string) {
	t.Helper()
	there := func(dir string) bool {
		_, err := os.Stat(dir)
		return err == nil
	}
	for begun := time.Now(); slices.ContainsFunc(pids, there); time.Sleep(5 * time.Millisecond) {
		if time.Since(begun) > 5*time.Second {
			t.Fatalf("still there: %v", pids)
		}
	}
}

// Whatever ends a run, the caches that it has started end with it.
func TestNoCacheIsLeft(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		signal syscall.Signal
		when   string
	}{{syscall.SIGINT, "run 2 of 2"}, {syscall.SIGKILL, "run 1 of 2"}} {
		for cache, program := range map[string]string{"redis": "redis-server", "memcached": "memcached"} {
			t.Run(cache+" "+c.signal.String(), func(t *testing.T) {
				t.Parallel()
				if _, err := exec.LookPath(program); err != nil {
					t.Skipf("SKIPPED, NOTHING WAS TESTED: %s IS NOT INSTALLED", strings.ToUpper(program))
				}
				if c.signal == syscall.SIGKILL && runtime.GOOS != "linux" {
					t.Skip("SKIPPED, NOTHING WAS TESTED: ONLY LINUX ENDS A PROCESS WITH ITS PARENT")
				}
				dir := t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "herd.yaml"), []byte(twoStrategies), 0o644); err != nil {
					t.Fatal(err)
				}
				r := launch(t, dir, c.when, "run", "herd.yaml", "--cache", cache, "--set", "fleet.cache.nodes=2")
				started := r.children(t, program)
				if len(started) != 2 {
					t.Errorf("%d processes of %s were started, want 2", len(started), program)
				}
				r.end(t, c.signal)
				gone(t, started)
				if c.signal == syscall.SIGKILL {
					return // it could not tidy up
				}
				if code := r.ProcessState.ExitCode(); code != command.ExitInterrupted || !strings.Contains(r.said.String(), "interrupted: 1 of 2 runs") {
					t.Errorf("exit code %d, said %q", code, r.said)
				}
				if file := results(t, dir, "real"); !file.Interrupted || len(file.Runs) != 1 {
					t.Errorf("interrupted %v with %d runs, want 1", file.Interrupted, len(file.Runs))
				}
				empty(t, r.temp)
			})
		}
	}
}

// A run that comes to nothing leaves nothing either: the temporary directories are
// gone, and with them, since they are removed last, the processes.
func TestFailureLeavesNothing(t *testing.T) {
	t.Parallel()
	real, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("SKIPPED, NOTHING WAS TESTED: REDIS-SERVER IS NOT INSTALLED")
	}
	dir, bin := t.TempDir(), t.TempDir()
	// The second node of a cache does not start.
	once := fmt.Sprintf("#!/bin/sh\n[ -e %[1]s/once ] && { echo a bad day; exit 1; }\n: > %[1]s/once\nexec %[2]s \"$@\"\n", bin, real)
	for path, text := range map[string]string{filepath.Join(dir, "herd.yaml"): twoStrategies, filepath.Join(bin, "redis-server"): once} {
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args, path string
		code       int
		said       string
	}{
		{"--max-late 100%", "", command.ExitExpectation, "1 expectation does not hold"},
		{"--late 1ns --max-late 0%", "", command.ExitRun, "is void"},
		{"--set fleet.cache.nodes=2", bin + string(filepath.ListSeparator), command.ExitRun, "a bad day"},
	} {
		t.Run(c.said, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(tool, append([]string{"run", "herd.yaml", "-q", "--strategy", "naive", "--cache", "redis", "--out", t.TempDir()}, strings.Fields(c.args)...)...)
			temp, said := t.TempDir(), new(bytes.Buffer)
			cmd.Dir, cmd.Stderr, cmd.Env = dir, said, append(os.Environ(), "TMPDIR="+temp, "PATH="+c.path+os.Getenv("PATH"))
			_ = cmd.Run() // its exit code tells
			if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(said.String(), c.said) {
				t.Errorf("exit code %d, said %q; want %d and %q", code, said, c.code, c.said)
			}
			empty(t, temp)
		})
	}
}

func empty(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
