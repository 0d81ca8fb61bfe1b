package reports

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/view"
)

func ExampleTable() {
	ratio := 0.998
	f := &metrics.File{Scenario: "burst", Runs: []*metrics.Run{
		{Strategy: "naive", Loads: metrics.Loads{Computes: 50, DuplicateComputes: 49, HerdPeak: 50}, Figures: metrics.Figures{
			Requests: 1000, Failures: 950, Outcomes: metrics.Outcomes{metrics.Computed: 50, metrics.Rejected: 950},
			LatencyMS: &metrics.Latency{P50: 5000, P99: 5000}, EffectiveMS: &metrics.Latency{P99: 30000}}},
		{Strategy: "swr", Loads: metrics.Loads{Computes: 2, HerdPeak: 1}, Figures: metrics.Figures{
			Requests: 1000, HitRatio: &ratio, LatencyMS: &metrics.Latency{P50: 1.2, P99: 4.7}, EffectiveMS: &metrics.Latency{P99: 4.7}}},
	}}
	f.Budget = []metrics.Limit{{Name: "failures", Figure: "failure_ratio", Most: 0.001, Text: "failures: 0.1%", Stated: true}}
	f.Verdicts = []metrics.Verdict{
		{Strategy: "naive", Breaks: []metrics.Break{{Limit: "failures", Value: 0.95, Seeds: 1}}, ScoreMS: new(30000.0)},
		{Strategy: "swr", Rank: new(1), ScoreMS: new(4.7)},
	}
	if err := Table(os.Stdout, view.New(f, figures.All()), Screen{}); err != nil {
		panic(err)
	}
	// Output:
	// burst
	// swr keeps the budget: effective p99 4.7 ms. naive does not keep it.
	// Budget: failures: 0.1%, and no limit on latency (budget: {p99: 1s} would be
	// one).
	//
	// strategy   failures  effective     p50     p99     hit  computes  herd
	//                            p99                   ratio            peak
	// ----------------------------------------------------------------------
	// 1   swr           0     4.7 ms  1.2 ms  4.7 ms  99.8 %         2     1
	// out naive       950       30 s     5 s     5 s     n/a        50    50
	//            rejected
	// naive is out: failure ratio 95 %, 0.1 % allowed
	// One seed: noise is not known. Six tell a strategy from another: --seeds 6.
}

// TestTableWidth: whatever the figures, no wider than the terminal and no trailing blanks.
func TestTableWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.Map(rapid.Int64Range(0, 1e15), func(ns int64) float64 { return float64(ns) / 1e6 })
		n := rapid.Int64Range(0, 1e12)
		latency := rapid.Custom(func(t *rapid.T) *metrics.Latency {
			return &metrics.Latency{P50: ms.Draw(t, "p50"), P99: ms.Draw(t, "p99"), Max: ms.Draw(t, "max")}
		})
		run := rapid.Custom(func(t *rapid.T) *metrics.Run {
			ratio := float64(rapid.IntRange(0, 1e9).Draw(t, "hits of a G")) / 1e9
			return &metrics.Run{
				Strategy: rapid.StringN(0, 60, -1).Draw(t, "name"), Loads: metrics.Loads{Computes: n.Draw(t, "computes"), DuplicateComputes: n.Draw(t, "duplicates"),
					HerdPeak: rapid.Int64Range(0, 99_999).Draw(t, "herd")},
				Figures: metrics.Figures{
					Requests: n.Draw(t, "requests"), HitRatio: &ratio, Failures: n.Draw(t, "failures"), LatencyMS: latency.Draw(t, "latency"),
					Outcomes: metrics.Outcomes{metrics.OriginFailure: n.Draw(t, "origin failures"), metrics.Timeout: n.Draw(t, "timeouts")},
				},
				Classes: map[string]metrics.Figures{"by": {LatencyMS: latency.Draw(t, "bystander")}},
			}
		})
		f := &metrics.File{Classes: []metrics.ClassInfo{{Name: "by", Bystander: true}}, Runs: rapid.SliceOfN(run, 0, 6).Draw(t, "runs")}
		for i, role := range []string{metrics.Before, metrics.After} {
			if i < len(f.Runs) {
				f.Runs[i].Role, f.Runs[i].Outdated, f.Runs[i].Ejections = role, n.Draw(t, "outdated"), n.Draw(t, "ejections")
			}
		}
		var buf bytes.Buffer
		screen := Screen{Width: rapid.SampledFrom([]int{0, 70, 80, 100, 200}).Draw(t, "width")}
		most := map[int]int{0: 80, 200: 110}[screen.Width]
		most = cmp.Or(most, screen.Width)
		if err := Table(&buf, view.New(f, figures.All()), screen); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(buf.String(), "\n") {
			if width := utf8.RuneCountInString(line); width > most || strings.TrimRight(line, " ") != line {
				t.Fatalf("a line of %d columns: %q", width, line)
			}
		}
	})
}

func TestTableWithoutColorHasNoEscapes(t *testing.T) {
	for name, f := range metricstest.Variants() {
		var buf bytes.Buffer
		if err := Table(&buf, view.New(f, figures.All()), Screen{}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(buf.String(), "\x1b") {
			t.Errorf("%s: an escape sequence reaches the terminal", name)
		}
	}
}

func TestWrapName(t *testing.T) {
	for _, test := range []struct{ name, want string }{
		{"naive", "[naive]"}, {"", "[]"}, {"stale-while-revalidate", "[stale-while- revalidate]"},
		{"abcdefghijklmnopqrstuvwxyz", "[abcdefghijklmn opqrstuvwxyz]"}, {"two level cache of mine", "[two level cache of mine]"},
	} {
		if got := fmt.Sprint(wrapName(test.name)); got != test.want {
			t.Errorf("wrapName(%q) = %v, want %v", test.name, got, test.want)
		}
	}
}

// TestColumnsOfAStory holds that the table has the figures by which a story is told.
func TestColumnsOfAStory(t *testing.T) {
	f := metricstest.Incident()
	before := len(view.New(f, figures.All()).Columns)
	for i, run := range f.Runs {
		run.Outdated = int64(1000 * i)
	}
	cols := view.New(f, figures.All()).Columns
	if len(cols) != before+1 || cols[before].Title != "outdated answers" {
		t.Fatalf("%d columns, want one more than %d", len(cols), before)
	}
	var table strings.Builder
	if err := Table(&table, view.New(f, figures.All()), Screen{}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"outdated", "2,000"} {
		if !strings.Contains(table.String(), text) {
			t.Errorf("the table lacks %s:\n%s", text, table.String())
		}
	}
}
