package workloads

import (
	"cmp"
	"math"

	"github.com/herdlab/herdlab/internal/hash"
)

// Size is the size of values in bytes: fixed, or lognormal. A key's value always
// has the same size: it follows from the key and nothing else.
type Size struct {
	Fixed  int64 `yaml:"fixed" unit:"bytes" min:"0" max:"1GiB" doc:"always the same; may be written as the bare size"`
	Median int64 `yaml:"median" unit:"bytes" min:"0" max:"1GiB" doc:"lognormal: half of the keys have smaller values"`
	P99    int64 `yaml:"p99" unit:"bytes" min:"0" max:"1GiB" doc:"lognormal: 99 % of the keys have smaller values"`
}

func (s *Size) check() error {
	lognormal := s.Median != 0 || s.P99 != 0
	return cmp.Or(
		refuse(s.Fixed != 0 && lognormal, "size.fixed", "a size is fixed, or has a median and a p99: remove one form"),
		refuse(s.Fixed < 0 || s.Fixed > math.MaxInt32, "size.fixed", "%d bytes are no size", s.Fixed),
		refuse(lognormal && (s.Median < 1 || s.Median > math.MaxInt32), "size.median", "a lognormal size needs a median of at least 1B"),
		refuse(s.P99 < s.Median || s.P99 > math.MaxInt32, "size.p99", "the p99 must be at least the median of %dB", s.Median),
	)
}

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
