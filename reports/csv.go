package reports

import (
	"encoding/csv"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/view"
)

// CSV writes the series in long form, one row per strategy, seed and window.
// t_ms is the start of the window. Times are in ms, ratios from 0 to 1, and a
// field is empty where nothing happened. There is a column for every cause of
// failure, so that the columns of any two files are the same.
func CSV(w io.Writer, v *view.View) error { return writeSeries(w, v, true, nil) }

// CSVOf is CSV with a column before the others that has the scenario, for a document of
// several; the first of them has the heading.
func CSVOf(w io.Writer, v *view.View, first bool) error {
	return writeSeries(w, v, first, []string{"scenario"}, v.Scenario)
}

// writeSeries writes the rows of a file behind what is the same in all of them.
func writeSeries(w io.Writer, v *view.View, headed bool, names []string, values ...string) error {
	out := csv.NewWriter(w)
	causes := view.FailedOutcomes()
	list := v.Figures.Placed(func(f figures.Figure) int {
		if f.Series == nil {
			return 0
		}
		return f.Series.Place
	})
	header := append(slices.Clone(names), "strategy", "seed", "t_ms")
	for _, f := range list {
		header = append(header, f.Series.Name)
	}
	for _, cause := range causes {
		header = append(header, cause.String())
	}
	if headed {
		if err := out.Write(header); err != nil {
			return err
		}
	}
	for _, run := range v.Runs {
		series := make([][]float64, len(list))
		for c, f := range list {
			series[c] = f.Series.Of(&run.Series)
		}
		for i := range run.Series.Requests {
			record := append(slices.Clone(values), run.Strategy, strconv.FormatUint(run.Seed, 10), decimal(float64(i)*v.WindowMS))
			for _, s := range series {
				record = append(record, decimalAt(s, i))
			}
			for _, cause := range causes {
				n := int64(0)
				if counts := run.Series.Failures[cause.String()]; i < len(counts) {
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

// decimalAt writes the value of a window, and nothing where it has none.
func decimalAt(s []float64, i int) string {
	if i >= len(s) || math.IsNaN(s[i]) {
		return ""
	}
	return decimal(s[i])
}

// decimal writes up to four decimals, as results.json does.
func decimal(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e4)/1e4, 'f', -1, 64)
}
