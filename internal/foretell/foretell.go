// Package foretell sets what was measured on the wall clock beside what was
// simulated on the virtual one, figure by figure, each with the tolerance within
// which the simulator claims to be right.
package foretell

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"text/tabwriter"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// Row is one figure of one strategy, measured on the wall clock and
// foretold on the virtual one.
type Row struct {
	Strategy, Figure   string
	Measured, Foretold float64
	Low, High          float64 // of what is foretold, over all forecasts
	Tolerance          string  // in words
	Within             bool
}

// tolerance is how far two values of a figure may be apart: by a share of the
// larger, or by an absolute amount, whichever is more.
type tolerance struct {
	share, absolute float64
	words           string

	// root has a count be apart by its square root as well, which is what chance
	// alone makes of events that have nothing to do with each other.
	root bool
}

// comparing adds the rows of one figure.
type comparing func(figure string, t tolerance, value func(*metrics.Run) float64)

// counts is the tolerance of what happened so many times.
func counts() tolerance { return tolerance{share: 0.05, absolute: 3, words: "5 % or √n", root: true} }

// holds is whether two values are close enough.
func (t tolerance) holds(x, y float64) bool {
	apart, larger := math.Abs(x-y), math.Max(math.Abs(x), math.Abs(y))
	return apart <= t.absolute || apart <= t.share*larger || t.root && apart <= math.Sqrt(larger)
}

// Compare compares two results of one scenario, strategy by strategy; where
// there are several seeds, by their medians. The tolerances are stated with each
// figure: counts within 5 % or their root, and 3 if that is more; ratios within 1
// point; latencies within 15 % or 5 ms, which the scheduler of a shared machine
// takes. What a coincidence decides, as whether a load begins a moment before
// another one ends, has more room: the herd 10 % or 3, duplicates 10 % or 5, and
// outdated answers 10 % or a hundredth of the requests, as a ratio.
//
// Others are further forecasts, from what the machine might as well have been. An
// overloaded system is chaotic: retries that come a little sooner find a queue
// full that others did not. So the tolerance counts from the range of all
// forecasts, which is a point where nothing of the kind is at work.
func Compare(measured, foretold *metrics.File, others ...*metrics.File) []Row {
	ratio := tolerance{absolute: 0.01, words: "1 point"}
	times := tolerance{share: 0.15, absolute: 5, words: "15 % or 5 ms"}
	var rows []Row
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
			low, high := y, y
			for _, f := range others {
				if z := overSeeds(runsOf(f, name), value); !math.IsNaN(z) {
					low, high = math.Min(low, z), math.Max(high, z)
				}
			}
			rows = append(rows, Row{
				Strategy: name, Figure: figure, Measured: x, Foretold: y, Low: low, High: high, Tolerance: t.words,
				Within: t.holds(x, math.Min(math.Max(x, low), high)),
			})
		}
		both := slices.Concat(a, b)
		add("requests", tolerance{words: "exact"}, func(r *metrics.Run) float64 { return float64(r.Requests) })
		add("computes", counts(), func(r *metrics.Run) float64 { return float64(r.Computes) })
		add("duplicate computes", tolerance{share: 0.1, absolute: 5, words: "10 % or 5"}, func(r *metrics.Run) float64 { return float64(r.DuplicateComputes) })
		add("herd peak", tolerance{share: 0.1, absolute: 3, words: "10 % or 3"}, func(r *metrics.Run) float64 { return float64(r.HerdPeak) })
		for o := range metrics.Outcome(metrics.NumOutcomes) {
			if o.Failed() && slices.ContainsFunc(both, func(r *metrics.Run) bool { return r.Outcomes[o] > 0 }) {
				add(o.String(), counts(), func(r *metrics.Run) float64 { return float64(r.Outcomes[o]) })
			}
		}
		add("hit ratio", ratio, func(r *metrics.Run) float64 { return view.OrNaN(r.HitRatio) })
		add("p50 ms", times, func(r *metrics.Run) float64 { return latency(r, func(l *metrics.Latency) float64 { return l.P50 }) })
		add("p99 ms", times, func(r *metrics.Run) float64 { return latency(r, func(l *metrics.Latency) float64 { return l.P99 }) })
		validateBystanders(add, measured.Classes)
		validateServed(add, both)
		validateBoxes(add, both)
	}
	return rows
}

