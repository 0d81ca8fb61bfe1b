package charts

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/sweep"
	"github.com/herdlab/herdlab/internal/view"
)

// mostTiles is how many combinations of the other axes a chart shows.
const mostTiles = 12

// NewSweep are the pictures of a sweep: what each choice costs, heat maps where two
// parameters vary, and every figure over the first parameter. One without choices has
// none, and one that varies nothing has the first alone.
func NewSweep(v *view.Sweep) []Chart {
	if len(v.Choices) == 0 {
		return nil
	}
	s := survey{v}
	list := []Chart{tradeOffChart(s).finished()}
	if len(v.Grid.Axes) == 0 { // candidates that have no settings in common
		return list
	}
	var drawn figures.Table // what depends on nothing is drawn where choices are weighed by it
	for _, f := range v.Columns() {
		if _, weighed := v.Trade.List().Find(f.Name); weighed || v.Depends(f) {
			drawn = append(drawn, f)
		}
	}
	if len(v.Grid.Axes) > 1 {
		for _, f := range drawn {
			if v.Depends(f) {
				list = append(list, heatMap(s, f).finished())
			}
		}
	}
	for _, f := range drawn {
		list = append(list, axisChart(s, f).finished())
	}
	return list
}

// survey is a sweep as its charts see it.
type survey struct{ *view.Sweep }

// legend names the strategies in their colours.
func (s survey) legend() (entries []legendEntry) {
	for _, g := range s.Strategies {
		entries = append(entries, legendEntry{name: g.Name, color: ink(g.Color)})
	}
	return entries
}

// source says what the figures are of.
func (s survey) source() string {
	if s.Grid.Seeds > 1 {
		return fmt.Sprintf("%s, median of %d seeds", s.Grid.Scenario, s.Grid.Seeds)
	}
	return fmt.Sprintf("%s, seed %d", s.Grid.Scenario, s.Grid.Seed)
}

// axisChart is a figure over the first parameter, a line a strategy, a tile for each
// combination of the others.
func axisChart(s survey, f figures.Figure) Chart {
	x, places := settingAxis(s.Grid.Axes[0])
	combinations := s.Lines(0)
	shown := combinations[:min(len(combinations), mostTiles)]
	tiles := make([][]curve, len(shown))
	for i, points := range shown {
		tiles[i] = s.curvesAlong(f, points, places)
	}
	y := figureAxis(f, valuesOf(tiles...))
	panels := make([]*panel, len(shown))
	for i, curves := range tiles {
		panels[i] = &panel{
			title: s.Others(shown[i][0], 0), x: x, y: y, small: len(shown) > 1,
			plotters: []picture{lines(curves), s.dots(curves, shown[i])},
		}
		if len(shown) == 1 {
			panels[i].label = s.Grid.Axes[0].Name()
		}
	}
	c := Chart{
		Name: "axis-" + strings.ReplaceAll(f.Name, "_", "-"), Title: axisTitle(s, f),
		Subtitle: view.TitleOf(f) + scaleNote(y) + ", over " + s.Grid.Axes[0].Name() + ": " + s.source(),
		Reading:  capital(f.Doc) + ". A full dot keeps the budget, an empty one does not.",
		legend:   s.legend(),
	}
	if s.Grid.Seeds > 1 {
		c.Reading += " Bands reach from the lowest seed to the highest."
	}
	if more := len(combinations) - len(shown); more > 0 {
		c.Reading += fmt.Sprintf(" %d more combinations of the other parameters are in sweep.csv.", more)
	}
	rows := inRows(panels)
	c.height = float64(120 + 165*len(rows))
	c.body = func(on canvas) { drawPanels(on, rows, 18, 8) }
	return c
}

// axisTitle says between which settings a figure differs most, of the strategy in which
// it does. Where several parameters vary it leaves to the picture which they are.
func axisTitle(s survey, f figures.Figure) string {
	var best, worst *view.Choice
	most := 0.0
	for i := range s.Strategies {
		low, high, apart := s.Extremes(f, i)
		if !apart {
			continue
		}
		if d := math.Log1p(high.Median(f.Name)*1e3) - math.Log1p(low.Median(f.Name)*1e3); d > most {
			best, worst, most = low, high, d
		}
	}
	if best == nil {
		return fmt.Sprintf("%s: about the same with every %s", capital(view.TitleOf(f)), s.axisNames())
	}
	if f.Better == figures.Higher {
		best, worst = worst, best
	}
	name := s.Strategies[best.Strategy].Name
	say := func(c *view.Choice) string {
		text := s.Write(f, c.Median(f.Name))
		if len(s.Grid.Axes) == 1 {
			text += " with " + strings.TrimPrefix(s.Describe(c), name+", ")
		}
		return text
	}
	return fmt.Sprintf("%s of %s: from %s to %s", capital(view.TitleOf(f)), name, say(best), say(worst))
}

// capital begins a text with a capital letter, if it is a word.
func capital(text string) string {
	if len(text) > 1 && text[1] >= 'a' && text[1] <= 'z' {
		return strings.ToUpper(text[:1]) + text[1:]
	}
	return text
}

// axisNames are what the axes are called in a sentence.
func (s survey) axisNames() string {
	var names []string
	for _, a := range s.Grid.Axes {
		names = append(names, view.ShortName(a))
	}
	return strings.Join(names, " and ")
}

