package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports"
	"github.com/herdlab/herdlab/scenarios"
)

var update = flag.Bool("update", false, "write docs/incidents.md anew, from the reports in the directory INCIDENTS")

// A few incidents of the catalogue run as they are told, twice the same, and
// docs/incidents.md says what their reports say.
func TestIncidents(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"long-tail-mailboxes", "braze-burst"} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(context.Background(), &out, &errs, []string{"run", name, "--quiet", "--check-determinism", "--out", dir})
			if code != command.ExitDone {
				t.Errorf("exit code %d: %s", code, errs.String())
			}
		})
	}
	if told, want := toldIncidents(t, dir); told != want {
		t.Errorf("docs/incidents.md does not say what the reports say:\n%s", cmp.Diff(want, told))
	}
}

// All incidents are told in docs/incidents.md as their reports tell them. Their
// reports are those that .ci/incidents has written.
func TestAllIncidentsAreTold(t *testing.T) {
	dir := os.Getenv("INCIDENTS")
	if dir == "" {
		t.Skip("make incidents runs all of them and sets INCIDENTS to their reports")
	}
	for _, name := range scenarios.Incidents() {
		if _, err := os.Stat(filepath.Join(dir, name, "results.json")); err != nil {
			t.Errorf("%s is not among the reports: %v", name, err)
		}
	}
	told, want := toldIncidents(t, dir)
	if *update {
		if err := os.WriteFile(incidentsPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if told != want {
		t.Errorf("docs/incidents.md does not say what the reports say; run .ci/incidents --update:\n%s", cmp.Diff(want, told))
	}
}

const incidentsPage = "../../docs/incidents.md"

// toldIncidents is docs/incidents.md as it is, and as it has to be: the last column
// says what the first fix did, by the report in dir where there is one.
func toldIncidents(t *testing.T, dir string) (is, want string) {
	t.Helper()
	page, err := os.ReadFile(incidentsPage)
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`^(\| \[([^]]+)\]\([^|]* \| [^|]* \| )`)
	lines := strings.SplitAfter(string(page), "\n")
	for i, line := range lines {
		cells := row.FindStringSubmatch(line)
		if cells == nil {
			continue
		}
		file, err := os.Open(filepath.Join(dir, cells[2], "results.json"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		results, err := reports.ReadJSON(file)
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
		changes := view.New(results, figures.All()).Changes
		fix := slices.IndexFunc(changes, func(c view.Change) bool { return c.Role == metrics.After })
		if fix < 0 {
			t.Fatalf("the report of %s has no sentence about a fix", cells[2])
		}
		lines[i] = cells[1] + reports.MarkdownChange(changes[fix]) + " |\n"
	}
	return string(page), strings.Join(lines, "")
}

// The boxes of file-cache-cull drop out in turns, one at a time.
func TestBoxesDropOutInTurns(t *testing.T) {
	var out, errs bytes.Buffer
	code := run(context.Background(), &out, &errs, []string{"run", "file-cache-cull", "--strategy", "before", "--format", "json", "--quiet", "--out", t.TempDir()})
	var f metrics.File
	if err := json.Unmarshal(out.Bytes(), &f); err != nil {
		t.Fatalf("exit code %d: %v: %s", code, err, errs.String())
	}
	boxes := f.Runs[0].Series.Boxes
	var turns []int
	for i := range boxes[0].In {
		for b := range boxes {
			if boxes[b].In[i] {
				continue
			}
			if other := boxes[1-b].In[i]; !other {
				t.Errorf("window %d: both boxes are out", i)
			}
			if n := len(turns); n == 0 || turns[n-1] != b {
				turns = append(turns, b)
			}
		}
	}
	if len(turns) < 6 {
		t.Errorf("the boxes drop out in the order %v, want each after the other, again and again", turns)
	}
}
