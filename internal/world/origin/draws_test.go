package origin

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// The n-th load of a key draws the same whatever else is loaded.
func TestDrawsAreOfTheKey(t *testing.T) {
	alone, among := newDraws(7), newDraws(7)
	var want, got []float64
	for i := range 100 {
		want = append(want, alone.nextLoad("page").Float64())
		among.nextLoad(fmt.Sprintf("other %d", i)).Float64()
		got = append(got, among.nextLoad("page").Float64())
	}
	if !slices.Equal(want, got) {
		t.Errorf("alone %v, among others %v", want[:3], got[:3])
	}
	if slices.Sort(got); got[0] == got[1] {
		t.Error("two loads of a key draw the same")
	}
	if newDraws(8).nextLoad("page").Float64() == alone.nextLoad("page").Float64() {
		t.Error("two seeds draw the same")
	}
}

// First draws of neighbouring keys, and the draws of one key, are uniform.
func TestDrawsAreUniform(t *testing.T) {
	const n = 200_000
	for name, key := range map[string]func(i int) string{
		"keys": func(i int) string { return fmt.Sprintf("page%d", i) },
		"one":  func(int) string { return "page" },
	} {
		d := newDraws(1)
		var sum, last, both float64
		for i := range n {
			u := d.nextLoad(key(i)).Float64() - 0.5
			sum += u
			both += u * last
			last = u
		}
		// Standard deviations: of the mean 1/sqrt(12 n), of the product 1/(12 sqrt n).
		if mean := sum / n; math.Abs(mean) > 4/math.Sqrt(12*n) {
			t.Errorf("%s: mean %v off", name, mean)
		}
		if r := both / n; math.Abs(r) > 4/(12*math.Sqrt(n)) {
			t.Errorf("%s: neighbours correlate by %v", name, 12*r)
		}
	}
}
