package reports

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/view"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestGolden(t *testing.T) {
	plain := func(w io.Writer, v *view.View) error { return Table(w, v, Screen{}) }
	color := func(w io.Writer, v *view.View) error { return Table(w, v, Screen{Width: 110, Color: true}) }
	exposition := func(w io.Writer, v *view.View) error { return OpenMetrics(w, v) }
	results := func(w io.Writer, v *view.View) error { return JSON(w, v.File) }
	for _, test := range []struct {
		file  string
		write func(io.Writer, *view.View) error
		of    *metrics.File
	}{
		{"table.txt", plain, metricstest.Tiny()},
		{"table-color.txt", color, metricstest.Tiny()},
		{"table-seeds.txt", plain, metricstest.Seven()},
		{"summary.md", Markdown, metricstest.Tiny()},
		{"summary-seeds.md", Markdown, metricstest.Seven()},
		{"summary-story.md", Markdown, metricstest.Incident()},
		{"junit.xml", JUnit, metricstest.Tiny()},
		{"junit-interrupted.xml", JUnit, metricstest.Seven()},
		{"timeseries.csv", CSV, metricstest.Tiny()},
		{"bench.txt", GoBench, metricstest.Tiny()},
		{"openmetrics.txt", exposition, metricstest.Tiny()},
		{"results.json", results, metricstest.Tiny()},
		{"results-story.json", results, metricstest.Incident()},
	} {
		t.Run(test.file, func(t *testing.T) {
			var got bytes.Buffer
			if err := test.write(&got, view.New(test.of, figures.All())); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", test.file)
			if *update {
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("differs from %s (rewrite with -update, and only commit what you understand):\n%s", path, diff)
			}
		})
	}
}
