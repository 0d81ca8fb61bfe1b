package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"regexp"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/view"
)

func TestMarkdownEscapes(t *testing.T) {
	var buf bytes.Buffer
	if err := Markdown(&buf, view.New(metricstest.Variants()["hostile"], figures.All())); err != nil {
		t.Fatal(err)
	}
	body, _, _ := strings.Cut(buf.String(), "Made on the") // what follows is code
	for line := range strings.SplitSeq(body, "\n") {
		outside := regexp.MustCompile("``+ .* ``+").ReplaceAllString(line, "")
		if strings.Contains(outside, "<script") || strings.Contains(outside, "@all") || strings.Contains(outside, "*e*") {
			t.Errorf("not escaped: %s", line)
		}
		if strings.HasPrefix(line, "|") {
			cells := len(regexp.MustCompile(`(^|[^\\])\|`).FindAllString(line, -1))
			if cells != 11 && cells != 5 {
				t.Errorf("a table row of %d bars: %s", cells, line)
			}
		}
	}
}

func TestJUnitEscapes(t *testing.T) {
	for name, f := range metricstest.Variants() {
		var buf bytes.Buffer
		if err := JUnit(&buf, view.New(f, figures.All())); err != nil {
			t.Fatal(err)
		}
		var got junitSuites
		if err := xml.Unmarshal(buf.Bytes(), &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		cases, failures, errs := len(got.Suite.Cases), 0, 0
		for _, c := range got.Suite.Cases {
			if c.Failure != nil {
				failures++
			}
			if c.Error != nil {
				errs++
			}
			if c.Name == "" || c.Class == "" {
				t.Errorf("%s: a case without a name: %+v", name, c)
			}
		}
		if cases == 0 || got.Suite.Tests != cases || got.Suite.Failures != failures || got.Suite.Errors != errs {
			t.Errorf("%s: the counts are wrong: %+v", name, got)
		}
		if (errs > 0) != f.Interrupted {
			t.Errorf("%s: %d errors, interrupted %v", name, errs, f.Interrupted)
		}
	}
}

func TestCSVIsRectangular(t *testing.T) {
	for name, f := range metricstest.Variants() {
		var buf bytes.Buffer
		if err := CSV(&buf, view.New(f, figures.All())); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&buf).ReadAll() // which checks the number of fields
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := 1
		for _, run := range f.Runs {
			want += len(run.Series.Requests)
		}
		if len(rows) != want {
			t.Errorf("%s: %d rows, want %d", name, len(rows), want)
		}
	}
}

// TestGoBenchNames: the reader splits a line at spaces and takes a number after
// the last hyphen of the name for GOMAXPROCS.
func TestGoBenchNames(t *testing.T) {
	f := metricstest.Tiny()
	f.Scenario, f.Runs[0].Strategy, f.Runs[1].Strategy = "a b/c", "swr-8", metricstest.Hostile
	var buf bytes.Buffer
	if err := GoBench(&buf, view.New(f, figures.All())); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(buf.String()), "\n")[3:]
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "BenchmarkLab/scenario=a_b_c/strategy=swr-8-1 1 ") {
		t.Errorf("the lines are %q", lines)
	}
	for _, line := range lines {
		if fields := strings.Fields(line); len(fields)%2 != 0 || fields[1] != "1" {
			t.Errorf("a line is no name, number and pairs: %q", line)
		}
	}
}
