package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/scenarios"
)

// top is the repository's root.
const top = "../.."

// Every example has what a reader looks for, and scenarios that load; and every folder that
// has a script is an example.
func TestExamplesAreWhole(t *testing.T) {
	runs, err := filepath.Glob(filepath.Join(top, "examples", "*", "run"))
	if err != nil || len(runs) != len(stacks()) {
		t.Fatalf("%d folders have a script run, and %d are listed: %v", len(runs), len(stacks()), err)
	}
	for _, name := range stacks() {
		folder := filepath.Join(top, "examples", name)
		script, err := os.Stat(filepath.Join(folder, "run"))
		if err != nil || script.Mode()&0o111 == 0 {
			t.Errorf("%s: run is no script: %v", name, err)
		}
		readme, err := os.ReadFile(filepath.Join(folder, "README.md"))
		if err != nil {
			t.Error(err)
			continue
		}
		if _, _, _, err := parts(name, string(readme)); err != nil {
			t.Error(err)
		}
		if !strings.Contains(string(readme), "\n## See it fail\n") {
			t.Errorf("%s: the README does not say what to change to see it fail", name)
		}
		files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
		if err != nil || len(files) == 0 {
			t.Errorf("%s has no scenario: %v", name, err)
		}
		for _, file := range files {
			if _, err := scenarios.Open(file, nil); err != nil {
				t.Error(err)
			}
		}
	}
}

// docs/gallery.md is made of the READMEs, and of nothing else.
func TestGalleryIsWhatTheREADMEsSay(t *testing.T) {
	want, err := gallery(top)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(top, "docs", "gallery.md"))
	if err != nil || string(got) != want {
		t.Errorf("docs/gallery.md is not what the READMEs of the examples have (%v): run go run ./examples/gallery --update", err)
	}
}

const yaml = `name: pair
about: Two ways to wait.
duration: 1s
fleet: {origin: {latency: 10ms}}
workload:
  - {class: page, rate: 10/s, keys: {count: 1}}
strategies:
  naive: {ttl: 5s}
  shared: {use: naive, ttl: 5s, coalesce: true}
`

const results = `{"schema": 2, "foretold": [
  {"strategy": "shared", "figure": "computes", "measured": 7, "simulated": 7, "within": true},
  {"strategy": "shared", "figure": "hit ratio", "measured": 0.5, "simulated": 0.9, "within": false},
  {"strategy": "shared", "figure": "p99 ms", "measured": 12.4, "simulated": null, "within": false}]}
`

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A table has the cases that were measured, what is outside is bold, and what the program
// does not tell is empty.
func TestTable(t *testing.T) {
	example, out := t.TempDir(), t.TempDir()
	write(t, filepath.Join(example, "pair.yaml"), yaml)
	write(t, filepath.Join(out, "versions"), "thing 1.2\nother 3\n")
	write(t, filepath.Join(out, "pair", "shared", "what"), "a library\n")
	write(t, filepath.Join(out, "pair", "shared", "pair-shared", "results.json"), results)
	got, err := tableOf(example, out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		" with thing 1.2, other 3.",
		"\nTwo ways to wait.\n",
		"\n| a library | `{use: naive, ttl: 5s, coalesce: true}` | 7 / 7 |  |  |  | **50.0 / 90.0** |  |  |\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	write(t, filepath.Join(out, "pair", "shared", "void"), "")
	if got, err := tableOf(example, out); err != nil || !strings.Contains(got, "| 50.0 / 90.0 (void) |") {
		t.Errorf("of a machine that was not free: %v\n%s", err, got)
	}
	if strings.Contains(got, "{ttl: 5s}") {
		t.Errorf("naive was not measured:\n%s", got)
	}
}

// Without results nothing is overwritten, and a table stands between its marks.
func TestReplaceTable(t *testing.T) {
	readme := filepath.Join(t.TempDir(), "README.md")
	write(t, readme, "# Title\n\n"+begin+"old\n"+end+"rest\n")
	if err := replaceTable(readme, "new\n"); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(readme); string(got) != "# Title\n\n"+begin+"new\n"+end+"rest\n" {
		t.Errorf("the README is now\n%s", got)
	}
	write(t, readme, "# Title\n")
	if err := replaceTable(readme, "new\n"); err == nil || !strings.Contains(err.Error(), "README.md: the lines") {
		t.Errorf("without marks: %v", err)
	}
	var out bytes.Buffer
	if err := run(&out, top, t.TempDir(), []string{"dogpile-cache"}, false); err != nil || !strings.Contains(out.String(), "nothing is measured: run examples/dogpile-cache/run") {
		t.Errorf("%v: %s", err, &out)
	}
	if err := run(&out, top, t.TempDir(), []string{"dogpile"}, false); err == nil {
		t.Error("an unknown example is no error")
	}
}
