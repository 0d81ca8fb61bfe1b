package reports

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"

	"github.com/herdlab/herdlab/internal/view"
)

// CSV writes the series in long form, one row per strategy, seed and window.
// t_ms is the start of the window. Times are in ms, ratios from 0 to 1, and a
// field is empty where nothing happened. There is a column for every cause of
// failure, so that the columns of any two files are the same.
func CSV(w io.Writer, v *view.View) error {
	out := csv.NewWriter(w)
	causes := view.FailedOutcomes()
	header := []string{"strategy", "seed", "t_ms", "requests", "p50_ms", "p90_ms", "p99_ms", "max_ms", "hit_ratio",
		"herd", "origin_in_flight", "computes", "age_p50_ms", "age_max_ms", "bystander_p99_ms"}
	for _, cause := range causes {
		header = append(header, cause.String())
	}
	if err := out.Write(header); err != nil {
		return err
	}
	for _, run := range v.Runs {
		s := &run.Series
		for i := range s.Requests {
			record := []string{run.Strategy, strconv.FormatUint(run.Seed, 10), decimal(float64(i) * v.WindowMS), integer(s.Requests, i),
				float(s.P50, i), float(s.P90, i), float(s.P99, i), float(s.Max, i), float(s.HitRatio, i),
				integer(s.Herd, i), integer(s.InFlight, i), integer(s.Computes, i),
				float(s.AgeP50, i), float(s.AgeMax, i), float(s.BystanderP99, i)}
			for _, cause := range causes {
				n := int64(0)
				if counts := s.Failures[cause.String()]; i < len(counts) {
					n = counts[i]
				}
				record = append(record, strconv.FormatInt(n, 10))
			}
			if err := out.Write(record); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func float(s []float64, i int) string {
	if i >= len(s) || math.IsNaN(s[i]) {
		return ""
	}
	return decimal(s[i])
}

func integer(s []int64, i int) string {
	if i >= len(s) {
		return ""
	}
	return strconv.FormatInt(s[i], 10)
}

// decimal writes up to four decimals, as results.json does.
func decimal(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e4)/1e4, 'f', -1, 64)
}
