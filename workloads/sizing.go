package workloads

import (
	"math"

	"github.com/herdlab/herdlab/internal/hash"
)

// usualSize is that of a class that says nothing, in bytes.
const usualSize = 1000

// sizing gives every key the size of its value.
type sizing struct {
	fixed         int
	median, sigma float64 // lognormal if the median is not 0
}

// z99 is the 99 % point of the standard normal distribution.
const z99 = 2.3263478740408408

func newSizing(s *Size) sizing {
	switch {
	case s == nil:
		return sizing{fixed: usualSize}
	case s.Median == 0:
		return sizing{fixed: int(s.Fixed)}
	}
	return sizing{median: float64(s.Median), sigma: ln(float64(s.P99)/float64(s.Median)) / z99}
}

// LeastSize is the size of the smallest value that the class may have, in bytes; 0
// where one may be as small as can be.
func (c Class) LeastSize() int64 {
	if c.Trace != nil {
		return 0
	}
	return int64(newSizing(c.Size).fixed)
}

// of is the size of a key's value. It is median e^(sigma z), z being a normal
// variate made of the key's hash by the transformation of Box and Muller (1958):
// the same key has the same size in every class, scenario and run. The largest is 2 GiB.
func (s *sizing) of(key string) int {
	if s.median == 0 {
		return s.fixed
	}
	h := mix(hash.FNV1a(key))
	radius := math.Sqrt(-2 * ln(positiveUnit(h)))
	_, cos := sincos(unit(mix(h)))
	return int(max(1, min(math.MaxInt32, float64(s.median*exp(float64(s.sigma*radius)*cos)))))
}
