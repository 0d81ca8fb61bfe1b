package scenarios_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/scenarios"
)

var update = flag.Bool("update", false, "rewrite the golden files: commit them only if you understand what changed")

// golden compares got with a file, or rewrites the file.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got, -update to accept):\n%s", path, diff)
	}
}

// TestBad loads one bad file for every kind of mistake. The golden file beside
// it holds each error with its excerpt.
func TestBad(t *testing.T) {
	paths, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(paths) < 100 {
		t.Fatalf("%d bad files, %v", len(paths), err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = scenarios.Read(filepath.Base(path), text, nil)
			golden(t, strings.TrimSuffix(path, ".yaml")+".txt", describe(t, err))
		})
	}
}

// describe writes out the errors of a load, each of which must have its place.
func describe(t *testing.T, err error) string {
	t.Helper()
	var found scenarios.Errors
	if !errors.As(err, &found) || len(found) == 0 {
		t.Fatalf("want Errors, got %T %v", err, err)
	}
	var b strings.Builder
	for _, e := range found {
		if e.Line < 1 || e.Col < 1 || e.File == "" || e.Excerpt() == "" {
			t.Errorf("no place: %+v", e)
		}
		b.WriteString(e.Error() + "\n" + e.Excerpt())
	}
	return b.String()
}
