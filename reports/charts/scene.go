package charts

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/verdict"
	"github.com/herdlab/herdlab/internal/view"
)

// scene is a view and how finely it is drawn. It is a value: a chart of small panels
// halves the points of its own copy.
type scene struct {
	*view.View
	points int // a line has at most
}

// source says where the figures of a chart come from: scenario and seed.
func (s scene) source() string { return s.Scenario + ", " + s.sampling() }

// sampling names the seed, or says what a line is of several.
func (s scene) sampling() string {
	n := s.Seeds
	if n == 1 {
		return fmt.Sprintf("seed %d", s.Groups[0].Runs[0].Seed)
	}
	return fmt.Sprintf("median of %d seeds, bands from lowest to highest", n)
}

// sourceOfMeans is source for figures that are added up.
func (s scene) sourceOfMeans() string {
	if n := s.Seeds; n > 1 {
		return fmt.Sprintf("%s, mean of %d seeds", s.Scenario, n)
	}
	return s.source()
}

// faultList names the faults in a sentence, for charts whose tiles have no room
// for their names.
func (s scene) faultList() string {
	var list []string
	for _, fault := range s.Faults {
		list = append(list, fmt.Sprintf("%s at %s", fault.Label, humanize.Duration(fault.AtMS)))
	}
	switch n := len(list); {
	case n == 0:
		return ""
	case n > 4:
		list = append(list[:3:3], fmt.Sprintf("%d more", n-3))
	}
	return "; marked: " + strings.Join(list, ", ")
}

// timeAxis is the axis of the run with at most so many steps.
func (s scene) timeAxis(most int) axis { return timeAxis(s.DurationMS, most) }

// timeLabel names the time of the axis: virtual time or wall time.
func (s scene) timeLabel() string { return s.Clock + " time" }

// windowSeconds is how long the windows [from, to) last within the run. What lies
// beyond its end counts as a whole window each.
func (s scene) windowSeconds(from, to int) float64 {
	start, end := float64(from)*s.WindowMS, float64(to)*s.WindowMS
	if start < s.DurationMS {
		end = min(end, s.DurationMS)
	}
	return (end - start) / 1000
}

// legend names the strategies in their colours.
func (s scene) legend() (entries []legendEntry) {
	for _, g := range s.Groups {
		entries = append(entries, legendEntry{name: g.Name, color: ink(g.Color)})
	}
	return entries
}

// marks are what every picture over time has in it.
func (s scene) marks() *marks {
	return &marks{faults: s.Faults, causes: s.Causes, phases: s.Phases, end: max(s.DurationMS, 1)}
}

// tile is a panel of curves over time among others, with at most so many steps.
func (s scene) tile(title string, y axis, curves []curve, steps int) *panel {
	return &panel{title: title, note: scaleNote(y), x: s.timeAxis(steps), y: y, marks: s.marks(), plotters: []picture{lines(curves)}}
}

// overTime completes a chart of one panel as wide as the chart, with the thin curves,
// if any, below the thick ones.
func (s scene) overTime(c Chart, y axis, thick, thin []curve) Chart {
	for i := range thin {
		thin[i].thin = true
	}
	return s.wide(c, panel{x: s.timeAxis(10), y: y, label: s.timeLabel(), marks: s.marks(), plotters: []picture{lines(thin), lines(thick)}})
}

// wide completes a chart of one panel, with where its figures come from.
func (s scene) wide(c Chart, p panel) Chart {
	c.Subtitle += ": " + s.source()
	c.legend, c.body = s.legend(), func(on canvas) { drawPanel(on, p) }
	return c
}

// warmUp reports whether an instant in ms counts in no figure.
func (s scene) warmUp(at float64) bool {
	return slices.ContainsFunc(s.Phases, func(p metrics.PhaseMark) bool { return p.WarmUp && p.FromMS <= at && at < p.ToMS })
}

// medians are a figure of every strategy, by its name in the table.
func (s scene) medians(figure string) []strategyValue {
	list := make([]strategyValue, len(s.Groups))
	for i, g := range s.Groups {
		list[i] = strategyValue{g, s.Median(g, figure), s.Disgraced(g), s.BySeed(g, figure)}
	}
	return list
}

// peaksOf are the highest values of the curves of a series outside the warm-up, a figure
// per strategy.
func (s scene) peaksOf(curves []curve, series func(*metrics.Series) []float64) []strategyValue {
	list := make([]strategyValue, len(curves))
	for i, c := range curves {
		g := s.Groups[i]
		list[i] = strategyValue{g, s.peak(c.x, c.mid), s.Disgraced(g), make(verdict.Seeds)}
		for _, run := range g.Runs {
			values := series(&run.Series)
			at := make([]float64, len(values))
			for window := range at {
				at[window] = (float64(window) + 0.5) * s.WindowMS
			}
			list[i].seeds[run.Seed] = s.peak(at, values)
		}
	}
	return list
}

