package view

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
)

func TestChanges(t *testing.T) {
	got := []string{}
	for _, c := range New(metricstest.Incident(), figures.All()).Changes {
		got = append(got, c.String())
	}
	want := []string{
		"more-workers, the tempting fix: computes 950 to 990, failures still 50",
		"swr: computes 950 to 2, failures 50 to 0, hit ratio 0 % to 75 %, bystander p99 4.9 s to 3 ms",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if list := New(metricstest.Tiny(), figures.All()).Changes; list != nil {
		t.Errorf("a file without variants changed %v", list)
	}
	same := metricstest.Incident()
	*same.Runs[2] = *same.Runs[0]
	same.Runs[2].Strategy, same.Runs[2].Role = "same", metrics.After
	if list := New(same, figures.All()).Changes; list[1].String() != "same: hardly any figure differs" {
		t.Errorf("got %v", list[1])
	}
}

// TestChangeOfOneFigure holds which changes are told and which are next to
// nothing.
func TestChangeOfOneFigure(t *testing.T) {
	nothing, healthy := func(*metrics.Run) {}, func(r *metrics.Run) { r.Failures = 0 }
	for _, c := range []struct {
		name, want    string
		before, after func(*metrics.Run)
	}{
		{"few failures of many requests", "hardly any figure differs", nothing, func(r *metrics.Run) { r.Failures = 51 }},
		{"half a point", "hardly any figure differs", nothing, func(r *metrics.Run) { r.HitRatio = share(0.005) }},
		{"points", "x: hit ratio 0 % to 60 %", nothing, func(r *metrics.Run) { r.HitRatio = share(0.6) }},
		{"two ejections", "x: ejections 2 to 0", func(r *metrics.Run) { r.Ejections = 2 }, nothing},
		{"staleness", "x: staleness 0 ms to 1 s", nothing, func(r *metrics.Run) { r.StalenessMS = &metrics.Quantiles{Max: 1000} }},
		{"loads that nobody counted", "hardly any figure differs", nothing, func(r *metrics.Run) { r.LoadsUnknown, r.Computes = true, 0 }},
		{"a peak within a window, and nothing else", "x: cache reads 900/s to 30/s, cache reads within 1 s 2,000 to 20",
			func(r *metrics.Run) { r.CacheGetsPerS, r.CacheGetsPeak = share(900), most(2000) },
			func(r *metrics.Run) { r.CacheGetsPerS, r.CacheGetsPeak = share(30), most(20) }},
		{"a peak within a window among others", "x: failures 50 to 900, hit ratio 0 % to 60 %, cache reads 900/s to 30/s",
			func(r *metrics.Run) { r.CacheGetsPerS, r.CacheGetsPeak = share(900), most(2000) },
			func(r *metrics.Run) {
				r.CacheGetsPerS, r.CacheGetsPeak = share(30), most(20)
				r.Failures, r.HitRatio, r.LatencyMS = 900, share(0.6), &metrics.Latency{P99: 1000}
			}},
		{"no time at all", "x: p99 9 s to <1 µs, max 9.8 s to <1 µs", healthy, func(r *metrics.Run) { r.Failures, r.LatencyMS = 0, &metrics.Latency{P50: 5000} }},
		{"a median that changed most", "x: p50 5 s to 450 ms", healthy, func(r *metrics.Run) {
			r.Failures, r.LatencyMS = 0, &metrics.Latency{P50: 450, P99: 9_000, Max: 9_800}
		}},
		{"a p99 beside one of which a hundredth failed", "x: failures 9 to 0", func(r *metrics.Run) { r.Failures = 9 }, func(r *metrics.Run) {
			r.Failures, r.LatencyMS = 0, &metrics.Latency{P50: 5000, P99: 1}
		}},
		{"a median of failures", "x: failures 50 to 900", nothing, func(r *metrics.Run) {
			r.Failures, r.LatencyMS = 900, &metrics.Latency{P50: 450, P99: 30_000, Max: 30_000}
		}},
		{"as much as before", "hardly any figure differs", nothing, func(r *metrics.Run) { r.Computes = 951 }},
		{"a little beside much", "x: failures 50 to 900", nothing, func(r *metrics.Run) { r.Failures, r.HerdPeak = 900, 40 }},
	} {
		f := metricstest.Incident()
		before, after := *f.Runs[0], *f.Runs[0]
		after.Strategy, after.Role = "x", metrics.After
		c.before(&before)
		c.after(&after)
		f.Runs = []*metrics.Run{&before, &after}
		if got := New(f, figures.All()).Changes[0].String(); !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func share(v float64) *float64 { return &v }

func most(n int64) *int64 { return &n }

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
		d := difference{told: told{measure: measure{title: c.name, write: c.write}}, from: c.from, to: c.to}
		if got := d.String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestWorseThanTheFix holds that a tempting fix which beats the true one in what both
// made better is told by what it made worse.
func TestWorseThanTheFix(t *testing.T) {
	f := metricstest.Incident()
	stale := *f.Runs[2]
	stale.Strategy, stale.Role, stale.Computes, stale.AgeMS = "stale", metrics.Wrong, 0, &metrics.Quantiles{P99: 40_000}
	f.Runs[1] = &stale
	if got := New(f, figures.All()).Changes[0].String(); !strings.HasSuffix(got, "; worse than swr: age p99 40 s, not 4 s") {
		t.Error(got)
	}
	stale.Failures = 1000
	if got := New(f, figures.All()).Changes[0].String(); strings.Contains(got, "worse than") {
		t.Errorf("%q: the failures say as much", got)
	}
}

// TestWhatAFixCosts holds that a fix is told by what it made much worse, too, and not
// by what it made a little worse.
func TestWhatAFixCosts(t *testing.T) {
	f := metricstest.Incident()
	after := f.Runs[2]
	for _, c := range []struct {
		loads int64
		told  bool
	}{{0, false}, {2, false}, {3000, true}} {
		after.WarmComputes = c.loads
		got := New(f, figures.All()).Changes[1].String()
		if strings.Contains(got, "loads before the traffic 0 to 3,000") != c.told || strings.Count(got, " to ") != mostFigures {
			t.Errorf("%d loads: %q", c.loads, got)
		}
	}
}
