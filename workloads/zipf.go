package workloads

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// zipf draws ranks 0 to n-1, rank k with a probability proportional to
// (k+1)^-s, for any s >= 0. It needs no table and on average less than 1.1
// tries.
//
// The method is rejection-inversion (Hörmann and Derflinger, "Rejection-Inversion
// to Generate Variates from Monotone Discrete Distributions", 1996). Let
// h(x) = x^-s and H be its integral. A point under the curve h is drawn by
// inverting H, and rounded to the nearest integer k:
//
//	h(x) |\
//	     | \            the area under h from k-1/2 to k+1/2 is
//	     |  \.          at least h(k), as h is convex: what is
//	     |   |\._       above it is rejected, and that is little
//	     |   |   '--.__
//	     +---+---+---+---- x
//	        k-½  k  k+½
//
// Most draws are accepted at once by a bound that needs no evaluation of H: k-x
// is at most what it is where the curve is steepest, at k = 2.
type zipf struct {
	n, q       float64 // q is 1-s
	low, width float64 // H(1.5) - h(1), and H(n+0.5) less that
	squeeze    float64
	count      uint64
}

func newZipf(n uint64, s float64) zipf {
	z := zipf{n: float64(n), q: 1 - s, count: n}
	if z.isUniform() {
		return z
	}
	z.low = z.integral(1.5) - 1
	z.width = z.integral(z.n+0.5) - z.low
	z.squeeze = 2 - z.inverse(z.integral(2.5)-z.weight(2))
	return z
}

// isUniform is for an s of 0, to which the method does not apply.
func (z *zipf) isUniform() bool { return z.q == 1 }

// draw returns the next rank.
func (z *zipf) draw(stream *rand.PCG) uint64 {
	if z.isUniform() {
		return below(z.count, stream)
	}
	if z.count == 1 {
		return 0
	}
	for {
		u := z.low + float64(positiveUnit(stream.Uint64())*z.width)
		x := z.inverse(u)
		k := math.Floor(x + 0.5)
		if k < 1 {
			k = 1
		} else if k > z.n {
			k = z.n
		}
		if k-x <= z.squeeze || u >= z.integral(k+0.5)-z.weight(k) {
			return min(uint64(k), z.count) - 1
		}
	}
}

// weight is h: x^-s.
func (z *zipf) weight(x float64) float64 { return exp(float64((z.q - 1) * ln(x))) }

// integral is H, from 1: (x^q - 1)/q, and ln x where q is zero.
func (z *zipf) integral(x float64) float64 { return growth(z.q, ln(x)) }

// inverse is the x at which H is u.
func (z *zipf) inverse(u float64) float64 { return exp(decay(z.q, u)) }

// share is the probability of a rank, the sum of the weights being replaced by
// their integral, which is right to a few percent.
func (z *zipf) share(rank uint64) float64 {
	if z.isUniform() {
		return 1 / z.n
	}
	return z.weight(float64(rank)+1) / z.width
}

// tiny is where the series below are better than the formulas they replace.
const tiny = 1e-2

// growth is (e^(qy) - 1)/q, continued to q = 0.
func growth(q, y float64) float64 {
	x := float64(q * y)
	if math.Abs(x) > tiny {
		return (exp(x) - 1) / q
	}
	return float64(y * series(x, 1.0/2, 1.0/6, 1.0/24, 1.0/120, 1.0/720, 1.0/5040, 1.0/40320))
}

// decay is ln(1 + qu)/q, the inverse of growth, continued to q = 0.
func decay(q, u float64) float64 {
	x := float64(q * u)
	if math.Abs(x) > tiny {
		return ln(max(1+x, 0x1p-1000)) / q // 1+x is positive but for rounding
	}
	return float64(u * series(x, -1.0/2, 1.0/3, -1.0/4, 1.0/5, -1.0/6, 1.0/7, -1.0/8))
}

// below is a uniform number below n (Lemire, "Fast Random Integer Generation in
// an Interval", 2019).
func below(n uint64, stream *rand.PCG) uint64 {
	hi, lo := bits.Mul64(stream.Uint64(), n)
	if lo < n {
		for floor := -n % n; lo < floor; {
			hi, lo = bits.Mul64(stream.Uint64(), n)
		}
	}
	return hi
}
