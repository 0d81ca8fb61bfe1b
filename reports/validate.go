package reports

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"herdlab/internal/metrics"
)

// Validation is one figure of one strategy, measured on the wall clock and
// foretold on the virtual one.
type Validation struct {
	Strategy, Figure   string
	Measured, Foretold float64
	Tolerance          string // in words
	Within             bool
}

// tolerance is how far two values of a figure may be apart: by a share of the
// larger, or by an absolute amount, whichever is more.
type tolerance struct {
	share, absolute float64
	words           string
}

// Validate compares two results of one scenario, strategy by strategy; where
// there are several seeds, by their medians. The tolerances are stated with each
// figure: counts within 5 % or 3, ratios within 1 point, latencies within 15 %
// or 3 ms (what the scheduler of a shared machine takes).
func Validate(measured, foretold *metrics.File) []Validation {
	counts := tolerance{0.05, 3, "5 % or 3"}
	ratio := tolerance{0, 0.01, "1 point"}
	times := tolerance{0.15, 3, "15 % or 3 ms"}
	var rows []Validation
	for _, name := range strategiesOf(measured) {
		a, b := runsOf(measured, name), runsOf(foretold, name)
		if len(b) == 0 {
			continue
		}
		add := func(figure string, t tolerance, value func(*metrics.Run) float64) {
			x, y := overSeeds(a, value), overSeeds(b, value)
			if math.IsNaN(x) && math.IsNaN(y) {
				return
			}
			apart := math.Abs(x - y)
			rows = append(rows, Validation{
				Strategy: name, Figure: figure, Measured: x, Foretold: y, Tolerance: t.words,
				Within: apart <= t.absolute || apart <= t.share*math.Max(math.Abs(x), math.Abs(y)),
			})
		}
		add("requests", tolerance{0, 0, "exact"}, func(r *metrics.Run) float64 { return float64(r.Requests) })
		add("computes", counts, func(r *metrics.Run) float64 { return float64(r.Computes) })
		add("duplicate computes", counts, func(r *metrics.Run) float64 { return float64(r.DuplicateComputes) })
		add("herd peak", tolerance{0.1, 1, "10 % or 1"}, func(r *metrics.Run) float64 { return float64(r.HerdPeak) })
		for o, cause := range metrics.OutcomeNames {
			if metrics.Outcome(o).Failed() && occurred(a, b, o) {
				add(cause, counts, func(r *metrics.Run) float64 { return float64(r.Outcomes[o]) })
			}
		}
		add("hit ratio", ratio, func(r *metrics.Run) float64 { return orNaN(r.HitRatio) })
		add("p50 ms", times, func(r *metrics.Run) float64 { return latency(r, func(l *metrics.Latency) float64 { return l.P50 }) })
		add("p99 ms", times, func(r *metrics.Run) float64 { return latency(r, func(l *metrics.Latency) float64 { return l.P99 }) })
	}
	return rows
}

// ValidationTable prints the comparison for a terminal.
func ValidationTable(w io.Writer, scenario string, rows []Validation) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s\tfigure\tmeasured\tforetold\tdifference\ttolerance\t\n", scenario)
	last := ""
	for _, r := range rows {
		name, verdict := r.Strategy, "ok"
		if name == last {
			name = ""
		}
		last = r.Strategy
		if !r.Within {
			verdict = "APART"
		}
		fmt.Fprintf(t, "%s\t%s\t%.4g\t%.4g\t%+.3g\t%s\t%s\n", name, r.Figure, r.Measured, r.Foretold, r.Foretold-r.Measured, r.Tolerance, verdict)
	}
	return t.Flush()
}

func strategiesOf(f *metrics.File) (names []string) {
	for _, r := range f.Runs {
		if len(names) == 0 || names[len(names)-1] != r.Strategy {
			names = append(names, r.Strategy)
		}
	}
	return names
}

func runsOf(f *metrics.File, strategy string) (runs []*metrics.Run) {
	for _, r := range f.Runs {
		if r.Strategy == strategy {
			runs = append(runs, r)
		}
	}
	return runs
}

// overSeeds is the median of a figure over the seeds of a strategy.
func overSeeds(runs []*metrics.Run, value func(*metrics.Run) float64) float64 {
	values := make([]float64, len(runs))
	for i, r := range runs {
		values[i] = value(r)
	}
	return Of(values).Median
}

func occurred(a, b []*metrics.Run, o int) bool {
	for _, r := range append(append([]*metrics.Run{}, a...), b...) {
		if r.Outcomes[o] > 0 {
			return true
		}
	}
	return false
}

func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

func latency(r *metrics.Run, of func(*metrics.Latency) float64) float64 {
	if r.LatencyMS == nil {
		return math.NaN()
	}
	return of(r.LatencyMS)
}