// curvesAlong are a figure of every strategy at points, at the places of their values.
func (s survey) curvesAlong(f figures.Figure, points []int, places []float64) []curve {
	list := make([]curve, len(s.Strategies))
	for i, g := range s.Strategies {
		list[i].color = ink(g.Color)
		for _, k := range inOrder(places) {
			list[i].add(places[k], s.Choice(i, points[k]).Values(f.Name))
		}
	}
	return list
}

// inOrder are the indices of places from the left to the right.
func inOrder(places []float64) []int {
	list := make([]int, len(places))
	for i := range list {
		list[i] = i
	}
	for i := 1; i < len(list); i++ { // few, and mostly in order
		for j := i; j > 0 && places[list[j]] < places[list[j-1]]; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
	return list
}

// inRows lays tiles out in rows of one length.
func inRows(panels []*panel) (rows [][]*panel) {
	columns := gridColumns(len(panels))
	for from := 0; from < len(panels); from += columns {
		row := make([]*panel, columns)
		copy(row, panels[from:min(from+columns, len(panels))])
		rows = append(rows, row)
	}
	return rows
}

// settingAxis is the axis of a parameter with a tick at every value, and the place of
// each. Numbers at even distances are to scale, other positive ones on a log scale;
// anything else stands in the order in which it was given.
func settingAxis(a sweep.Axis) (x axis, places []float64) {
	numbers, ok := a.Numbers()
	even, positive := ok, ok
	for i, v := range numbers {
		positive = positive && v > 0
		if i > 1 && math.Abs((v-numbers[i-1])-(numbers[1]-numbers[0])) > 0.02*math.Abs(numbers[1]-numbers[0]) {
			even = false
		}
	}
	x = axis{scale: plot.LinearScale{}}
	places = numbers
	switch {
	case even:
	case positive:
		x.scale = logScale{}
	default:
		places = make([]float64, len(a.Values))
		for i := range places {
			places[i] = float64(i)
		}
	}
	x.min, x.max = math.Inf(1), math.Inf(-1)
	for _, k := range inOrder(places) {
		x.min, x.max = min(x.min, places[k]), max(x.max, places[k])
		x.ticks = append(x.ticks, plot.Tick{Value: places[k], Label: view.SayValue(a.Values[k])})
	}
	if x.min == x.max {
		x.max++
	}
	return x.withMargins().withFewerTicks(), places
}

// withMargins is the axis with room before its first value and behind its last one, for
// dots and labels.
func (a axis) withMargins() axis {
	const share = 0.04
	if _, isLog := a.scale.(logScale); isLog {
		factor := math.Pow(a.max/a.min, share)
		a.min, a.max = a.min/factor, a.max*factor
		return a
	}
	room := (a.max - a.min) * share
	a.min, a.max = a.min-room, a.max+room
	return a
}

// figureAxis is a vertical axis that holds values of a figure, in its unit.
func figureAxis(f figures.Figure, values []float64) axis {
	top := 0.0
	for _, v := range values {
		top = max(top, v)
	}
	switch f.Unit {
	case figures.Latency:
		return latencyAxis(finest, values)
	case figures.Duration:
		return latencyAxis(youngest, values)
	case figures.Share:
		return linearAxis(top, 4, humanize.Percent)
	case figures.PerSecond:
		return linearAxis(top, 4, humanize.PerSecond)
	}
	return countAxis(top)
}

// settingDots marks the values of curves: full where a choice keeps the budget.
type settingDots struct {
	curves []curve
	kept   [][]bool // of every curve, from left to right
}

var _ plot.Plotter = settingDots{}

// dots are those of curves along points.
func (s survey) dots(curves []curve, points []int) settingDots {
	_, places := settingAxis(s.Grid.Axes[0])
	d := settingDots{curves: curves, kept: make([][]bool, len(curves))}
	for i := range curves {
		for _, k := range inOrder(places) {
			d.kept[i] = append(d.kept[i], s.Choice(i, points[k]).Kept)
		}
	}
	return d
}

// mostDots is how many dots of a curve can be told apart; of more, those stay at which
// it begins or ceases to keep the budget.
const mostDots = 60

// Plot draws the dots.
func (d settingDots) Plot(c draw.Canvas, p *plot.Plot) {
	for i, curve := range d.curves {
		for k, at := range toCanvas(c, p, curve.x, curve.mid) {
			turns := k > 0 && d.kept[i][k-1] != d.kept[i][k] || k+1 < len(d.kept[i]) && d.kept[i][k+1] != d.kept[i][k]
			if !isGap(at) && (turns || len(curve.x) <= mostDots) {
				drawDot(c, at, dotRadius, curve.color, d.kept[i][k])
			}
		}
	}
}

// drawDot draws a disc, or a ring with white in it.
func drawDot(c draw.Canvas, at vg.Point, radius vg.Length, clr color.Color, full bool) {
	c.DrawGlyphNoClip(draw.GlyphStyle{Color: clr, Radius: radius, Shape: draw.CircleGlyph{}}, at)
	if !full {
		c.DrawGlyphNoClip(draw.GlyphStyle{Color: color.White, Radius: radius - 1, Shape: draw.CircleGlyph{}}, at)
	}
}
