package charts

import (
	"math"
	"testing"

	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"
)

// TestVisible: whatever lies in one place is drawn once in all, and every path
// that shares a long enough place shows in it.
func TestVisible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		segments := rapid.IntRange(1, 30).Draw(t, "segments")
		heights := rapid.SliceOfN(rapid.Float64Range(0, 200), segments+1, segments+1).Draw(t, "heights")
		n := rapid.IntRange(1, 5).Draw(t, "paths")
		paths := make([][]vg.Point, n)
		for i := range paths {
			for x, h := range heights {
				paths[i] = append(paths[i], vg.Point{X: vg.Length(100 * x), Y: vg.Length(h)})
			}
		}
		drawn := 0.0
		for i := range paths {
			length := lengthOf(visibleRuns(paths, i))
			if length == 0 {
				t.Fatalf("path %d of %d is hidden", i, n)
			}
			drawn += length
		}
		if whole := lengthOf(paths[:1]); math.Abs(drawn-whole) > 1e-6*whole {
			t.Fatalf("%v of %v is drawn", drawn, whole)
		}
	})
}

func lengthOf(runs [][]vg.Point) (sum float64) {
	for _, run := range runs {
		for i := 1; i < len(run); i++ {
			sum += math.Hypot(float64(run[i].X-run[i-1].X), float64(run[i].Y-run[i-1].Y))
		}
	}
	return sum
}

// TestVisibleChain has three paths of which the outer two are near the middle
// one only: all must agree on the turns, or the line has holes.
func TestVisibleChain(t *testing.T) {
	var paths [][]vg.Point
	for _, y := range []vg.Length{10, 10.4, 10.8} {
		paths = append(paths, []vg.Point{{X: 0, Y: y}, {X: 300, Y: y}})
	}
	drawn := 0.0
	for i := range paths {
		drawn += lengthOf(visibleRuns(paths, i))
	}
	if math.Abs(drawn-300) > 1e-6 {
		t.Errorf("%v of 300 points is drawn", drawn)
	}
}

func TestVisibleGaps(t *testing.T) {
	nan := vg.Length(math.NaN())
	path := []vg.Point{{X: 0, Y: 1}, {X: 1, Y: 1}, {X: 2, Y: nan}, {X: 3, Y: 1}, {X: 4, Y: 1}, {X: 5, Y: nan}, {X: 6, Y: 1}}
	runs := visibleRuns([][]vg.Point{path}, 0)
	if len(runs) != 2 || len(runs[0]) != 2 || len(runs[1]) != 2 {
		t.Errorf("a gap does not break the line: %v", runs)
	}
}
