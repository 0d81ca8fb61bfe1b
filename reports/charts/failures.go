package charts

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/verdict"
	"github.com/herdlab/herdlab/internal/view"
)

// failuresChart has a tile per strategy with its failures by cause, on one
// scale, so that a tall tile is a bad one.
func failuresChart(s scene) Chart {
	causes := failureCauses(s)
	if len(causes) == 0 {
		return noFailures(s)
	}
	stacks := make([]stackedArea, len(s.Groups))
	peak := 0.0
	for i, g := range s.Groups {
		stacks[i] = failuresByCause(s, g, causes)
		heights := make([]float64, len(stacks[i].edges)) // one more than there are steps, and zero
		for _, l := range stacks[i].layers {
			floats.Add(heights[:len(l.heights)], l.heights)
		}
		peak = max(peak, floats.Max(heights))
	}
	// One scale for all tiles, in the unit of the highest: a tile that looks empty is
	// that of a strategy that fails little.
	cols := gridColumns(len(s.Groups))
	rows := (len(s.Groups) + cols - 1) / cols
	panels := make([]*panel, rows*cols)
	unit := humanize.RateUnit(peak)
	for _, st := range stacks {
		st.scale(unit.Seconds)
	}
	y := linearAxis(peak*unit.Seconds, max(2, 5-rows), unit.Write)
	for i, g := range s.Groups {
		panels[i] = s.tile(g.Name, y, nil, max(3, 10/cols))
		panels[i].note, panels[i].small, panels[i].plotters = failuresNote(s, g), true, []picture{stacks[i]}
	}
	chart := Chart{
		Name: "failures", Title: failuresTitle(s),
		Subtitle: fmt.Sprintf("failed requests per %s over %s, by time of arrival and cause: %s%s", unit.Name, s.timeLabel(), s.sourceOfMeans(), s.faultList()),
		Reading:  "One tile per strategy, all on one scale; the colours are the causes.",
		height:   float64(90 + 115*rows),
		body:     func(c canvas) { drawPanels(c, slices.Collect(slices.Chunk(panels, cols)), 16, 8) },
	}
	for _, cause := range causes {
		chart.legend = append(chart.legend, legendEntry{name: humanize.Words(cause), color: causeColor(cause), square: true})
	}
	return chart
}

// ofBystanders stands among the causes for every failure of the classes that never touch
// the cache: who is parked behind the cache fails by no fault of its own.
const ofBystanders = "bystanders, all causes"

// failureCauses are those that occurred, in the order of the outcomes.
func failureCauses(s scene) (list []string) {
	for _, o := range view.FailedOutcomes() {
		if s.Any(func(r *metrics.Run) bool { return len(r.Series.Failures[o.String()]) > 0 || r.Outcomes[o] > 0 }) {
			list = append(list, o.String())
		}
	}
	if s.Any(func(r *metrics.Run) bool { return r.Bystanders != nil && r.Bystanders.Failures > 0 }) {
		list = append(list, ofBystanders)
	}
	return list
}

// failures stacks the causes of one strategy, per second, as the mean over the
// seeds: medians of causes would not add up.
func failuresByCause(s scene, g view.Group, causes []string) stackedArea {
	windows := 0
	for _, run := range g.Runs {
		windows = max(windows, len(run.Series.Requests))
	}
	width := s.windowsPerPoint(windows)
	st := stackedArea{edges: []float64{0}}
	for from := 0; from < windows; from += width {
		st.edges = append(st.edges, min(float64(min(from+width, windows))*s.WindowMS, s.DurationMS))
	}
	// Every cause is a layer. A height is a rate over its step, and steps have the width
	// of whole windows, as the points of curves have.
	for _, cause := range causes {
		l := layer{color: causeColor(cause)}
		for step := range len(st.edges) - 1 {
			sum := 0.0
			for _, run := range g.Runs {
				counts := run.Series.Failures[cause]
				if cause == ofBystanders {
					counts = run.Series.BystanderFailures
				}
				for i := step * width; i < (step+1)*width && i < len(counts); i++ {
					sum += float64(counts[i])
				}
			}
			seconds := s.windowSeconds(step*width, min((step+1)*width, windows))
			l.heights = append(l.heights, sum/float64(len(g.Runs))/seconds)
		}
		st.layers = append(st.layers, l)
	}
	return st
}

// failuresNote is how many requests failed, and of how many that is.
func failuresNote(s scene, g view.Group) string {
	failed := g.Estimate(func(r *metrics.Run) float64 { return float64(r.All.Failures) }).Median
	if failed == 0 {
		return ": none"
	}
	return fmt.Sprintf(": %s (%s)", humanize.Count(failed), humanize.Percent(g.Estimate(func(r *metrics.Run) float64 {
		return float64(r.All.Failures) / float64(max(r.All.Requests, 1))
	}).Median))
}

// worstClass is the class of which a strategy fails most, bystanders included, and how
// much of it. Over all classes together, a small one that fails whole would not be seen.
func worstClass(s scene, g view.Group) (name string, share float64) {
	share = math.NaN()
	for _, c := range s.Classes {
		of := g.Estimate(func(r *metrics.Run) float64 { return failedShare(r, c.Name) }).Median
		if of > share || math.IsNaN(share) {
			name, share = c.Name, of
		}
	}
	return name, share
}

