package trace

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// reordered runs instants through the reorder and returns them in the order of
// their release, with the size of each being its place in the input, and how many
// were late.
func reordered(most int, instants []int64) (out []Request, late int) {
	o := reorder{most: most}
	for i, at := range instants {
		for o.full(at) {
			out = append(out, o.release()...)
		}
		if !o.add(Request{At: at, Size: i}) {
			late++
		}
	}
	for o.held > 0 {
		out = append(out, o.release()...)
	}
	return out, late
}

// Times with fractions that are out of order by up to a minute come out sorted,
// ties in the order of the input, and nothing is lost or late.
func TestReorderSortsWhatIsWithinAMinute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.SliceOfN(rapid.Int64Range(0, 200*second), 1, 100).Draw(t, "steps")
		shifts := rapid.SliceOfN(rapid.Int64Range(0, 59), len(steps), len(steps)).Draw(t, "shifts")
		now := 100 * second
		var instants []int64
		for i, step := range steps {
			now += step / rapid.SampledFrom([]int64{1, 1000}).Draw(t, "scale")
			instants = append(instants, now-shifts[i]*second|1) // odd: never a whole second
		}
		out, late := reordered(maxHeld, instants)
		want := make([]Request, len(instants))
		for i, at := range instants {
			want[i] = Request{At: at, Size: i}
		}
		slices.SortStableFunc(want, func(a, b Request) int { return cmp.Compare(a.At, b.At) })
		if late != 0 || !slices.Equal(out, want) {
			t.Fatalf("%d late; released %v, want %v", late, out, want)
		}
	})
}

// Whatever comes, what is released never goes back, and nothing is lost.
func TestReorderNeverGoesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		instants := rapid.SliceOfN(rapid.Int64Range(0, 1000*second), 1, 200).Draw(t, "instants")
		if rapid.Bool().Draw(t, "whole seconds") {
			for i := range instants {
				instants[i] -= instants[i] % second
			}
		}
		out, _ := reordered(rapid.IntRange(1, 50).Draw(t, "most"), instants)
		if !slices.IsSortedFunc(out, func(a, b Request) int { return cmp.Compare(a.At, b.At) }) {
			t.Fatalf("released %v", out)
		}
		seen := make([]bool, len(instants))
		for _, r := range out {
			seen[r.Size] = true
		}
		if len(out) != len(instants) || slices.Contains(seen, false) {
			t.Fatalf("%d released of %d", len(out), len(instants))
		}
	})
}

func TestReorderSpreadsASecond(t *testing.T) {
	at := func(list []Request) (instants []int64) {
		for _, r := range list {
			instants = append(instants, r.At)
		}
		return instants
	}
	out, late := reordered(maxHeld, []int64{5 * second, 7 * second, 5 * second, 5 * second, 5 * second})
	if want := []int64{5e9, 5.25e9, 5.5e9, 5.75e9, 7e9}; late != 0 || !slices.Equal(at(out), want) {
		t.Errorf("released at %v, want %v; %d late", at(out), want, late)
	}
	out, late = reordered(maxHeld, []int64{5 * second, 5 * second, 5*second + 1})
	if want := []int64{5e9, 5e9, 5e9 + 1}; late != 0 || !slices.Equal(at(out), want) {
		t.Errorf("exact times: released at %v, want %v; %d late", at(out), want, late)
	}
	out, late = reordered(maxHeld, []int64{100 * second, 161 * second, 99 * second})
	if want := []int64{100e9, 101e9, 161e9}; late != 1 || !slices.Equal(at(out), want) {
		t.Errorf("a late one: released at %v, want %v; %d late", at(out), want, late)
	}
	if out[1].Size != 2 {
		t.Errorf("the late one is not second: %v", out)
	}
}
