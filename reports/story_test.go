package reports

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/plot/vg"

	"github.com/herdlab/herdlab/internal/metrics"
)

// incident is tiny as a story: naive before, its twin as the tempting fix that
// helps nobody, and swr after.
func incident() *metrics.File {
	f := tiny()
	f.Incident = metrics.Incident{
		Theme: "burst", Story: "One page expired.\nA thousand wanted it.\n\nNobody got it in time.", Topology: "client -> box -> database",
		Trigger: "the page expires at 1 s", Look: "the computes", Unreproduced: []string{"the 33 MB: there is no disk"},
	}
	wrong := *f.Runs[0]
	wrong.Strategy, wrong.Computes = "more-workers", 990
	f.Runs[0].Part = metrics.Part{Role: metrics.Before, Why: "nobody knew"}
	wrong.Part = metrics.Part{Role: metrics.Wrong, Why: "more hands | more work"}
	f.Runs[1].Part = metrics.Part{Role: metrics.After, Why: "one computes"}
	f.Runs = []*metrics.Run{f.Runs[0], &wrong, f.Runs[1]}
	f.Expectations[0].Because = "stated: one | two"
	return f
}

func TestChanges(t *testing.T) {
	got := []string{}
	for _, c := range Changes(incident()) {
		got = append(got, c.String())
	}
	want := []string{
		"more-workers, the tempting fix: computes 950 to 990, failures still 50",
		"swr: computes 950 to 2, failures 50 to 0, p99 30 s to 4.5 ms, bystander p99 4.9 s to 3 ms",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if list := Changes(tiny()); list != nil {
		t.Errorf("a file without variants changed %v", list)
	}
	same := incident()
	*same.Runs[2] = *same.Runs[0]
	same.Runs[2].Strategy, same.Runs[2].Role = "same", metrics.After
	if list := Changes(same); list[1].String() != "same: hardly any figure differs" {
		t.Errorf("got %v", list[1])
	}
}

// TestChangeOfOneFigure holds which changes are told and which are next to
// nothing.
func TestChangeOfOneFigure(t *testing.T) {
	nothing := func(*metrics.Run) {}
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
		{"a peak within a window among others", "x: failures 50 to 900, hit ratio 0 % to 60 %, p99 30 s to 1 s, cache reads 900/s to 30/s",
			func(r *metrics.Run) { r.CacheGetsPerS, r.CacheGetsPeak = share(900), most(2000) },
			func(r *metrics.Run) {
				r.CacheGetsPerS, r.CacheGetsPeak = share(30), most(20)
				r.Failures, r.HitRatio, r.LatencyMS = 900, share(0.6), &metrics.Latency{P99: 1000}
			}},
		{"no time at all", "x: p99 30 s to <1 µs, max 30 s to <1 µs", nothing, func(r *metrics.Run) { r.LatencyMS = &metrics.Latency{P50: 5000} }},
		{"a median that changed most", "x: p50 5 s to 450 ms", nothing, func(r *metrics.Run) { r.LatencyMS = &metrics.Latency{P50: 450, P99: 30_000, Max: 30_000} }},
		{"a median of failures", "x: failures 50 to 900", nothing, func(r *metrics.Run) {
			r.Failures, r.LatencyMS = 900, &metrics.Latency{P50: 450, P99: 30_000, Max: 30_000}
		}},
		{"as much as before", "hardly any figure differs", nothing, func(r *metrics.Run) { r.Computes = 951 }},
		{"a little beside much", "x: failures 50 to 900", nothing, func(r *metrics.Run) { r.Failures, r.HerdPeak = 900, 40 }},
	} {
		f := incident()
		before, after := *f.Runs[0], *f.Runs[0]
		after.Strategy, after.Role = "x", metrics.After
		c.before(&before)
		c.after(&after)
		f.Runs = []*metrics.Run{&before, &after}
		if got := Changes(f)[0].String(); !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func share(v float64) *float64 { return &v }

func most(n int64) *int64 { return &n }

// TestStoryChart holds that the picture of a story is there, first, with every
// variant named in every panel in its role's colour.
func TestStoryChart(t *testing.T) {
	f := incident()
	c := Charts(f)[0]
	if c.Name != "before-after" || !strings.HasPrefix(c.Title, "swr: computes 950 to 2") || !strings.HasPrefix(c.Subtitle, "more-workers, the tempting fix: ") {
		t.Errorf("%s: %s, %s", c.Name, c.Title, c.Subtitle)
	}
	d := parse(t, c)
	for _, title := range []string{"response time, p99", "failed requests", "slow-origin x10"} {
		if !d.says(title) {
			t.Errorf("the picture does not say %s", title)
		}
	}
	panels := 0
	for _, text := range d.texts {
		if text == "swr" {
			panels++
		}
	}
	if panels != 4 {
		t.Errorf("swr is named %d times, want once in each of 4 panels", panels)
	}
	for role, palette := range roleInk {
		if d.count(d.strokes, ink(palette[0])) < 4 {
			t.Errorf("what was %s is not in the picture", role)
		}
	}
	for _, c := range Charts(tiny()) {
		if c.Name == "before-after" {
			t.Error("a file without variants has the picture of a story")
		}
	}
}

// TestNamesDoNotTouch holds that names at one place stand one above the other,
// within the panel.
func TestNamesDoNotTouch(t *testing.T) {
	list := make([]named, 6)
	for i, y := range []float64{50, 50, 50, 1, 99, 52} {
		list[i].atEnd = true
		list[i].at.Y = vg.Length(y)
	}
	list[5].atEnd = false
	pile(list, 5, 95)
	for i, a := range list[:5] {
		if a.spot.Y < 5 || a.spot.Y > 95 {
			t.Errorf("name %d stands at %v", i, a.spot.Y)
		}
		for j, b := range list[:i] {
			if math.Abs(float64(a.spot.Y-b.spot.Y)) < nameHeight-1e-9 {
				t.Errorf("names %d and %d stand at %v and %v", i, j, a.spot.Y, b.spot.Y)
			}
		}
	}
	if list[5].spot.Y != 0 {
		t.Error("a name that is not at an end was moved")
	}
}

// TestStoryPage holds what a page tells before its tables, and in which order.
func TestStoryPage(t *testing.T) {
	var b bytes.Buffer
	f := incident()
	f.Source = "a wiki, read\nin the summer\n"
	if err := HTML(&b, f); err != nil {
		t.Fatal(err)
	}
	page, from := b.String(), 0
	for _, text := range []string{
		"Source: a wiki, read in the summer.</p>",
		"<h2>The story</h2>", "<p>One page expired. A thousand wanted it.</p>", "<p>Nobody got it in time.</p>", "<dt>Look for</dt>",
		"<b>swr</b>: computes 950 to 2", `<figure id="before-after">`, "<h2>Summary</h2>", "before: nobody knew",
		"<h2>What cannot be reproduced</h2>", "stated: one | two", "<h2>Charts</h2>", `<figure id="latency">`,
	} {
		at := strings.Index(page[from:], text)
		if at < 0 {
			t.Fatalf("the page lacks %q after byte %d", text, from)
		}
		from += at
	}
	if strings.Count(page, `id="before-after"`) != 1 {
		t.Error("the picture of the story is there twice")
	}
}
