package charts

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// boxesFile is two strategies on two boxes, the first with as much CPU and as many
// ejections as given.
func boxesFile(share float64, ejected int64) *metrics.File {
	series := func(cpu float64, entries ...int64) metrics.BoxSeries {
		return metrics.BoxSeries{CPU: metrics.Floats{cpu, cpu / 2, cpu}, Entries: entries, In: []bool{true, false, true}}
	}
	run := func(name string, cpu float64, ejections, peak int64) *metrics.Run {
		return &metrics.Run{
			Strategy: name, Ejections: ejections, Disk: &metrics.DiskStats{EntriesPeak: peak},
			Series: metrics.Series{Requests: []int64{1, 1, 1}, Boxes: []metrics.BoxSeries{series(cpu, 200, 300, 200), series(cpu/3, 100, 200, peak)}},
		}
	}
	return &metrics.File{
		Schema: metrics.Schema, Scenario: "files", Clock: "virtual", DurationMS: 3000, WindowMS: 1000,
		Runs: []*metrics.Run{run("before", share, ejected, 300), run("after", 0.01, 0, 4000)},
	}
}

func TestBoxesChart(t *testing.T) {
	for _, c := range []struct {
		name    string
		file    *metrics.File
		title   string
		has, no []string
	}{
		{"busy", boxesFile(1.6, 2), "The balancer takes boxes of before out twice, of after never",
			[]string{"before: CPU", "ejected twice", "after: CPU", "before: entries", "box 1", "200 %"}, nil},
		{"idle", boxesFile(0.02, 0), "A box of before keeps up to 300 entries, of after up to 4,000",
			[]string{"before: entries", "after: entries", "4,000"}, []string{"CPU", "ejected"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			charts := New(view.New(c.file, figures.All()))
			i := slices.IndexFunc(charts, func(c Chart) bool { return c.Name == "boxes" })
			if i < 0 {
				t.Fatal("there is no chart of the boxes")
			}
			var b bytes.Buffer
			if err := charts[i].SVG(&b); err != nil {
				t.Fatal(err)
			}
			if charts[i].Title != c.title {
				t.Errorf("title %q, want %q", charts[i].Title, c.title)
			}
			for _, text := range c.has {
				if !strings.Contains(b.String(), text) {
					t.Errorf("the chart lacks %q", text)
				}
			}
			for _, text := range c.no {
				if strings.Contains(b.String(), text) {
					t.Errorf("the chart has %q", text)
				}
			}
		})
	}
	plain := boxesFile(1, 0)
	for _, r := range plain.Runs {
		r.Series.Boxes = nil
	}
	for _, chart := range New(view.New(plain, figures.All())) {
		if chart.Name == "boxes" {
			t.Error("a chart of boxes of which nothing is known")
		}
	}
}
