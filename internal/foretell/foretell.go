// Package foretell sets what was measured on the wall clock beside what was
// simulated on the virtual one, figure by figure, each with the tolerance within
// which the simulator claims to be right. Figures and tolerances are those of the
// table that the views carry.
package foretell

import (
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// Row is one figure of one strategy, measured and simulated.
type Row struct {
	Strategy, Figure    string
	Measured, Simulated float64
	Low, High           float64 // of what is simulated, over all simulations
	Tolerance           string  // in words
	Latency             bool    // it is one, in ms
	Room                float64 // how far apart the two may be
	Within              bool
	Void                bool // outside, and the machine was not free: it says nothing of the model
}

// Compare compares results of one scenario, strategy by strategy; where there are
// several seeds, by their medians. What a coincidence decides, as whether a load
// begins a moment before another one ends, has more room than the rest.
//
// Others are further simulations, of what the machine might as well have been. An
// overloaded system is chaotic: retries that come a little sooner find a queue
// full that others did not. So the tolerance counts from the range of all
// simulations, which is a point where nothing of the kind is at work.
func Compare(measured, simulated *view.View, others ...*view.View) (rows []Row) {
	// The table of what was measured decides which figures there are: both sides are
	// prepared with one table.
	for _, g := range measured.Groups {
		c := comparison{strategy: g.Name, measured: g.Runs, simulated: runsOf(simulated, g.Name)}
		if len(c.simulated) == 0 {
			continue
		}
		for _, o := range others {
			c.others = append(c.others, runsOf(o, g.Name))
		}
		for _, f := range measured.Figures {
			if f.Tolerance == nil {
				continue
			}
			of := f.Of
			if f.Tolerance.Of != nil {
				of = f.Tolerance.Of
			}
			rows = append(rows, c.row(f, "", func(r *metrics.Run) (float64, bool) { return of(r, &r.Figures) })...)
		}
		// How long those waited that never touch the cache.
		p99, _ := measured.Figures.Find("p99")
		for _, class := range measured.Bystanders {
			rows = append(rows, c.row(p99, class+" ", func(r *metrics.Run) (float64, bool) { return p99.Value(r, "", class) })...)
		}
	}
	return rows
}

// Unknown reports whether nobody measured the figure.
func (r Row) Unknown() bool { return math.IsNaN(r.Measured) }

// Result is the row as results.json has it: strategy is what was simulated.
func (r Row) Result(strategy string) metrics.Foretold {
	known := func(v float64) *float64 {
		if math.IsNaN(v) {
			return nil
		}
		return &v
	}
	return metrics.Foretold{
		Strategy: strategy, Figure: r.Figure, Measured: known(r.Measured), Simulated: known(r.Simulated),
		Low: known(r.Low), High: known(r.High), Tolerance: r.Tolerance, Within: r.Within, Void: r.Void,
	}
}

// wakes is how often a request has something woken on its way: client, box, cache, box, and
// client, and as many times again where there is a connection to be made. Each may be late.
const wakes = 8

// Void makes void what is outside its tolerance and may be the machine's fault, and reports
// whether anything is. What sleeps woke up so late there, which explains a latency that is
// off by some times that; if the disturbance was much it explains everything. What is inside
// all the same stands.
func Void(rows []Row, late time.Duration, much bool) (any bool) {
	for i := range rows {
		r := &rows[i]
		explained := much || r.Latency && math.Abs(r.Measured-r.Simulated) <= wakes*late.Seconds()*1e3
		r.Void = !r.Within && explained
		any = any || r.Void
	}
	return any
}

// comparison is of one strategy.
type comparison struct {
	strategy            string
	measured, simulated []*metrics.Run
	others              [][]*metrics.Run
}

// row compares one figure, of the whole run or of a class. It is none where no run has
// the figure, or where it is of interest only if something happened and nothing did.
func (c comparison) row(f figures.Figure, class string, value func(*metrics.Run) (float64, bool)) []Row {
	x, y := medianOf(c.measured, value), medianOf(c.simulated, value)
	// What either side has is compared: a failure that was simulated and did not happen
	// is a difference, too.
	both := slices.Concat(c.measured, c.simulated)
	if math.IsNaN(x) && math.IsNaN(y) || f.Tolerance.IfAny && !slices.ContainsFunc(both, func(r *metrics.Run) bool { v, _ := value(r); return v > 0 }) {
		return nil
	}
	low, high := y, y
	for _, runs := range c.others {
		if z := medianOf(runs, value); !math.IsNaN(z) {
			low, high = math.Min(low, z), math.Max(high, z)
		}
	}
	// By the name that an expectation has for it: a reader of the comparison looks for it
	// in a scenario's expect.
	title := class + humanize.Words(f.Name)
	latency := f.Unit == figures.Duration || f.Unit == figures.Latency
	if latency {
		title += " ms"
	}
	nearest := math.Min(math.Max(x, low), high)
	room := roomOf(x, nearest, f.Tolerance, both)
	within := math.Abs(x-nearest) <= room // a NaN is within nothing
	if !within && f.Tolerance.Rank > 0 && class == "" {
		within = c.mayBeChance(x, y, f.Tolerance)
	}
	return []Row{{
		Strategy: c.strategy, Figure: title, Latency: latency, Measured: x, Simulated: y, Low: low, High: high, Tolerance: f.Tolerance.Words,
		Room: room, Within: within,
	}}
}

// mayBeChance is whether two latencies of a rank are near those of neighbours in rank, on
// either side: of 300 answers the p99 is the fourth longest, and might as well be the longest
// or the eighth.
func (c comparison) mayBeChance(x, y float64, t *figures.Tolerance) bool {
	near := func(v float64, others []*metrics.Run) bool {
		var least, most []float64
		for _, r := range others {
			low, high := neighbours(r, t.Rank)
			least, most = append(least, low), append(most, high)
		}
		nearest := math.Min(math.Max(v, view.Median(least)), view.Median(most))
		return math.Abs(v-nearest) <= roomOf(v, nearest, t, others)
	}
	return near(x, c.simulated) && near(y, c.measured)
}

// sure is how many standard deviations leave out one of a hundred.
const sure = 2.58

// neighbours are the latencies in ms between which the one of a rank is but for one time of
// a hundred, whatever the distribution is: how many of n independent answers are below a
// quantile is binomial. They are NaN of a run whose distribution is not known.
func neighbours(r *metrics.Run, rank float64) (low, high float64) {
	n := float64(r.Requests - r.Failures)
	room := sure*math.Sqrt(rank*(1-rank)/n) + 1/n
	low, high = math.NaN(), math.NaN()
	for _, p := range r.Distribution() {
		if math.IsNaN(low) && p.Share >= rank-room {
			low = p.MS
		}
		if high = p.MS; p.Share >= math.Min(1, rank+room) {
			break
		}
	}
	return low, high
}

// away is how far apart the two are, in tolerances; mostAway at most, which is what a
// value counts that only one of them has.
func (r Row) away() float64 {
	if r.Within && r.Room == 0 { // of what has to be exact
		return 0
	}
	d := math.Abs(r.Measured-math.Min(math.Max(r.Measured, r.Low), r.High)) / r.Room
	if math.IsNaN(d) {
		return mostAway
	}
	return math.Min(d, mostAway)
}

// roomOf is how far apart two values may be in such runs.
func roomOf(x, y float64, t *figures.Tolerance, runs []*metrics.Run) float64 {
	room := *t
	if t.PerRequests {
		room.Absolute *= medianOf(runs, func(r *metrics.Run) (float64, bool) { return float64(r.Requests), true })
	}
	if t.More != nil {
		room.Absolute += t.More(runs)
	}
	return room.Room(x, y)
}

// runsOf are the runs of a strategy.
func runsOf(v *view.View, strategy string) []*metrics.Run {
	for _, g := range v.Groups {
		if g.Name == strategy {
			return g.Runs
		}
	}
	return nil
}

// medianOf is that of a figure over the seeds, or NaN where no run has it.
func medianOf(runs []*metrics.Run, value func(*metrics.Run) (float64, bool)) float64 {
	var values []float64
	for _, r := range runs {
		if v, ok := value(r); ok {
			values = append(values, v)
		}
	}
	return view.Median(values)
}

// Table prints the comparison for a terminal.
func Table(w io.Writer, scenario string, rows []Row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s\tfigure\tmeasured\tsimulated\trange\tdifference\ttolerance\t\n", scenario)
	last := ""
	for _, r := range rows {
		name, verdict := r.Strategy, "ok"
		if name == last {
			name = ""
		}
		last = r.Strategy
		switch {
		case r.Void:
			verdict = "void"
		case !r.Within:
			verdict = "outside"
		}
		difference := humanize.FourDigits(r.Simulated - r.Measured)
		if r.Simulated >= r.Measured {
			difference = "+" + difference
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", name, r.Figure,
			humanize.FourDigits(r.Measured), humanize.FourDigits(r.Simulated), intervalText(r.Low, r.High), difference, r.Tolerance, verdict)
	}
	return t.Flush()
}

// intervalText is a range, where there is one.
func intervalText(low, high float64) string {
	if humanize.FourDigits(low) == humanize.FourDigits(high) {
		return ""
	}
	return humanize.FourDigits(low) + " to " + humanize.FourDigits(high)
}