// Table prints the comparison for a terminal.
func Table(w io.Writer, scenario string, rows []Row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s\tfigure\tmeasured\tforetold\trange\tdifference\ttolerance\t\n", scenario)
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
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", name, r.Figure,
			short(r.Measured), short(r.Foretold), spread(r.Low, r.High), signed(r.Foretold-r.Measured), r.Tolerance, verdict)
	}
	return t.Flush()
}

// short is a figure with as many digits as a reader compares: counts whole.
func short(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e9 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

func signed(v float64) string {
	if v >= 0 {
		return "+" + short(v)
	}
	return short(v)
}

// spread is a range, where there is one.
func spread(low, high float64) string {
	if short(low) == short(high) {
		return ""
	}
	return short(low) + " to " + short(high)
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
	return view.NewEstimate(values).Median
}

func latency(r *metrics.Run, of func(*metrics.Latency) float64) float64 {
	if r.LatencyMS == nil {
		return math.NaN()
	}
	return of(r.LatencyMS)
}

// validateBoxes compares what became of the boxes, where they have file caches.
func validateBoxes(add comparing, runs []*metrics.Run) {
	disk := func(pick func(*metrics.DiskStats) float64) func(*metrics.Run) float64 {
		return func(r *metrics.Run) float64 {
			if r.Disk == nil {
				return math.NaN()
			}
			return pick(r.Disk)
		}
	}
	add("ejections", tolerance{share: 0.1, absolute: 1, words: "10 % or 1"}, func(r *metrics.Run) float64 {
		if r.Disk == nil {
			return math.NaN()
		}
		return float64(r.Ejections)
	})
	add("CPU", tolerance{share: 0.1, absolute: 0.05, words: "10 % or 5 points"}, func(r *metrics.Run) float64 {
		if r.Disk == nil {
			return math.NaN()
		}
		return view.OrNaN(r.CPU)
	})
	add("entries, peak", counts(), disk(func(d *metrics.DiskStats) float64 { return float64(d.EntriesPeak) }))
	add("culls", counts(), disk(func(d *metrics.DiskStats) float64 { return float64(d.Culls) }))
	add("entries culled", tolerance{share: 0.05, absolute: perCull(runs), words: "5 % or one cull"}, disk(func(d *metrics.DiskStats) float64 { return float64(d.Culled) }))
	add("CPU of a set, ms", tolerance{share: 0.15, absolute: 1, words: "15 % or 1 ms"}, disk(func(d *metrics.DiskStats) float64 { return view.OrNaN(d.SetCPUMS) }))
}

// perCull is how many entries one cull removes.
func perCull(runs []*metrics.Run) (most float64) {
	for _, r := range runs {
		if r.Disk != nil && r.Disk.Culls > 0 {
			most = max(most, float64(r.Disk.Culled)/float64(r.Disk.Culls))
		}
	}
	return most
}

// validateServed compares what the users were given and what the shared cache had
// to do for it, where there was any of it.
func validateServed(add comparing, runs []*metrics.Run) {
	requests := overSeeds(runs, func(r *metrics.Run) float64 { return float64(r.Requests) })
	answers := tolerance{share: 0.1, absolute: requests / 100, words: "10 % or 1 point"}
	if slices.ContainsFunc(runs, func(r *metrics.Run) bool { return r.Outdated > 0 }) {
		add("outdated answers", answers, func(r *metrics.Run) float64 { return float64(r.Outdated) })
	}
	if slices.ContainsFunc(runs, func(r *metrics.Run) bool { return r.Leaks > 0 }) {
		add("pages shown to others", answers, func(r *metrics.Run) float64 { return float64(r.Leaks) })
	}
	add("cache reads/s", tolerance{share: 0.05, absolute: 1, words: "5 % or 1/s"}, func(r *metrics.Run) float64 { return view.OrNaN(r.CacheGetsPerS) })
}

// validateBystanders compares how long those waited who never touched the cache.
func validateBystanders(add comparing, classes []metrics.ClassInfo) {
	for _, c := range classes {
		if !c.Bystander {
			continue
		}
		add(c.Name+" p99 ms", tolerance{share: 0.15, absolute: 5, words: "15 % or 5 ms"}, func(r *metrics.Run) float64 {
			if l := r.Classes[c.Name].LatencyMS; l != nil {
				return l.P99
			}
			return math.NaN()
		})
	}
}