// failedShare is how much of a class failed; NaN without requests.
func failedShare(r *metrics.Run, class string) float64 {
	f := r.Classes[class]
	if f.Requests == 0 {
		return math.NaN()
	}
	return float64(f.Failures) / float64(f.Requests)
}

// failuresTitle sets the strategy that fails most against those that fail none.
func failuresTitle(s scene) string {
	list := make([]strategyValue, len(s.Groups))
	classes := make(map[string]string)
	for i, g := range s.Groups {
		class, share := worstClass(s, g)
		list[i], classes[g.Name] = strategyValue{g, share, s.Disgraced(g), make(verdict.Seeds)}, "its requests"
		for _, run := range g.Runs {
			list[i].seeds[run.Seed] = failedShare(run, class)
		}
		if len(s.Classes) > 1 {
			classes[g.Name] = class
		}
	}
	clean := 0
	for _, f := range list {
		if f.value == 0 {
			clean++
		}
	}
	low, high, n := lowestAndHighest(list, figures.Lower)
	if n == 0 || high.value == 0 {
		return "Few requests fail: none of those that count, with the typical seed"
	}
	worst := fmt.Sprintf("%s fails %s of %s, most by %s", high.Name, humanize.Percent(high.value), classes[high.Name], high.LeadingCause(classes[high.Name]))
	switch {
	case n == 1:
		return worst
	case clean == 1:
		return worst + "; " + low.Name + " fails none"
	case clean > 1:
		return fmt.Sprintf("%s; %d strategies fail none", worst, clean)
	}
	switch {
	case nearlyEqual(low.value, high.value):
		return fmt.Sprintf("Every strategy fails about %s of %s", humanize.Percent(high.value), classes[high.Name])
	case !isTold(low, high, nearlyEqual):
		return fmt.Sprintf("Every strategy fails %s to %s of a class of requests", humanize.Percent(low.value), humanize.Percent(high.value))
	}
	return fmt.Sprintf("%s; %s fails %s of %s", worst, low.Name, humanize.Percent(low.value), classes[low.Name])
}

// noFailures says so, large and plain.
func noFailures(s scene) Chart {
	requests := 0.0
	for _, run := range s.Runs {
		requests += float64(run.All.Requests)
	}
	text := fmt.Sprintf("All %s requests of %s got their value.", humanize.Count(requests), humanize.Plural(len(s.Groups), "strategy", "strategies"))
	if requests == 0 {
		text = "There were no requests."
	}
	return Chart{
		Name: "failures", Title: "No request failed",
		Subtitle: "failed requests by cause: " + s.sourceOfMeans(),
		Reading:  "Nothing to see here is good news.",
		body: func(c canvas) {
			style := textStyle(16, inkText)
			style.XAlign = -0.5
			writeText(c, style, c.Center().X, c.Center().Y, text)
		},
	}
}

// gridColumns is how many tiles stand side by side.
func gridColumns(n int) int {
	switch {
	case n == 4:
		return 2
	case n <= 9:
		return min(n, 3)
	}
	return 4
}

// layer is one cause in a stack: a height per step.
type layer struct {
	color   color.Color
	heights []float64
}

// stackedArea draws layers on top of one another as steps: step i reaches from
// edges[i] to edges[i+1].
type stackedArea struct {
	edges  []float64
	layers []layer
}

var _ plot.Plotter = stackedArea{}

// Plot draws the stack. A step that is not zero is at least a hair high.
func (s stackedArea) Plot(c draw.Canvas, p *plot.Plot) {
	const hair = 0.8
	// Heights are stacked in points and not in values: a cause of a hair is to be seen
	// on top of a large one, too, and must not be hidden by rounding.
	base := make([]vg.Length, max(len(s.edges)-1, 0)) // in points, above the axis
	for _, l := range s.layers {
		top := make([]vg.Length, len(base))
		for i := range base {
			top[i] = base[i]
			if l.heights[i] > 0 {
				top[i] += max(c.Y(p.Y.Norm(l.heights[i]))-c.Y(p.Y.Norm(0)), hair)
			}
		}
		for from := 0; from < len(base); {
			to := from
			for to < len(base) && to-from < strokeLength && top[to] > base[to] {
				to++
			}
			if to > from {
				c.FillPolygon(l.color, s.steps(c, p, base, top, from, to))
			}
			from = max(to, from+1)
		}
		base = top
	}
}

// scale multiplies every height.
func (s stackedArea) scale(factor float64) {
	for _, l := range s.layers {
		floats.Scale(factor, l.heights)
	}
}

// steps is the outline of the steps [from, to) of a layer.
func (s stackedArea) steps(c draw.Canvas, p *plot.Plot, base, top []vg.Length, from, to int) (outline []vg.Point) {
	x := func(i int) vg.Length { return c.X(p.X.Norm(s.edges[i])) }
	y := func(h vg.Length) vg.Length { return min(c.Y(p.Y.Norm(0))+h, c.Max.Y) }
	outline = []vg.Point{{X: x(from), Y: y(base[from])}}
	for i := from; i < to; i++ {
		outline = append(outline, vg.Point{X: x(i), Y: y(top[i])}, vg.Point{X: x(i + 1), Y: y(top[i])})
	}
	for i := to - 1; i >= from; i-- {
		outline = append(outline, vg.Point{X: x(i + 1), Y: y(base[i])}, vg.Point{X: x(i), Y: y(base[i])})
	}
	return outline
}
