package workloads

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

func TestZipfFollowsItsLaw(t *testing.T) {
	const draws = 200_000
	for _, n := range []uint64{1, 2, 3, 10, 1000} {
		for _, s := range []float64{0, 1e-9, 0.5, 0.99, 1, 1 + 1e-12, 1.01, 1.5, 3, 20} {
			t.Run(fmt.Sprintf("n=%d,s=%v", n, s), func(t *testing.T) {
				z := newZipf(n, s)
				stream := substream(1, t.Name())
				got := make([]float64, n)
				for range draws {
					got[z.draw(stream)]++
				}
				want := make([]float64, n)
				sum := 0.0
				for k := range want {
					want[k] = math.Pow(float64(k+1), -s)
					sum += want[k]
				}
				for k := range want {
					want[k] *= draws / sum
				}
				fits(t, got, want)
			})
		}
	}
}

// fits is a chi-squared test of counts against what is expected, at a level of
// one in a hundred thousand. Cells are joined until each expects ten.
func fits(t *testing.T, got, want []float64) {
	t.Helper()
	chi, cells := 0.0, 0
	g, w := 0.0, 0.0
	for i := range want {
		g, w = g+got[i], w+want[i]
		rest := 0.0
		for _, x := range want[i+1:] {
			if rest += x; rest >= 10 {
				break
			}
		}
		if w >= 10 && rest >= 10 || i == len(want)-1 {
			chi += (g - w) * (g - w) / w
			cells++
			g, w = 0, 0
		}
	}
	if cells == 1 {
		if math.Abs(chi) > 1e-6 {
			t.Errorf("some draws are missing: %v", got)
		}
		return
	}
	if limit := (distuv.ChiSquared{K: float64(cells - 1)}).Quantile(1 - 1e-5); chi > limit {
		t.Errorf("chi-squared is %.1f with %d cells, at most %.1f was expected", chi, cells, limit)
	}
}

func TestZipfFirstDraws(t *testing.T) {
	var b strings.Builder
	for _, s := range []float64{0, 0.8, 1, 1.2} {
		z := newZipf(1_000_000, s)
		stream := substream(1, "keys/page")
		fmt.Fprintf(&b, "s = %v:", s)
		for range 20 {
			fmt.Fprintf(&b, " %d", z.draw(stream))
		}
		b.WriteString("\n")
	}
	golden(t, "zipf.golden", b.String())
}

func TestZipfStaysInItsPopulation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(1, 1e12).Draw(t, "n")
		s := rapid.Float64Range(0, 20).Draw(t, "s")
		z := newZipf(n, s)
		stream := substream(rapid.Uint64().Draw(t, "seed"), "test")
		for range 100 {
			if k := z.draw(stream); k >= n {
				t.Fatalf("drew %d of %d", k, n)
			}
		}
	})
}

func TestZipfShareIsNearlyTheProbability(t *testing.T) {
	for _, s := range []float64{0, 0.7, 1, 1.4} {
		z := newZipf(10_000, s)
		sum := 0.0
		for k := range uint64(10_000) {
			sum += z.share(k)
		}
		if math.Abs(sum-1) > 0.1 {
			t.Errorf("s = %v: the shares add up to %v", s, sum)
		}
	}
}

func TestBelowIsUniform(t *testing.T) {
	stream := substream(1, t.Name())
	got, want := make([]float64, 7), make([]float64, 7)
	for range 70_000 {
		got[below(7, stream)]++
	}
	for i := range want {
		want[i] = 10_000
	}
	fits(t, got, want)
}
