package reports

import (
	"errors"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out", "page-burst")
	v := view.New(metricstest.Tiny(), figures.All())
	pictures := charts.New(v)[:1]
	if err := writeAll(dir, v, pictures, Options{PNG: true}); err != nil {
		t.Fatal(err)
	}
	wanted := outputs(v, pictures, Options{PNG: true})
	if len(wanted) != 5+2*1 {
		t.Errorf("there are to be %d files", len(wanted))
	}
	for _, out := range wanted {
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(out.name)))
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() == 0 || info.Mode().Perm() != 0o644 {
			t.Errorf("%s has %d bytes and mode %v", out.name, info.Size(), info.Mode())
		}
	}
	image, err := os.Open(filepath.Join(dir, "plots", "latency.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	if config, err := png.DecodeConfig(image); err != nil || config.Width != 1800 || config.Height != 1000 {
		t.Errorf("the image is %d by %d, %v", config.Width, config.Height, err)
	}
	if found := filesBelow(t, dir); len(found) != len(wanted) {
		t.Errorf("more was left than is a report: %v", found)
	}
}

// Images are drawn on request, and those of an earlier report do not stay beside newer
// charts.
func TestImagesAreOnRequest(t *testing.T) {
	dir := t.TempDir()
	v := view.New(metricstest.Tiny(), figures.All())
	pictures := charts.New(v)[:1]
	for _, images := range []bool{true, false} {
		if err := writeAll(dir, v, pictures, Options{PNG: images}); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, "plots", "latency.png")); (err == nil) != images {
			t.Errorf("with images asked for %v: %v", images, err)
		}
	}
}

// TestWriteTwice: a report of fewer charts leaves none of an earlier one's, and
// files of others alone.
func TestWriteTwice(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "plots"), 0o755); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(dir, "plots", "mine.png")
	for _, path := range []string{mine, filepath.Join(dir, "plots", "latency.png"), filepath.Join(dir, "plots", "bystander.svg")} {
		if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	v := view.New(metricstest.Variants()["no runs"], figures.All())
	if err := Write(dir, v, Options{}); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{mine: true}
	for _, out := range outputs(v, nil, Options{}) {
		want[filepath.Join(dir, filepath.FromSlash(out.name))] = true
	}
	got := make(map[string]bool)
	for _, path := range filesBelow(t, dir) {
		got[path] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestWriteWhole: what fails half-way leaves the old file and no scraps.
func TestWriteWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	err := writeWhole(path, func(w io.Writer) error {
		fmt.Fprint(w, "half of it")
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
	data, err := os.ReadFile(path)
	if err != nil || string(data) != "old" {
		t.Errorf("the file holds %q, %v", data, err)
	}
	if found := filesBelow(t, dir); len(found) != 1 {
		t.Errorf("scraps: %v", found)
	}
}

func TestWriteIntoAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, view.New(metricstest.Tiny(), figures.All()), Options{}); err == nil {
		t.Error("wrote into a file")
	}
}

// TestChartNames: removal of old charts knows every name there can be.
func TestChartNames(t *testing.T) {
	for _, c := range charts.New(view.New(metricstest.Tiny(), figures.All())) {
		if !slices.Contains(charts.Names(), c.Name) {
			t.Errorf("Names lacks %q", c.Name)
		}
	}
}

func filesBelow(t *testing.T, dir string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}
