//go:build !race

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/reports"
	"github.com/herdlab/herdlab/scenarios"
)

// resultOf writes the result of an attack on a program that does exactly what a strategy of
// identify does.
func resultOf(t *testing.T, strategy string, set ...string) string {
	t.Helper()
	sc, err := scenarios.OpenReal(identifying, set)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range sc.Strategies {
		if e.Name == strategy {
			sc.Strategies = []scenarios.Entry{e}
		}
	}
	f, err := lab.Execute(sc, lab.Options{Clock: func() lab.Clock { return sim.New() }, ClockName: "wall"})
	if err != nil {
		t.Fatal(err)
	}
	f.Runs[0].Strategy, f.Runs[0].Kind = "target", "target"
	var text bytes.Buffer
	if err := reports.JSON(&text, f); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "results.json")
	if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestIdentify(t *testing.T) {
	for _, c := range []struct {
		strategy string
		set      []string // of the attack
		args     []string
		code     int
		says     string
	}{
		{"naive", []string{"strategies.naive.ages=whole-seconds"}, nil, 0, "squid"}, // which the traffic does not tell from it
		{"naive-coalesced", nil, nil, 0, "This traffic does not tell it from lease, varnish and squid-collapsed."},
		{"swr", []string{"fleet.origin.latency=300ms"}, nil, 0, "target behaves like swr: "},
		{"mutex", []string{"strategies.mutex.ttl=2s"}, []string{"--fresh", "2s"}, 0, "target behaves like mutex: "},
		{"mutex", []string{"strategies.mutex.ttl=2s"}, nil, 1, "target behaves like no strategy of identify."},
	} {
		short := append([]string{"duration=18s"}, c.set...)
		args := append([]string{"identify", "--result", resultOf(t, c.strategy, short...)}, c.args...)
		var out, errs bytes.Buffer
		if code := run(t.Context(), &out, &errs, args); code != c.code || !strings.Contains(out.String(), c.says) {
			t.Errorf("%s %v: exit %d, want %d and %q:\n%s%s", c.strategy, c.set, code, c.code, c.says, &out, &errs)
		}
	}
}

func TestIdentifyRefuses(t *testing.T) {
	for says, args := range map[string][]string{
		"put a `loadtest origin` behind the program": {"--target", "http://127.0.0.1:1"},
		"leave out --target and --origin-stats":      {"--result", "x", "--target", "http://127.0.0.1:1"},
		"--fresh 0s":                                 {"--fresh", "0s", "--result", "x"},
		"no such file":                               {"--result", filepath.Join(t.TempDir(), "results.json")},
	} {
		var errs bytes.Buffer
		if code := run(t.Context(), new(bytes.Buffer), &errs, append([]string{"identify"}, args...)); code != 2 || !strings.Contains(errs.String(), says) {
			t.Errorf("%v: exit %d, %s", args, code, &errs)
		}
	}
}
