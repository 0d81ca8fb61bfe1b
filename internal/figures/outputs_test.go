package figures_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/foretell"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports"
)

// madeUp is a figure that there is not: one entry with every face that an entry
// can have.
func madeUp() figures.Figure {
	return figures.Figure{
		Name: "made_up", Title: "made up", Unit: figures.Count, Doc: "a figure that there is not", Better: figures.Lower,
		Bad:    func(v, _ float64) bool { return v > 0 },
		Of:     func(r *metrics.Run, _ *metrics.Figures) (float64, bool) { return float64(r.Seed) * 77_771, true },
		Column: 99, Bench: 99, Told: &figures.Told{Place: 99, Weight: 5, Least: 1},
		Series:    &figures.Series{Place: 99, Name: "made_up_series", Of: func(s *metrics.Series) []float64 { return make([]float64, len(s.Requests)) }},
		Tolerance: &figures.Tolerance{Share: 0.5, Words: "half of it"},
	}
}

// A figure is one entry: it is in the table of every format, in the details where it
// has no column, in the sentences of a story, in the series, in the output for Go
// benchmarks and in what validate compares. That it can be expected and is in the
// reference, a test of scenarios holds.
func TestAMadeUpFigureIsInEveryOutput(t *testing.T) {
	table := append(figures.All(), madeUp())
	f := metricstest.Incident()
	for i, run := range f.Runs {
		run.Seed = uint64(i) + 1
	}
	v := view.New(f, table)
	for name, c := range map[string]struct {
		write func(io.Writer) error
		want  []string
	}{
		"the terminal's table": {func(w io.Writer) error { return reports.Table(w, v, reports.Screen{}) }, []string{"made", "77,771"}},
		"Markdown":             {func(w io.Writer) error { return reports.Markdown(w, v) }, []string{"made up", "**77,771**", "made up 77,771 to "}},
		"HTML":                 {func(w io.Writer) error { return reports.HTML(w, v, nil) }, []string{"made up", "77,771", "made up 77,771 to "}},
		"CSV":                  {func(w io.Writer) error { return reports.CSV(w, v) }, []string{",made_up_series,"}},
		"Go benchmarks":        {func(w io.Writer) error { return reports.GoBench(w, v) }, []string{"77771 made-up"}},
		"validate":             {func(w io.Writer) error { return foretell.Table(w, "x", foretell.Compare(v, v)) }, []string{"made up", "77771", "half of it"}},
	} {
		var out bytes.Buffer
		if err := c.write(&out); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: no %q in\n%s", name, want, &out)
			}
		}
	}

	plain := madeUp()
	plain.Column = 0
	var out bytes.Buffer
	if err := reports.Markdown(&out, view.New(f, append(figures.All(), plain))); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "made up") {
		t.Errorf("no details of it in\n%s", &out)
	}
}
