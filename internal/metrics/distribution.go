package metrics

import "github.com/HdrHistogram/hdrhistogram-go"

// Distribution is the whole latency distribution of the run: at every duration
// that a request took, the share of the requests that took at most so long. Of a
// run whose Histogram does not say, it is its Percentiles.
func (r *Run) Distribution() []Percentile {
	h, err := hdrhistogram.Decode([]byte(r.Histogram))
	if err != nil || h.TotalCount() == 0 {
		return r.Percentiles
	}
	var points []Percentile
	var sum int64
	for _, bar := range h.Distribution() {
		if bar.Count > 0 {
			sum += bar.Count
			points = append(points, Percentile{Share: float64(sum) / float64(h.TotalCount()), MS: ms(bar.From)})
		}
	}
	return points
}
