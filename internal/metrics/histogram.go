package metrics

import (
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

const (
	// Below a microsecond nothing of a cache is told from anything else; above two months
	// no request is waited for. The range is what the memory of a histogram depends on.
	finest  = int64(time.Microsecond) // resolution of every histogram
	longest = int64(1440 * time.Hour) // longer durations count as this long
)

// histogram counts durations in constant memory. The sum and the maximum are
// exact; quantiles are HDR's: the upper end of the bucket in which the value of that
// rank lies, which is too high by at most one unit of the last digit kept (Gil Tene,
// HdrHistogram). Buckets grow with their values, so that a microsecond and a day are
// told equally well, and histograms of one shape merge without any loss. That is why
// percentiles are never averaged here: the p99 of two classes is that of their sum.
type histogram struct {
	digits int
	hdr    *hdrhistogram.Histogram // nil until the first value comes, and while it is packed
	packed []bucket                // what stands for hdr where nobody adds any more
	sum    int64
	max    int64
	n      int64
}

// bucket is one of HDR's that has values.
type bucket struct{ index, count int64 }

// newHistogram makes a histogram of so many significant digits: 3 for results
// (0.1 %), 2 for windows and ages (1 %), which takes a tenth of the memory. A run has
// three for each of its windows, a few hundred, and for each class. Most windows of most
// runs have nothing for one of them, such as the ages of outdated values, and so its
// memory is taken when the first value comes.
func newHistogram(digits int) histogram { return histogram{digits: digits} }

// made is HDR's histogram, which is there from now on.
func (h *histogram) made() *hdrhistogram.Histogram {
	if h.hdr == nil {
		h.hdr = hdrhistogram.New(finest, longest, h.digits)
		if len(h.packed) > 0 {
			all := h.hdr.Export()
			for _, b := range h.packed {
				all.Counts[b.index] = b.count
			}
			h.hdr, h.packed = hdrhistogram.Import(all), nil
		}
	}
	return h.hdr
}

// pack keeps the buckets that have values, some hundred of thousands, until the next
// value or question comes. Nothing is lost by it.
func (h *histogram) pack() {
	if h.hdr == nil {
		return
	}
	for i, n := range h.hdr.Export().Counts {
		if n > 0 {
			h.packed = append(h.packed, bucket{int64(i), n})
		}
	}
	h.hdr = nil
}

func (h *histogram) add(d time.Duration) {
	v := int64(d)
	h.n++
	h.sum += v
	h.max = max(h.max, v)
	if err := h.made().RecordValue(min(max(v, 0), longest)); err != nil {
		panic(fmt.Sprintf("metrics: a clamped value is out of range: %v", err))
	}
}

func (h *histogram) merge(other *histogram) {
	h.n += other.n
	h.sum += other.sum
	h.max = max(h.max, other.max)
	if other.n > 0 {
		h.made().Merge(other.made())
	}
}

// quantile is the duration in ms that a share q of the values does not exceed,
// to HDR's precision and never above the true maximum: a bucket's upper end may lie
// above the only value in it, and a p99 above the longest time reads as a mistake.
func (h *histogram) quantile(q float64) float64 {
	v := min(h.made().ValueAtQuantile(100*q), h.max)
	if v < finest { // the first bucket begins at 0 and gives its upper end
		return 0
	}
	return ms(v)
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
	b, err := h.made().Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		panic(fmt.Sprintf("metrics: encode a histogram into memory: %v", err))
	}
	return string(b)
}
