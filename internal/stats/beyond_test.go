package stats_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/herdlab/herdlab/internal/stats"
)

// sampleOf counts values.
func sampleOf(values []float64) stats.Sample {
	var s stats.Sample
	for i, v := range slices.Sorted(slices.Values(values)) {
		if n := len(s.At); n > 0 && s.At[n-1] == v {
			s.Upto[n-1]++
			continue
		}
		s.At, s.Upto = append(s.At, v), append(s.Upto, float64(i+1))
	}
	return s
}

// mostBeyond grants nothing; P is 1 where there is no excess.
func mostBeyond(old, new []stats.Sample) stats.Excess {
	return granting(old, new, func(v float64) float64 { return v })
}

func granting(old, new []stats.Sample, grant func(float64) float64) stats.Excess {
	x, ok := stats.MostBeyond(old, new, grant, 0)
	if !ok {
		return stats.Excess{P: 1}
	}
	return x
}

func TestBeyond(t *testing.T) {
	s := sampleOf([]float64{1, 2, 2, 5})
	for v, want := range map[float64]float64{0: 4, 1: 3, 1.5: 3, 2: 1, 5: 0, 6: 0} {
		if got := s.Beyond(v); got != want {
			t.Errorf("beyond %v: %v, want %v", v, got, want)
		}
	}
	if n := (stats.Sample{}).Beyond(1); n != 0 {
		t.Errorf("nothing has %v values", n)
	}
}

// calm is a sample of requests of which some, and no others, are slow.
func calm(rng *rand.Rand, n, slow int) stats.Sample {
	values := make([]float64, n)
	for i := range values {
		values[i] = 1 + rng.Float64()
	}
	for i := range slow {
		values[i] = 1000 + float64(i)
	}
	return sampleOf(values)
}

// Five slow requests of ten thousand are seen, also beside one that was slow before.
func TestMostBeyondSeesAFewSlowOnes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	base := calm(rng, 10_000, 0)
	x := mostBeyond([]stats.Sample{base}, []stats.Sample{base})
	if x.Z != 0 || x.P != 1 {
		t.Errorf("the same sample differs: %+v", x)
	}
	for _, slow := range [][2]int{{0, 5}, {1, 6}} {
		values := []stats.Sample{calm(rand.New(rand.NewPCG(5, 6)), 10_000, slow[0]), calm(rand.New(rand.NewPCG(5, 6)), 10_000, slow[1])}
		x := mostBeyond(values[:1], values[1:])
		if x.Beyond < 1.9 || x.Beyond > 1000 || math.Round(1e4*(x.New-x.Old)) != 5 || x.Z < 1.8 {
			t.Errorf("%d to %d: %+v", slow[0], slow[1], x)
		}
		if back := mostBeyond(values[1:], values[:1]); back.Z > 0.5 {
			t.Errorf("%d to %d, back: %+v", slow[0], slow[1], back)
		}
	}
}

// The other way, and a shift within what is granted, is no excess.
func TestMostBeyondGrants(t *testing.T) {
	a, b := sampleOf([]float64{10, 11, 12, 13}), sampleOf([]float64{11, 12, 13, 14})
	tenth := func(v float64) float64 { return v * 1.2 }
	if x := granting([]stats.Sample{a}, []stats.Sample{b}, tenth); x.Z != 0 {
		t.Errorf("within what is granted: %+v", x)
	}
	if x := mostBeyond([]stats.Sample{a}, []stats.Sample{b}); x.New <= x.Old {
		t.Errorf("got %+v", x)
	}
	if x := mostBeyond([]stats.Sample{b}, []stats.Sample{a}); x.Z != 0 {
		t.Errorf("the other way: %+v", x)
	}
	if x := mostBeyond(nil, []stats.Sample{a}); x.Z != 0 {
		t.Errorf("without any old: %+v", x)
	}
}

// Where there are too many ways to exchange the samples, some are drawn, and always the same.
func TestMostBeyondDraws(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	var old, new []stats.Sample
	for range 9 {
		old, new = append(old, calm(rng, 100, 0)), append(new, calm(rng, 100, 2))
	}
	x := mostBeyond(old, new)
	if _, ok := stats.MostBeyond(old, new, func(v float64) float64 { return v }, x.Z+1); ok {
		t.Error("an excess that is too small for what was asked is one")
	}
	if x.P > 0.001 || x != mostBeyond(old, new) {
		t.Errorf("got %+v", x)
	}
}
