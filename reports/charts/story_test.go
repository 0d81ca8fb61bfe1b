package charts

import (
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/view"
)

// TestStoryChart holds that the picture of a story is there, first, with every
// variant named in every panel in its role's colour.
func TestStoryChart(t *testing.T) {
	f := metricstest.Incident()
	c := New(view.New(f, figures.All()))[0]
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
	for _, g := range view.New(f, figures.All()).Groups {
		if d.count(d.strokes, ink(g.Color)) < 4 {
			t.Errorf("what was %s is not in the picture", g.Role)
		}
	}
	for _, c := range New(view.New(metricstest.Tiny(), figures.All())) {
		if c.Name == "before-after" {
			t.Error("a file without variants has the picture of a story")
		}
	}
}

// Pages that were shown to others are told first and drawn.
func TestLeaksAreDrawn(t *testing.T) {
	f := metricstest.Incident()
	before := f.Runs[0]
	before.Leaks, before.Victims = 600, 7
	before.Series.Leaks = make([]int64, len(before.Series.Requests))
	before.Series.Leaks[1] = 600
	c := New(view.New(f, figures.All()))[0]
	if !strings.Contains(c.Title, "pages shown to others 600 to 0") {
		t.Errorf("the picture is called %s", c.Title)
	}
	if d := parse(t, c); !d.says("pages shown to others") {
		t.Error("the picture does not show them")
	}
}
