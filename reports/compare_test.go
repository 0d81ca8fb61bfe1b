package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/internal/compare"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
)

// gated compares results, held against rules.
func gated(t *testing.T, old, new *metrics.File, rules ...string) *compare.Gate {
	t.Helper()
	var list []compare.Rule
	for _, text := range rules {
		r, err := compare.ParseRule(text, figures.All())
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	gate, err := compare.Check(compare.New([]*metrics.File{old}, []*metrics.File{new}, figures.All()), list)
	if err != nil {
		t.Fatal(err)
	}
	return gate
}

// changed is tiny as another version made it: naive loads less and fails more, and swr,
// whose p99 rose, has five slow requests that its percentiles do not show.
func changed() *metrics.File {
	f := metricstest.Tiny()
	naive, swr := f.Runs[0], f.Runs[1]
	naive.Computes, naive.Failures, naive.HerdPeak = 600, 80, 1
	swr.LatencyMS.P99, swr.HitRatio = 5.4, new(0.7)
	swr.Percentiles[3].MS = 5.4
	swr.Percentiles = append(swr.Percentiles[:4:4], metrics.Percentile{Share: 0.995, MS: 6}, metrics.Percentile{Share: 1, MS: 1500})
	return f
}

// several is a result of seven seeds, of which each has a p99 by so much slower.
func several(slower float64) *metrics.File {
	f := metricstest.Seven()
	f.Interrupted = false
	for i, r := range f.Runs {
		r.LatencyMS.P99 += slower * float64(5+i)
	}
	return f
}

// TestGoldenComparison holds the texts: of one seed with rules, of several with what a
// terminal shows in colour, of all figures, of what is missing, and of a wall clock.
func TestGoldenComparison(t *testing.T) {
	without := changed()
	without.Runs, without.Faults = without.Runs[:1], nil
	measured, again := several(0), several(3000)
	measured.Clock, again.Clock = "wall", "wall"
	text := func(all, color bool) func(io.Writer, *compare.Gate) error {
		return func(w io.Writer, g *compare.Gate) error { return CompareText(w, g, all, color) }
	}
	markdown := func(w io.Writer, g *compare.Gate) error { return CompareMarkdown(w, g, false) }
	rules := []string{"p99 +10%", "failures +0", "naive.computes +5"}
	for _, test := range []struct {
		file  string
		write func(io.Writer, *compare.Gate) error
		gate  *compare.Gate
	}{
		{"compare.txt", text(false, false), gated(t, metricstest.Tiny(), changed(), rules...)},
		{"compare.md", markdown, gated(t, metricstest.Tiny(), changed(), rules...)},
		{"compare-all.txt", text(true, false), gated(t, metricstest.Tiny(), changed())},
		{"compare-seeds.txt", text(false, true), gated(t, several(0), several(1000))},
		{"compare-seeds.md", markdown, gated(t, several(0), several(1000))},
		{"compare-missing.txt", text(false, false), gated(t, metricstest.Tiny(), without)},
		{"compare-wall.txt", text(false, false), gated(t, measured, again)},
		{"compare-same.txt", text(false, false), gated(t, metricstest.Tiny(), metricstest.Tiny())},
	} {
		t.Run(test.file, func(t *testing.T) {
			var got bytes.Buffer
			if err := test.write(&got, test.gate); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(got.String(), "")) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); strings.HasSuffix(test.file, ".txt") && n > 80 {
					t.Errorf("%d columns: %s", n, line)
				}
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

// The document has every figure of both strategies, in the units of results.json.
func TestCompareJSON(t *testing.T) {
	var b bytes.Buffer
	if err := CompareJSON(&b, gated(t, metricstest.Tiny(), changed(), "p99 +10%", "failures +0", "naive.computes +5")); err != nil {
		t.Fatal(err)
	}
	var doc comparisonJSON
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if !doc.Regressed || doc.Verdict != "regressed: 2 figures break a rule" || len(doc.Rules) != 3 || doc.Rules[0].Broken != 1 || doc.Rules[2].Broken != 0 {
		t.Errorf("%v, %s, %v", doc.Regressed, doc.Verdict, doc.Rules)
	}
	swr := doc.Scenarios[0].Strategies[1]
	for _, f := range swr.Figures {
		if f.Figure != "p99" || f.Class != "" {
			continue
		}
		got := fmt.Sprintf("%s %v %v %.3g %.3g %v %s %s", f.Better, *f.Old, *f.New, *f.Change, *f.Relative, f.P, f.Verdict, f.Breaks)
		if want := "lower 4.5 5.4 0.9 0.2 <nil> worse p99 +10%"; got != want || swr.Basis != "seed 7" || !swr.Exact {
			t.Errorf("%s, %s: %s, want %s", swr.Strategy, swr.Basis, got, want)
		}
		return
	}
	t.Error("swr has no p99")
}

// The page has old and new of every strategy that differs in one picture, and of no
// other; without a common axis of time only the percentiles.
func TestComparisonPictures(t *testing.T) {
	page := func(old, new *metrics.File) string {
		var b bytes.Buffer
		if err := CompareHTML(&b, gated(t, old, new)); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	same := page(metricstest.Tiny(), metricstest.Tiny())
	if strings.Contains(same, "<svg") || !strings.Contains(same, "nothing regressed") {
		t.Error("what is the same has pictures")
	}
	differs := page(metricstest.Tiny(), changed())
	for title, want := range map[string]int{
		"Response time by percentile, old and new": 2, "Response time, old and new": 2, "Failures, old and new": 1, "Loads at the origin, old and new": 2,
	} {
		if got := strings.Count(differs, ">"+title+"<") + strings.Count(differs, "("+title+")"); got < want || got > 2*want {
			t.Errorf("%q is there %d times, want %d", title, got, want)
		}
	}
	longer := changed()
	longer.DurationMS *= 2
	if other := page(metricstest.Tiny(), longer); strings.Contains(other, ">Response time, old and new<") || !strings.Contains(other, ">Response time by percentile, old and new<") {
		t.Error("two axes of time are drawn as one")
	}
}

// Of very many strategies that differ those that became worse in most are drawn.
func TestComparisonPicturesAreLimited(t *testing.T) {
	old, new := metricstest.Tiny(), changed()
	for _, f := range []*metrics.File{old, new} {
		for i := range mostDrawn + 5 {
			run := *f.Runs[0]
			run.Strategy = fmt.Sprintf("naive-%d", i)
			f.Runs = append(f.Runs, &run)
		}
	}
	drawn := worthPictures(gated(t, old, new))
	worst := false
	for g := range drawn {
		worst = worst || g.Name == "swr" // in three figures, and the others in two
	}
	if len(drawn) != mostDrawn || !worst {
		t.Errorf("%d are drawn, want %d; the worst among them: %v", len(drawn), mostDrawn, worst)
	}
}
