package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/herdlab/herdlab/internal/command"
)

// Every request comes before the first load has ended, so that the counts are those of the
// strategy and no matter of time.
const cold = `
duration: 1s
fleet: {boxes: 1, workers: 1000, queue: 0, cache: {rtt: 10us}, origin: {latency: 500ms}}
workload: [{class: page, burst: {at: 0s, requests: 30, over: 100ms}, keys: {count: 3}}]
strategies:
  naive: {ttl: 1m}
  once: {use: naive, ttl: 1m, coalesce: true}
  patient: {use: naive, ttl: 1m, with: {warm: 2, idle: 3s}}
`

// naiveApp is a cache without any protection before an origin.
func naiveApp(t *testing.T, origin string) string {
	var cache sync.Map
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if page, hit := cache.Load(r.URL.String()); hit {
			w.Header().Set("X-Cache", "HIT")
			_, _ = w.Write(page.([]byte))
			return
		}
		w.Header().Set("X-Cache", "MISS")
		resp, err := http.Get(origin + r.URL.RequestURI())
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		page, _ := io.ReadAll(resp.Body)
		cache.Store(r.URL.String(), page)
		_, _ = w.Write(page)
	}))
	t.Cleanup(app.Close)
	return app.URL
}

// A program is measured beside a strategy, which it behaves like or does not.
func TestAttackAgainstAStrategy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "herd.yaml"), []byte(cold), 0o644); err != nil {
		t.Fatal(err)
	}
	serving := listen(`origin: (http://\S+)\n`)
	background(t, serving, "origin", "--listen", "0", "--latency", "500ms")
	origin := <-serving.heard
	for _, c := range []struct {
		strategy  string
		simulated float64
		within    bool
	}{{"naive", 30, true}, {"once", 3, false}} {
		cmd := exec.Command(tool, "attack", "herd.yaml", "-q", "--max-late", "100%", "--target", naiveApp(t, origin), "--origin-stats", origin,
			"--against", c.strategy, "--name", "against-"+c.strategy)
		cmd.Dir = dir
		said, _ := cmd.CombinedOutput()
		found := false
		for _, r := range results(t, dir, "against-"+c.strategy).Foretold {
			if r.Figure == "computes" {
				found = true
				if r.Strategy != c.strategy || *r.Measured != 30 || *r.Simulated != c.simulated || r.Within != c.within {
					t.Errorf("%s: measured %v, simulated %v, within %v; want 30, %v and %v", r.Strategy, *r.Measured, *r.Simulated, r.Within, c.simulated, c.within)
				}
			}
		}
		if !found || !strings.Contains(string(said), "herd against "+c.strategy) {
			t.Errorf("against %s nothing of the computes is said: %s", c.strategy, said)
		}
		if code := cmd.ProcessState.ExitCode(); !c.within && code == command.ExitDone {
			t.Errorf("against %s the exit code is %d", c.strategy, code)
		}
	}
}

// A program measured in the place of a strategy has what that strategy has of its own.
func TestAttackKeepsSettingsOfTheName(t *testing.T) {
	file := filepath.Join(t.TempDir(), "herd.yaml")
	if err := os.WriteFile(file, []byte(cold), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, against string
		warm          int
	}{{"target", "", 0}, {"naive", "", 0}, {"patient", "", 2}, {"target", "patient", 2}, {"patient", "naive", 0}} {
		a := attackCmd{Scenario: file, Name: c.name, against: against{Against: c.against}}
		sc, _, err := a.load(&command.Console{Ctx: t.Context(), Out: io.Discard, Err: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		seen, err := sc.For(sc.Strategies[0])
		if err != nil || seen.Warm != c.warm || sc.Strategies[0].Name != c.name {
			t.Errorf("--name %s --against %q: %s is warmed by %d keys, %v; want %d", c.name, c.against, sc.Strategies[0].Name, seen.Warm, err, c.warm)
		}
	}
	a := attackCmd{Scenario: file, Name: "target", against: against{Against: "niave"}}
	if _, _, err := a.load(&command.Console{Ctx: t.Context(), Out: io.Discard, Err: io.Discard}); err == nil || !strings.Contains(err.Error(), `--against: scenario herd has no "niave"; did you mean "naive"?`) {
		t.Errorf("said %v", err)
	}
}
