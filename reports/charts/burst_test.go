package charts

import (
	"math"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// atOnce is a file whose requests all came in the second of four windows of 1 s.
func atOnce() *metrics.File {
	run := func(strategy, role string, took ...metrics.Percentile) *metrics.Run {
		r := &metrics.Run{Strategy: strategy, Part: metrics.Part{Role: role}, Percentiles: took}
		r.Requests = 10
		r.Series = metrics.Series{
			Requests: []int64{0, 10, 0, 0}, Herd: []int64{0, 1, 1, 0}, InFlight: []int64{0, 1, 1, 0}, Computes: []int64{0, 1, 0, 0},
			P99: metrics.Floats{math.NaN(), took[len(took)-1].MS, math.NaN(), math.NaN()}, HitRatio: metrics.Floats{math.NaN(), 0.9, math.NaN(), math.NaN()},
		}
		return r
	}
	return &metrics.File{
		Scenario: "at once", Clock: "virtual", DurationMS: 4000, WindowMS: 1000,
		Runs: []*metrics.Run{
			run("naive", metrics.Before, metrics.Percentile{Share: 1, MS: 1500}),
			run("swr", metrics.After, metrics.Percentile{Share: 0.9, MS: 1}, metrics.Percentile{Share: 1, MS: 1500}),
		},
	}
}

// Of requests that came at once the picture shows when they were answered, since
// their response time over time is a single point.
func TestABurstIsDrawnByItsAnswers(t *testing.T) {
	s := scene{view.New(atOnce(), figures.All()), mostPoints}
	views := storyTopics(s)
	if !strings.HasPrefix(views[0].title, "requests that have their answer") {
		t.Errorf("begins with %q", views[0].title)
	}
	for _, v := range views {
		if v.title == "response time, p99" || v.title == "hit ratio" {
			t.Errorf("%q is drawn, and is a point", v.title)
		}
	}
	for i, want := range []map[float64]float64{{900: 0, 1100: 0, 2400: 0, 2600: 1}, {900: 0, 1100: 0.9, 2400: 0.9, 2600: 1}} {
		c := views[0].curves[i]
		for at, share := range want {
			for p, x := range c.x {
				if x >= at {
					if c.mid[p] != share {
						t.Errorf("%s: %v of the requests have their answer at %v ms, want %v", s.Groups[i].Name, c.mid[p], x, share)
					}
					break
				}
			}
		}
	}
}

// A request more in another window, and it is no burst.
func TestNoBurst(t *testing.T) {
	f := atOnce()
	f.Runs[1].Series.Requests = []int64{0, 10, 1, 0}
	if _, ok := burstWindow(scene{view.New(f, figures.All()), mostPoints}); ok {
		t.Error("requests in two windows are drawn as if they came at once")
	}
}
