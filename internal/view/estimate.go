package view

import (
	"math"

	"github.com/herdlab/herdlab/internal/stats"
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
func NewEstimate(values []float64) (e Estimate) {
	var list []float64
	for _, v := range values {
		if !math.IsNaN(v) {
			list = append(list, v)
		}
	}
	e.Seeds = len(list)
	e.Median, e.Low, e.High, e.Range = stats.Median(list)
	return e
}

// Median is that of values that are not NaN, and NaN if there are none.
func Median(values []float64) float64 { return NewEstimate(values).Median }
