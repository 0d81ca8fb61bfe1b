package stats

import (
	"math"
	"slices"
)

// Median is the median of values, and an interval around it. With isRange there are too
// few values for one, and it reaches from the lowest to the highest. Without any value
// all are NaN.
//
// The interval is that of the order statistics: the number of values below the true
// median has the binomial distribution B(n, 1/2), whatever the values are distributed
// like, so that the k-th lowest and the k-th highest value enclose the median with
// probability 1 - 2 P(B < k). Median takes the largest k that gives 95 % or more, which
// exists from n = 6 on (David and Nagaraja, Order Statistics, 3rd ed., section 7.1).
func Median(values []float64) (mid, low, high float64, isRange bool) {
	n := len(values)
	if n == 0 {
		return math.NaN(), math.NaN(), math.NaN(), false
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	k := intervalDepth(n)
	return middleOf(sorted), sorted[max(k, 1)-1], sorted[n-max(k, 1)], k == 0
}

// intervalDepth is the largest k with 2 P(B(n, 1/2) < k) <= Alpha.
func intervalDepth(n int) int {
	term, sum := math.Pow(0.5, float64(n)), 0.0
	for k := 0; k < n; k++ {
		sum += term // P(B <= k)
		if 2*sum > Alpha {
			return k
		}
		term = term * float64(n-k) / float64(k+1)
	}
	return 0
}

// middleOf is the median of sorted values.
func middleOf(sorted []float64) float64 {
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return sorted[n/2-1] + (sorted[n/2]-sorted[n/2-1])/2
}
