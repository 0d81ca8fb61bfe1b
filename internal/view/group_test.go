package view

import (
	"math"
	"testing"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/metrics"
)

// sight is what becomes of linear red, green and blue in an eye (Machado, Oliveira and
// Fernandes, 2009, at full severity).
type sight struct {
	name    string
	least   float64 // distance that is easily seen
	r, g, b [3]float64
}

var sights = []sight{
	{"any eye", 24, [3]float64{1, 0, 0}, [3]float64{0, 1, 0}, [3]float64{0, 0, 1}},
	{"protanopia", 14, [3]float64{0.152286, 1.052583, -0.204868}, [3]float64{0.114503, 0.786281, 0.099216}, [3]float64{-0.003882, -0.048116, 1.051998}},
	{"deuteranopia", 14, [3]float64{0.367322, 0.860646, -0.227968}, [3]float64{0.280085, 0.672501, 0.047413}, [3]float64{-0.011820, 0.042940, 0.968881}},
	{"tritanopia", 14, [3]float64{1.255528, -0.076749, -0.178779}, [3]float64{-0.078411, 0.930809, 0.147602}, [3]float64{0.004733, 0.691367, 0.303900}},
}

// sees is a colour in CIE L*a*b* as the eye sees it.
func (s sight) sees(rgb Color) (lab [3]float64) {
	var linear [3]float64
	for i := range linear {
		v := float64(rgb>>(16-8*i)&255) / 255
		if linear[i] = v / 12.92; v > 0.04045 {
			linear[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	dot := func(m, v [3]float64) float64 { return m[0]*v[0] + m[1]*v[1] + m[2]*v[2] }
	clamp := func(v float64) float64 { return min(max(v, 0), 1) }
	seen := [3]float64{clamp(dot(s.r, linear)), clamp(dot(s.g, linear)), clamp(dot(s.b, linear))}
	x := math.Cbrt(dot([3]float64{0.4124, 0.3576, 0.1805}, seen) / 0.9505)
	y := math.Cbrt(dot([3]float64{0.2126, 0.7152, 0.0722}, seen))
	z := math.Cbrt(dot([3]float64{0.0193, 0.1192, 0.9505}, seen) / 1.089)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// TestInksAreToldApart holds that the fixes, and what they are set against, differ for
// every eye.
func TestInksAreToldApart(t *testing.T) {
	list := append([]Color{roleColors[metrics.Before][0], roleColors[metrics.Wrong][0]}, roleColors[metrics.After]...)
	for _, s := range sights {
		s.tellsApart(t, list, s.least)
	}
}

// tellsApart holds that an eye sees colours at least so far from each other.
func (s sight) tellsApart(t *testing.T, list []Color, least float64) {
	t.Helper()
	for i, a := range list {
		for _, b := range list[:i] {
			p, q := s.sees(a), s.sees(b)
			if d := math.Sqrt((p[0]-q[0])*(p[0]-q[0]) + (p[1]-q[1])*(p[1]-q[1]) + (p[2]-q[2])*(p[2]-q[2])); d < least {
				t.Errorf("%s: %06X and %06X differ by %.0f, want %.0f", s.name, a, b, d, least)
			}
		}
	}
}

// Every kind of the catalogue has a colour, which is its own in every report, and
// several strategies of one kind are told apart.
func TestKindsHaveColors(t *testing.T) {
	var all []Color
	for _, kind := range catalog.Names() {
		c, ok := kindColors[kind]
		if !ok {
			t.Errorf("%s has no colour", kind)
		}
		all = append(all, c)
		sights[0].tellsApart(t, []Color{c, c.shade(1), c.shade(2)}, 12)
	}
	if len(kindColors) != len(all) {
		t.Errorf("%d colours for %d kinds", len(kindColors), len(all))
	}
	sights[0].tellsApart(t, all, sights[0].least)
	for _, s := range sights[1:] {
		s.tellsApart(t, all, 5) // their names stand at the lines, too
	}

	f := &metrics.File{Runs: []*metrics.Run{{Strategy: "fast", Kind: "swr"}, {Strategy: "swr", Kind: "swr"}, {Strategy: "mine", Kind: "of mine"}, {Strategy: "yours", Kind: "of yours"}}}
	list := groups(f)
	if list[0].Color != kindColors["swr"] || list[1].Color != kindColors["swr"].shade(1) {
		t.Errorf("two of one kind are %v and %v", list[0].Color, list[1].Color)
	}
	if list[2].Color == list[3].Color {
		t.Errorf("two unknown kinds are both %v", list[2].Color)
	}
}
