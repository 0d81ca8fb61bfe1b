package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/herdlab/herdlab/internal/live/front"
	model "github.com/herdlab/herdlab/internal/world/front"
)

// Whatever ends a run, the nginx of its front ends with it, and so does memcached.
func TestNoFrontIsLeft(t *testing.T) {
	if err := front.Installed(t.Context(), model.Config{}); err != nil {
		t.Skipf("SKIPPED, NOTHING WAS TESTED: %s", strings.ToUpper(err.Error()))
	}
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			if signal == syscall.SIGKILL && runtime.GOOS != "linux" {
				t.Skip("SKIPPED, NOTHING WAS TESTED: ONLY LINUX ENDS A PROCESS WITH ITS PARENT")
			}
			dir := t.TempDir()
			text := strings.Replace(twoStrategies, "fleet: {", "fleet: {front: {fallback: {lock: true}}, ", 1)
			if err := os.WriteFile(filepath.Join(dir, "herd.yaml"), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			r := launch(t, dir, "requests/s", "run", "herd.yaml", "--cache", "memcached", "--set", "duration=30s")
			started := append(r.children(t, "nginx"), r.children(t, "memcached")...)
			if len(started) != 2 {
				t.Errorf("%d processes were started, want an nginx and a memcached", len(started))
			}
			r.end(t, signal)
			gone(t, started)
			if signal == syscall.SIGINT {
				empty(t, r.temp)
			}
		})
	}
}

// The process of Varnish that does the work is a child of the one that was started, and ends all
// the same, whatever ends the run; so does HAProxy.
func TestNoHTTPCacheIsLeft(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED, NOTHING WAS TESTED: ONLY LINUX ENDS A PROCESS WITH ITS PARENT")
	}
	t.Parallel()
	for name, program := range map[string]string{"varnish": "varnishd", "haproxy": "haproxy"} {
		if err := front.Installed(t.Context(), model.Config{Cache: name}); err != nil {
			t.Skipf("SKIPPED, NOTHING WAS TESTED: %s", strings.ToUpper(err.Error()))
		}
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
			t.Run(name+" "+signal.String(), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				text := strings.Replace(twoStrategies, "fleet: {", "fleet: {front: {cache: "+name+"}, ", 1)
				if err := os.WriteFile(filepath.Join(dir, "herd.yaml"), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				r := launch(t, dir, "requests/s", "run", "herd.yaml", "--set", "duration=30s")
				started := r.children(t, program)
				if len(started) != 1 {
					t.Fatalf("%d processes were started, want one", len(started))
				}
				if name == "varnish" {
					worker := childrenOf(t, filepath.Base(started[0]), "cache-main")
					if len(worker) != 1 {
						t.Errorf("Varnish has %d processes that do its work, want one", len(worker))
					}
					started = append(started, worker...)
				}
				r.end(t, signal)
				gone(t, started)
				if signal == syscall.SIGINT {
					empty(t, r.temp)
				}
			})
		}
	}
}
