package reports

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/view"
)

// A result is found by its file, by its folder, and by the folder of that.
func TestOpen(t *testing.T) {
	out := t.TempDir()
	for name, clock := range map[string]string{"b": "virtual", "a": "wall"} {
		f := metricstest.Tiny()
		f.Clock = clock
		if err := writeAll(filepath.Join(out, name), view.New(f, figures.All()), nil, Options{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(out, "index.html"), nil, 0o644); err != nil { // beside the folders
		t.Fatal(err)
	}
	for path, want := range map[string]string{"": "wall virtual", "a": "wall", "b/results.json": "virtual"} {
		list, err := Open(filepath.Join(out, filepath.FromSlash(path)))
		if err != nil {
			t.Fatal(err)
		}
		var clocks []string
		for _, f := range list {
			clocks = append(clocks, f.Clock)
		}
		if got := strings.Join(clocks, " "); got != want {
			t.Errorf("%q: %s, want %s", path, got, want)
		}
	}
}

// What is no result is refused with what to do, and one that is not there is told from
// one that is wrong.
func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	put("empty/x.txt", "")
	put("broken/results.json", fmt.Sprintf("{\n  \"schema\": %d,\n  \"runs\": 5\n}", schema))
	twice := put("twice/a/results.json", "")
	var text strings.Builder
	if err := JSON(&text, metricstest.Tiny()); err != nil {
		t.Fatal(err)
	}
	put("twice/a/results.json", text.String())
	put("twice/b/results.json", text.String())
	for path, want := range map[string]string{
		"empty":             "empty has no results.json, and no folder in it has one: name a results.json, a report's folder, or a folder of reports such as out",
		"broken":            "results.json: read results: line 3, column",
		put("list.csv", ""): "list.csv: read results: line 1, column 1",
		put("x.json", "{}"): `x.json: this is not a results.json: it has no field "schema"`,
		"twice":             "b/results.json are both of scenario page-burst on the virtual clock: keep one of them, or name one",
	} {
		path = strings.TrimPrefix(path, dir+string(filepath.Separator))
		if _, err := Open(filepath.Join(dir, path)); err == nil || !strings.Contains(filepath.ToSlash(err.Error()), want) || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	if _, err := Open(filepath.Join(dir, "nowhere")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if list, err := Open(twice); err != nil || len(list) != 1 {
		t.Error(err)
	}
}
