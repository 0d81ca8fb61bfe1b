package stats_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/internal/stats"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// Two examples of Hollander and Wolfe, Nonparametric Statistical Methods (1973), which
// R's wilcox.test has for its examples too: depression scores of 9 patients (p. 29),
// one-sided P 0.01953, and the permeability of 10 and 5 membranes (p. 69), one-sided P
// 0.1272, with the estimates and intervals of the book. Then the examples in the
// documentation of scipy.stats.wilcoxon, the heights of Darwin's maize, and of
// scipy.stats.mannwhitneyu, the ages of nine patients.
func TestKnownValues(t *testing.T) {
	first := []float64{1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30}
	second := []float64{0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29}
	differences := make([]float64, len(first))
	for i := range first {
		differences[i] = first[i] - second[i]
	}
	s := stats.Paired(differences)
	near(t, "P of the depression scores", s.P, 2*0.01953125, 1e-12)
	near(t, "their shift", s.Estimate, 0.46, 1e-9)
	near(t, "low", s.Low, 0.010, 1e-9)
	near(t, "high", s.High, 0.786, 1e-3)

	s = stats.Unpaired([]float64{1.15, 0.88, 0.90, 0.74, 1.21}, []float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46})
	near(t, "P of the membranes", s.P, 0.2544, 1e-4)
	near(t, "their shift", s.Estimate, 0.305, 1e-9)
	near(t, "low", s.Low, -0.15, 1e-9)
	near(t, "high", s.High, 0.76, 1e-9)

	maize := []float64{6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75}
	near(t, "P of the maize", stats.Paired(maize).P, 0.041259765625, 1e-12)
	near(t, "P of the ages", stats.Unpaired([]float64{20, 11, 17, 12}, []float64{19, 22, 16, 29, 24}).P, 0.1111111111111111, 1e-12)
}

// The least P that there can be is that of samples that do not overlap.
func TestLeast(t *testing.T) {
	var values []float64
	for n := 1; n <= 12; n++ {
		values = append(values, float64(n))
		near(t, "paired", stats.Paired(values).P, stats.LeastPaired(n), 1e-12)
		far := make([]float64, n)
		for i := range far {
			far[i] = float64(100 + i)
		}
		near(t, "unpaired", stats.Unpaired(values, far).P, stats.LeastUnpaired(n, n), 1e-12)
	}
	near(t, "5 and 5", stats.LeastUnpaired(5, 5), 2.0/252, 1e-15)
}

// With few values and many ties, P is what counting all the ways gives.
func TestExactWithTies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SliceOfN(rapid.Map(rapid.IntRange(-3, 3), func(i int) float64 { return float64(i) }), 1, 9).Draw(t, "d")
		if got, want := stats.Paired(d).P, countedPaired(d); math.Abs(got-want) > 1e-12 {
			t.Fatalf("P of %v = %v, counted %v", d, got, want)
		}
		k := rapid.IntRange(0, len(d)).Draw(t, "k")
		if got, want := stats.Unpaired(d[:k], d[k:]).P, countedUnpaired(d[:k], d[k:]); math.Abs(got-want) > 1e-12 {
			t.Fatalf("P of %v and %v = %v, counted %v", d[:k], d[k:], got, want)
		}
	})
}

// rank2 is twice the middle rank of v among the values.
func rank2(v float64, values []float64) (rank int) {
	for _, w := range values {
		if w < v {
			rank += 2
		} else if w == v {
			rank++
		}
	}
	return rank + 1
}

// countedPaired tries every choice of signs.
func countedPaired(d []float64) float64 {
	var sizes []float64
	positive := 0
	for _, v := range d {
		if v != 0 {
			sizes = append(sizes, math.Abs(v))
		}
	}
	for _, v := range d {
		if v > 0 {
			positive += rank2(v, sizes)
		}
	}
	return counted(len(sizes), func(chosen int) (sum int, ok bool) {
		for i, s := range sizes {
			if chosen>>i&1 == 1 {
				sum += rank2(s, sizes)
			}
		}
		return sum, true
	}, positive)
}

// countedUnpaired tries every choice of as many values.
func countedUnpaired(old, new []float64) float64 {
	all := slices.Concat(old, new)
	found := 0
	for _, v := range new {
		found += rank2(v, all)
	}
	return counted(len(all), func(chosen int) (sum int, ok bool) {
		n := 0
		for i, v := range all {
			if chosen>>i&1 == 1 {
				n++
				sum += rank2(v, all)
			}
		}
		return sum, n == len(new)
	}, found)
}

func counted(n int, sum func(chosen int) (int, bool), found int) float64 {
	low, high, all := 0.0, 0.0, 0.0
	for chosen := range 1 << n {
		s, ok := sum(chosen)
		if !ok {
			continue
		}
		all++
		if s <= found {
			low++
		}
		if s >= found {
			high++
		}
	}
	return min(1, 2*min(low, high)/all)
}

// A shift the other way has the same P and the opposite ends, to add a constant to one
// side moves the estimate by as much, and to scale both sides scales it.
func TestSymmetry(t *testing.T) {
	value := rapid.Map(rapid.IntRange(-1000, 1000), func(i int) float64 { return float64(i) })
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(value, 1, 12).Draw(t, "a")
		b := rapid.SliceOfN(value, 1, 12).Draw(t, "b")
		by := value.Draw(t, "by")
		there, back := stats.Unpaired(a, b), stats.Unpaired(b, a)
		if math.Abs(there.P-back.P) > 1e-12 || there.Estimate != -back.Estimate || there.Low != -back.High || there.High != -back.Low {
			t.Fatalf("there %+v, back %+v", there, back)
		}
		if there.Low > there.Estimate || there.Estimate > there.High || there.P < stats.LeastUnpaired(len(a), len(b))-1e-12 || there.P > 1 {
			t.Fatalf("%+v", there)
		}
		moved := slices.Clone(b)
		for i := range moved {
			moved[i] += by
		}
		if got := stats.Unpaired(a, moved).Estimate; got != there.Estimate+by {
			t.Fatalf("moved by %v: %v, from %v", by, got, there.Estimate)
		}
		negative := slices.Clone(a)
		for i := range negative {
			negative[i] *= -1
		}
		p, n := stats.Paired(a), stats.Paired(negative)
		if math.Abs(p.P-n.P) > 1e-12 || p.Estimate != -n.Estimate || p.Low != -n.High || p.Range != n.Range {
			t.Fatalf("%+v, negative %+v", p, n)
		}
	})
}

func TestHolm(t *testing.T) {
	// R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
	got := stats.Holm([]float64{0.01, 0.04, 0.03, 0.005})
	for i, want := range []float64{0.03, 0.06, 0.06, 0.02} {
		near(t, "adjusted", got[i], want, 1e-12)
	}
	if len(stats.Holm(nil)) != 0 {
		t.Error("there is a P of nothing")
	}
}
