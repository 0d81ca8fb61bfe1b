package metrics

import (
	"fmt"
	"math/bits"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

const (
	// Below a microsecond nothing of a cache is told from anything else; above two months
	// no request is waited for. The range is part of every encoded histogram.
	finest  = int64(time.Microsecond) // resolution of every histogram
	longest = int64(1440 * time.Hour) // longer durations count as this long
)

// unitBits are those of the unit of HDR's smallest buckets, the largest power of two that
// is no longer than finest: 512 ns.
const unitBits = 9

// histogram counts durations in constant memory. The sum and the maximum are
// exact; quantiles are HDR's: the upper end of the bucket in which the value of that
// rank lies, which is too high by at most one unit of the last digit kept (Gil Tene,
// HdrHistogram). Buckets grow with their values, so that a microsecond and a day are
// told equally well, and histograms of one shape merge without any loss. That is why
// percentiles are never averaged here: the p99 of two classes is that of their sum.
//
// The buckets are HDR's, one for one, and encode hands them to its library. They are kept
// here by octaves, each made when its first value comes: a run has a thousand histograms,
// and the values of most lie within a few octaves of the 36 that a day takes, so that the
// library's own, which has them all at once, costs a short run more than its requests do.
type histogram struct {
	digits  int
	octaves [][]int64 // counts; the first octave is all below its size in units, the others double
	sum     int64
	max     int64
	n       int64
}

// newHistogram makes a histogram of so many significant digits: 3 for results
// (0.1 %), 2 for windows and ages (1 %), which takes a tenth of the memory. A run has
// three for each of its windows, a few hundred, and for each class.
func newHistogram(digits int) histogram { return histogram{digits: digits} }

// octaveBits are those of the number of buckets in an octave. HDR's is half of what tells
// numbers of so many digits apart: 128 for two, 1024 for three.
func (h *histogram) octaveBits() int {
	if h.digits == 2 {
		return 7
	}
	return 10
}

// count adds n values to the bucket that holds v.
func (h *histogram) count(v, n int64) {
	size := h.octaveBits()
	octave := max(bits.Len64(uint64(v))-unitBits-size, 0)
	bucket := v >> (unitBits + max(octave-1, 0)) & (1<<size - 1)
	h.octave(octave)[bucket] += n
}

// octave is the counts of an octave, which are there from now on.
func (h *histogram) octave(i int) []int64 {
	for i >= len(h.octaves) {
		h.octaves = append(h.octaves, nil)
	}
	if h.octaves[i] == nil {
		h.octaves[i] = make([]int64, 1<<h.octaveBits())
	}
	return h.octaves[i]
}

// begin is the shortest duration that a bucket holds.
func (h *histogram) begin(octave, bucket int) int64 {
	if octave > 0 {
		bucket += 1 << h.octaveBits()
	}
	return int64(bucket) << (unitBits + max(octave-1, 0))
}

func (h *histogram) add(d time.Duration) {
	v := int64(d)
	h.n++
	h.sum += v
	h.max = max(h.max, v)
	h.count(min(max(v, 0), longest), 1)
}

func (h *histogram) merge(other *histogram) {
	h.n += other.n
	h.sum += other.sum
	h.max = max(h.max, other.max)
	for i, counts := range other.octaves {
		if counts == nil {
			continue
		}
		sum := h.octave(i)
		for bucket, n := range counts {
			sum[bucket] += n
		}
	}
}

// quantile is the duration in ms that a share q of the values does not exceed,
// to HDR's precision and never above the true maximum: a bucket's upper end may lie
// above the only value in it, and a p99 above the longest time reads as a mistake.
func (h *histogram) quantile(q float64) float64 {
	v := min(h.at(q), h.max)
	if v < finest { // the first bucket begins at 0 and gives its upper end
		return 0
	}
	return ms(v)
}

// at is the end of the bucket in which the quantile lies, the value of the nearest rank;
// of the first value, which is that of the share 0, the beginning.
func (h *histogram) at(q float64) int64 {
	rank := int64(float64(100*q/100*float64(h.n)) + 0.5) // the conversion forbids a fused multiply-add
	rank = min(max(rank, 1), h.n)
	below := int64(0)
	for octave, counts := range h.octaves {
		for bucket, n := range counts {
			if below += n; below < rank {
				continue
			}
			if q == 0 {
				return h.begin(octave, bucket)
			}
			return h.begin(octave, bucket+1) - 1
		}
	}
	return 0
}

// ms is a number of nanoseconds in milliseconds, as every result states it.
func ms(ns int64) float64 { return float64(ns) / 1e6 }

// latency is nil without a value. The mean is a quotient of integers, in whole
// nanoseconds, and so the same on every machine.
func (h *histogram) latency() *Latency {
	if h.n == 0 {
		return nil
	}
	return &Latency{
		Mean: float64(h.sum/h.n) / 1e6,
		P50:  h.quantile(0.50), P90: h.quantile(0.90), P99: h.quantile(0.99), P999: h.quantile(0.999),
		Max: ms(h.max),
	}
}

// quantiles is nil without a value.
func (h *histogram) quantiles() *Quantiles {
	if h.n == 0 {
		return nil
	}
	return &Quantiles{P50: h.quantile(0.50), P99: h.quantile(0.99), Max: ms(h.max)}
}

// percentiles lists the distribution at shares that approach 1 by tenths of
// what is left, ten steps a decade, up to the last that n values can show.
func (h *histogram) percentiles() []Percentile {
	points := []Percentile{}
	if h.n == 0 {
		return points
	}
	rest := 1.0
	for decade := 0; decade < 6 && rest*float64(h.n) >= 1; decade++ {
		for step := 10; step > 1; step-- {
			share := 1 - float64(rest*float64(step))/10 // the conversion forbids a fused multiply-add
			points = append(points, Percentile{Share: share, MS: h.quantile(share)})
		}
		rest /= 10
	}
	return append(points, Percentile{Share: 1, MS: ms(h.max)})
}

// encode is the histogram in HDR's V2 compressed form, base64, which HdrHistogram reads
// in every language; empty without a value.
func (h *histogram) encode() string {
	if h.n == 0 {
		return ""
	}
	all := hdrhistogram.New(finest, longest, h.digits)
	for octave, counts := range h.octaves {
		for bucket, n := range counts {
			if n == 0 {
				continue
			}
			if err := all.RecordValues(h.begin(octave, bucket), n); err != nil {
				panic(fmt.Sprintf("metrics: a clamped value is out of range: %v", err))
			}
		}
	}
	b, err := all.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		panic(fmt.Sprintf("metrics: encode a histogram into memory: %v", err))
	}
	return string(b)
}
