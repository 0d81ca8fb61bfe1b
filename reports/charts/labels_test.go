package charts

import (
	"math"
	"testing"

	"gonum.org/v1/plot/vg"
)

// TestNamesDoNotTouch holds that names at one place stand one above the other,
// within the panel.
func TestNamesDoNotTouch(t *testing.T) {
	list := make([]curveLabel, 6)
	for i, y := range []float64{50, 50, 50, 1, 99, 52} {
		list[i].atEnd = true
		list[i].at.Y = vg.Length(y)
	}
	list[5].atEnd = false
	spreadLabels(list, 5, 95)
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
