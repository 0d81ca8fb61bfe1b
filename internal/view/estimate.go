package view

import (
	"math"
	"slices"
)

// Estimate is one figure over the seeds of a strategy: the median, and an
// interval around it.
type Estimate struct {
	Median, Low, High float64

	// Seeds is the number of seeds that have the figure; with none of them the
	// other fields are NaN.
	Seeds int

	// Range says that Low and High are the lowest and the highest value, as
	// there are too few seeds for a confidence interval.
	Range bool
}

// NewEstimate estimates the median of values, of which NaN do not count.
//
// The interval is that of the order statistics: the number of values below the
// true median has the binomial distribution B(n, 1/2), whatever the values are
// distributed like, so that the k-th lowest and the k-th highest value enclose
// the median with probability 1 - 2 P(B < k). NewEstimate takes the largest k that gives
// 95 % or more, which exists from n = 6 on (David and Nagaraja, Order
// Statistics, 3rd ed., section 7.1).
func NewEstimate(values []float64) Estimate {
	sorted := make([]float64, 0, len(values))
	for _, v := range values {
		if !math.IsNaN(v) {
			sorted = append(sorted, v)
		}
	}
	n := len(sorted)
	if n == 0 {
		return Estimate{Median: math.NaN(), Low: math.NaN(), High: math.NaN()}
	}
	slices.Sort(sorted)
	k := intervalDepth(n)
	return Estimate{Median: middleOf(sorted), Low: sorted[max(k, 1)-1], High: sorted[n-max(k, 1)], Seeds: n, Range: k == 0}
}

// intervalDepth is the largest k with 2 P(B(n, 1/2) < k) <= 0.05.
func intervalDepth(n int) int {
	term, sum := math.Pow(0.5, float64(n)), 0.0
	for k := 0; k < n; k++ {
		sum += term // P(B <= k)
		if 2*sum > 0.05 {
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

// Median is that of values that are not NaN, and NaN if there are none.
func Median(values []float64) float64 { return NewEstimate(values).Median }
