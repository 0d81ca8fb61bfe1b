package reports

import (
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// TestStill holds that only a figure that hardly moved is said to be as it was.
func TestStill(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to float64
		write    func(float64) string
		want     string
	}{
		{"failures", 29497, 27265, humanize.Count, "failures 29,497 to 27,265"},
		{"failures", 38752, 38597, humanize.Count, "failures still 38,597"},
		{"hit ratio", 0.378, 0.424, humanize.Percent, "hit ratio 37.8 % to 42.4 %"},
		{"herd", 38, 28, humanize.Count, "herd 38 to 28"},
		{"outdated answers", 0, 0, humanize.Count, "outdated answers still 0"},
		{"failures", 0, 1, humanize.Count, "failures 0 to 1"},
	} {
		d := difference{effect: effect{name: c.name, write: c.write}, from: c.from, to: c.to}
		if got := d.String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestWorseThanTheFix holds that a tempting fix which beats the true one in what both
// made better is told by what it made worse.
func TestWorseThanTheFix(t *testing.T) {
	f := incident()
	stale := *f.Runs[2]
	stale.Strategy, stale.Role, stale.Computes, stale.AgeMS = "stale", metrics.Wrong, 0, &metrics.Quantiles{P99: 40_000}
	f.Runs[1] = &stale
	if got := Changes(f)[0].String(); !strings.HasSuffix(got, "; worse than swr: age p99 40 s, not 4 s") {
		t.Error(got)
	}
	stale.Failures = 1000
	if got := Changes(f)[0].String(); strings.Contains(got, "worse than") {
		t.Errorf("%q: the failures say as much", got)
	}
}

// TestWhatAFixCosts holds that a fix is told by what it made much worse, too, and not
// by what it made a little worse.
func TestWhatAFixCosts(t *testing.T) {
	f := incident()
	after := f.Runs[2]
	for _, c := range []struct {
		loads int64
		told  bool
	}{{0, false}, {2, false}, {3000, true}} {
		after.WarmComputes = c.loads
		got := Changes(f)[1].String()
		if strings.Contains(got, "loads before the traffic 0 to 3,000") != c.told || strings.Count(got, " to ") != mostFigures {
			t.Errorf("%d loads: %q", c.loads, got)
		}
	}
}

// TestColumnsOfAStory holds that the table has the figures by which a story is told.
func TestColumnsOfAStory(t *testing.T) {
	f := incident()
	before := len(columns(f))
	for i, run := range f.Runs {
		run.Outdated = int64(1000 * i)
	}
	cols := columns(f)
	if len(cols) != before+1 || cols[before].name != "outdated answers" {
		t.Fatalf("%d columns, want one more than %d", len(cols), before)
	}
	var table strings.Builder
	if err := Table(&table, f, false); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"outdated", "2,000"} {
		if !strings.Contains(table.String(), text) {
			t.Errorf("the table lacks %s:\n%s", text, table.String())
		}
	}
}
