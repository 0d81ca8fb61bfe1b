package charts

import (
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/verdict"
	"github.com/herdlab/herdlab/internal/view"
)

// A title says "about" of figures that are near each other, gives both ends where they
// are apart and it may be chance, and names strategies where it is not.
func TestContrast(t *testing.T) {
	of := func(name string, value float64, seeds ...float64) strategyValue {
		v := strategyValue{Group: view.Group{Name: name}, value: value, seeds: make(verdict.Seeds)}
		for i, s := range seeds {
			v.seeds[uint64(i)] = s
		}
		return v
	}
	title := contrast{
		one: "{high} serves {highest}", alike: "Every strategy serves about {lowest}", apart: "{high} serves {highest}, {low} {lowest}",
		praise: figures.Higher,
	}
	for _, c := range []struct {
		name string
		list []strategyValue
		want string
	}{
		{"near", []strategyValue{of("a", 0.95, 0.95), of("b", 0.96, 0.96)}, "Every strategy serves about 95 %"},
		{"apart, and two seeds", []strategyValue{of("a", 0.84, 0.84, 0.84), of("b", 0.96, 0.96, 0.96)}, "Every strategy serves 84 % to 96 %"},
		{"far apart, and two seeds", []strategyValue{of("a", 0.3, 0.3, 0.3), of("b", 0.96, 0.96, 0.96)}, "b serves 96 %, a 30 %"},
		{"apart, and six", []strategyValue{of("a", 0.84, 0.84, 0.83, 0.85, 0.84, 0.83, 0.85), of("b", 0.96, 0.96, 0.95, 0.97, 0.96, 0.95, 0.97)}, "b serves 96 %, a 84 %"},
		{"apart, and the seeds disagree", []strategyValue{of("a", 0.8, 0.9, 0.7, 0.9, 0.7, 0.9, 0.7), of("b", 0.9, 0.8, 1, 0.8, 1, 0.8, 1)}, "Every strategy serves 80 % to 90 %"},
	} {
		if got := title.title(c.list, humanize.Percent); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
