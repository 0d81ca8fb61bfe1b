package view

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func ExampleNewEstimate() {
	fmt.Println(NewEstimate([]float64{5, 1, 3}))
	fmt.Println(NewEstimate([]float64{9, 8, 7, 6, 5, 4, 3, 2, 1}))
	// Output:
	// {3 1 5 3 true}
	// {5 2 8 9 false}
}

func TestEstimateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e9, 1e9), 0, 60).Draw(t, "values")
		before := slices.Clone(values)
		e := NewEstimate(append(slices.Clone(values), math.NaN()))
		if len(values) == 0 {
			if !math.IsNaN(e.Median) || e.Seeds != 0 {
				t.Fatalf("nothing estimates as %+v", e)
			}
			return
		}
		if !(e.Low <= e.Median && e.Median <= e.High) {
			t.Fatalf("the interval does not hold the median: %+v", e)
		}
		if e.Low < slices.Min(values) || e.High > slices.Max(values) {
			t.Fatalf("the interval is wider than the values: %+v", e)
		}
		if e.Range != (len(values) < 6) {
			t.Fatalf("range of %d values: %v", len(values), e.Range)
		}
		slices.Reverse(values)
		if again := NewEstimate(values); again != e {
			t.Fatalf("order matters: %+v and %+v", e, again)
		}
		slices.Reverse(values)
		if !slices.Equal(values, before) {
			t.Fatal("the values were changed")
		}
	})
}
