package charts

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/internal/humanize"
)

// checkAxis holds for every axis: a handful of ticks inside it, rising, labels
// that differ.
func checkAxis(t *rapid.T, a axis, most int) {
	if !(a.min < a.max) {
		t.Fatalf("the axis is empty: %v to %v", a.min, a.max)
	}
	if len(a.ticks) < 2 || len(a.ticks) > most {
		t.Fatalf("%d ticks: %v", len(a.ticks), a.ticks)
	}
	labels := make(map[string]bool)
	for i, tick := range a.ticks {
		at := a.scale.Normalize(a.min, a.max, tick.Value)
		if math.IsNaN(at) || at < -1e-6 || at > 1+1e-6 {
			t.Fatalf("tick %v lies at %v of %v to %v", tick, at, a.min, a.max)
		}
		if i > 0 && tick.Value <= a.ticks[i-1].Value {
			t.Fatalf("the ticks do not rise: %v", a.ticks)
		}
		if labels[tick.Label] {
			t.Fatalf("two ticks read %q: %v", tick.Label, a.ticks)
		}
		labels[tick.Label] = true
	}
}

func TestLatencyAxis(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Just(0.0), rapid.Map(rapid.Float64Range(-3.5, 10), func(m float64) float64 { return math.Pow(10, m) }))
		values := rapid.SliceOfN(value, 0, 8).Draw(t, "values")
		a := latencyAxis(finest, values)
		checkAxis(t, a, 9)
		if a.ticks[len(a.ticks)-1].Value < a.max {
			t.Fatalf("the axis ends at %v, above its last tick: %v", a.max, a.ticks)
		}
		for _, v := range values {
			if v > a.max {
				t.Fatalf("%v lies above the axis, which ends at %v", v, a.max)
			}
			if at := a.scale.Normalize(a.min, a.max, v); math.IsNaN(at) || at < 0 {
				t.Fatalf("%v lies at %v", v, at)
			}
			if v < a.min*(1-1e-9) && a.ticks[0].Label != "≤ "+humanize.RoundTime(a.min) {
				t.Fatalf("%v is drawn at %v and the label does not say so: %v", v, a.min, a.ticks)
			}
		}
	})
}

func TestTimeAxis(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		duration := math.Pow(10, rapid.Float64Range(3, 9.9).Draw(t, "magnitude")) // 1 s to 90 days
		most := rapid.IntRange(3, 10).Draw(t, "most")
		checkAxis(t, timeAxis(duration, most), most+1)
	})
}

func TestTimeAxisLabels(t *testing.T) {
	for _, test := range []struct {
		ms          float64
		most        int
		first, last string
	}{
		{60_000, 10, "0 s", "60 s"}, {1000, 10, "0 s", "1 s"}, {30 * 86_400_000, 10, "0 d", "30 d"}, {3 * 3_600_000, 10, "0 min", "180 min"},
		{6 * 3_600_000, 12, "0 h", "6 h"}, {86_400_000, 10, "0 h", "24 h"}, {500, 5, "0 ms", "500 ms"},
	} {
		a := timeAxis(test.ms, test.most)
		if first, last := a.ticks[0].Label, a.ticks[len(a.ticks)-1].Label; first != test.first || last != test.last {
			t.Errorf("timeAxis(%v, %d) reads %q to %q, want %q to %q", test.ms, test.most, first, last, test.first, test.last)
		}
	}
}

func TestCountAxis(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		highest := math.Floor(math.Pow(10, rapid.Float64Range(0, 9).Draw(t, "magnitude")))
		a := countAxis(highest)
		checkAxis(t, a, 14)
		if a.max < highest {
			t.Fatalf("%v lies above the axis, which ends at %v", highest, a.max)
		}
		for _, tick := range a.ticks {
			if tick.Value != math.Trunc(tick.Value) {
				t.Fatalf("a tick at %v of things that are counted", tick.Value)
			}
		}
	})
}

func TestNinesAxis(t *testing.T) {
	a := ninesAxis(nines(1 - 1.0/12000))
	var labels []string
	for _, tick := range a.ticks {
		labels = append(labels, tick.Label)
	}
	if want := "[0 % 50 % 90 % 99 % 99.9 % 99.99 %]"; fmt.Sprint(labels) != want {
		t.Errorf("ticks %v, want %v", labels, want)
	}
}