// peak is the highest value outside the warm-up; NaN without any.
func (s scene) peak(at, values []float64) float64 {
	highest := math.NaN()
	for i, v := range values {
		if !s.warmUp(at[i]) && !math.IsNaN(v) && !(highest >= v) {
			highest = v
		}
	}
	return highest
}

// perSecond makes a series of counts one of rates. A run in which nobody counted
// has none.
func (s scene) perSecond(counts func(*metrics.Series) []int64) func(*metrics.Series) []float64 {
	return func(m *metrics.Series) []float64 {
		list := numbers(counts(m))
		for i := range list {
			list[i] /= s.windowSeconds(i, i+1)
		}
		return list
	}
}

// orNone is a series of counts that a run without any leaves out: none in every
// window then.
func orNone(m *metrics.Series, counts []int64) []int64 {
	if len(counts) == 0 {
		return make([]int64, len(m.Requests))
	}
	return counts
}

// failed sums the causes of every window, bystanders' failures too: who is parked behind
// a cache that it never asked fails all the same.
func failed(m *metrics.Series) []int64 {
	sums := make([]int64, len(m.Requests))
	for _, counts := range m.Failures {
		for i := range min(len(sums), len(counts)) {
			sums[i] += counts[i]
		}
	}
	for i := range min(len(sums), len(m.BystanderFailures)) {
		sums[i] += m.BystanderFailures[i]
	}
	return sums
}

// strategyValue is one number of one strategy that a title speaks of. A title says
// what is to be seen: which strategy is at one end, which at the other, and how far
// apart they are.
type strategyValue struct {
	view.Group
	value     float64
	disgraced bool // it breaks the budget, which others keep
	seeds     verdict.Seeds
}

// lowestAndHighest are the strategies with the lowest and the highest figure, the first
// of the file among equals, and the number of those that have one. The one that the
// figure speaks for, with praise of the lowest or of the highest, keeps the budget: who
// refuses quickly is no example.
func lowestAndHighest(list []strategyValue, praise figures.Better) (lowest, highest strategyValue, n int) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, f := range list {
		if math.IsNaN(f.value) {
			continue
		}
		n++
		if f.value < low && !(f.disgraced && praise == figures.Lower) {
			low, lowest = f.value, f
		}
		if f.value > high && !(f.disgraced && praise == figures.Higher) {
			high, highest = f.value, f
		}
	}
	return lowest, highest, n
}

// nearlyEqual reports whether two figures differ by less than a tenth: too little
// for a title to set one against the other.
func nearlyEqual(a, b float64) bool { return math.Abs(a-b) <= 0.1*max(math.Abs(a), math.Abs(b)) }

// isTold reports whether a title may set two strategies against each other: what is
// between them is more than noise, seed by seed. Too few seeds to tell have to be a
// third apart, as the highest window of a run may be by chance.
func isTold(low, high strategyValue, near func(low, high float64) bool) bool {
	if near(low.value, high.value) || !verdict.Higher(low.seeds, high.seeds) {
		return false
	}
	return verdict.Enough(min(len(low.seeds), len(high.seeds))) || math.Abs(high.value-low.value) > max(math.Abs(low.value), math.Abs(high.value))/3
}

// contrast is a title that sets the strategy with the highest figure against the one
// with the lowest. In its sentences {high} and {low} are the names of the two, and
// {highest} and {lowest} their figures.
type contrast struct {
	none  string // where no strategy has the figure
	one   string // where one has
	alike string // where nothing is between them but chance, "about" one of the two figures
	apart string
	near  func(low, high float64) bool // nil is nearlyEqual

	praise figures.Better // which of the two is the good one; zero is the lowest
}

// title is the sentence that suits the figures.
func (t contrast) title(list []strategyValue, write func(float64) string) string {
	low, high, n := lowestAndHighest(list, cmp.Or(t.praise, figures.Lower))
	near, text := t.near, t.apart
	if near == nil {
		near = nearlyEqual
	}
	switch {
	case n == 0:
		text = t.none
	case n == 1:
		text = t.one
	case near(low.value, high.value):
		text = t.alike
	case !isTold(low, high, near): // they are apart, and it may be chance that they are
		text = strings.NewReplacer("about {highest}", "{lowest} to {highest}", "about {lowest}", "{lowest} to {highest}").Replace(t.alike)
	}
	return strings.NewReplacer("{high}", high.Name, "{highest}", write(high.value), "{low}", low.Name, "{lowest}", write(low.value)).Replace(text)
}
