package workloads

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestPortableFunctionsAgreeWithMath(t *testing.T) {
	near := func(t *rapid.T, what string, x, got, want float64) {
		if diff := math.Abs(got - want); !(diff <= 2e-15*max(1, math.Abs(want))) {
			t.Fatalf("%s(%v) = %v, want %v", what, x, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(1e-300, 1e300).Draw(t, "x")
		near(t, "ln", x, ln(x), math.Log(x))
		u := positiveUnit(rapid.Uint64().Draw(t, "bits"))
		near(t, "ln", u, ln(u), math.Log(u))
		y := rapid.Float64Range(-40, 40).Draw(t, "y")
		near(t, "exp", y, exp(y), math.Exp(y))
		turns := rapid.Float64Range(-100, 100).Draw(t, "turns")
		sin, cos := sincos(turns)
		f := turns - math.Floor(turns)
		near(t, "sin", turns, sin, math.Sin(2*math.Pi*f))
		near(t, "cos", turns, cos, math.Cos(2*math.Pi*f))
	})
}

func TestPortableFunctionsAtTheirEdges(t *testing.T) {
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"ln 1", ln(1), 0},
		{"exp 0", exp(0), 1},
		{"exp 1000", exp(1000), math.Inf(1)},
		{"exp -1000", exp(-1000), 0},
		{"ln of the float below 1", ln(1 - 0x1p-53), -0x1p-53},
		{"growth at s = 1", growth(0, 3), 3},
		{"decay at s = 1", decay(0, 3), 3},
	} {
		if c.got != c.want {
			t.Errorf("%s is %v, want %v", c.what, c.got, c.want)
		}
	}
}

// Near q = 0 the formulas lose all their digits; the series must take over
// before that and join them without a step.
func TestGrowthAndDecayAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.Float64Range(-1, 1).Draw(t, "q")
		q *= math.Pow(10, -float64(rapid.IntRange(0, 12).Draw(t, "power")))
		y := rapid.Float64Range(0.01, 25).Draw(t, "y")
		g := growth(q, y)
		if want := math.Expm1(q*y) / q; math.Abs(q) > 1e-300 && math.Abs(g-want) > 1e-12*want {
			t.Fatalf("growth(%v, %v) = %v, want %v", q, y, g, want)
		}
		// The inverse's error grows by the slope e^(-qy) of the inverse.
		if back := decay(q, g); math.Abs(back-y) > 1e-13*y*max(1, math.Exp(-q*y)) {
			t.Fatalf("decay(%v, growth(%v)) = %v", q, y, back)
		}
	})
}
