package charts

import (
	"math"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/view"
)

// TestLonePointsComeLast holds that a panel of single points gives way to any other,
// unless it shows the largest change.
func TestLonePointsComeLast(t *testing.T) {
	dots := []curve{{mid: []float64{math.NaN(), 1, math.NaN()}}}
	line := []curve{{mid: []float64{1, 2, 3}}}
	names := func(list []topic) (names string) {
		for _, v := range rankTopics(list) {
			names += v.title
		}
		return names
	}
	if got := names([]topic{{title: "a", curves: line, weight: 1}, {title: "b", curves: dots, weight: 2}, {title: "c", curves: line, weight: 3}}); got != "cab" {
		t.Errorf("the order is %s", got)
	}
	if got := names([]topic{{title: "a", curves: line, weight: 1}, {title: "b", curves: dots, weight: 4}, {title: "c", curves: line, weight: 3}}); got != "bca" {
		t.Errorf("the order is %s", got)
	}
}

// TestScalesAreNamed holds that each panel says of its own axis what it is.
func TestScalesAreNamed(t *testing.T) {
	for _, c := range []struct {
		axis axis
		want string
	}{{countAxis(5), ""}, {countAxis(500), ", log scale from 0"}, {latencyAxis(finest, []float64{1, 10}), ", log scale"}, {shareAxis(), ""}} {
		if got := scaleNote(c.axis); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// Every text of an SVG says how wide it is, so that none runs into another in a font that
// is wider than ours.
func TestTextsFit(t *testing.T) {
	for _, name := range []string{"story", "hostile", "seeds"} {
		for _, c := range New(view.New(metricstest.Variants()[name], figures.All())) {
			svg, err := c.Element()
			if err != nil {
				t.Fatal(err)
			}
			all, fitted := strings.Count(svg, "<text ")-strings.Count(svg, `"></text>`), strings.Count(svg, `<text textLength="`)
			if all == 0 || fitted != all {
				t.Errorf("%s, %s: %d texts of %d say how wide they are", name, c.Name, fitted, all)
			}
			if strings.Contains(svg, `textLength="0.0"`) {
				t.Errorf("%s, %s: a text is of no width", name, c.Name)
			}
		}
	}
}
