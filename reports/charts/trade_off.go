package charts

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/view"
)

// mostNamed is how many choices a picture names below itself; the page and summary.md
// have all of them.
const mostNamed = 8

// tradeOffChart weighs choices: latency over origin load on the left, over staleness on
// the right. Coloured and numbered are those that no other beats in all three; the rest
// is grey.
func tradeOffChart(s survey) Chart {
	best := s.Best()
	load, stale := s.Trade.Load, s.Trade.Staleness
	c := Chart{
		Name: "trade-off", Title: tradeOffTitle(s, len(best)),
		Subtitle: "what a choice costs, the lower and the further left the better: " + s.source(),
		Reading:  "A numbered choice keeps the budget, and no other one is better in one of the three and as good in the others. A grey dot is beaten by a numbered one; an empty one does not keep the budget.",
		legend:   s.legend(),
	}
	named := min(len(best), mostNamed)
	c.height = chartHeight + float64(13*named)
	c.body = func(on canvas) {
		foot := on
		on.Min.Y += vg.Length(13*named + 6)
		drawPanels(on, [][]*panel{{tradePanel(s, load), tradePanel(s, stale)}}, 22, 6)
		style := textStyle(9, inkTitle)
		y := foot.Min.Y + vg.Length(13*named)
		for _, choice := range best[:named] {
			y -= 13
			text := fmt.Sprintf("%d  %s: %s", choice.Place, s.Describe(choice), s.Costs(choice))
			style.Color = ink(s.Strategies[choice.Strategy].Color)
			writeText(foot, style, foot.Min.X, y+3, shortenText(style, text, foot.Max.X-foot.Min.X))
		}
	}
	return c
}

// tradeOffTitle says how many choices are worth a look.
func tradeOffTitle(s survey, best int) string {
	all := humanize.Plural(len(s.Choices), "choice", "choices")
	switch best {
	case 0:
		return "None of " + all + " keeps the budget"
	case 1:
		return "One of " + all + " is worth a look: the others are beaten, or do not keep the budget"
	}
	return fmt.Sprintf("%d of %s are worth a look: the others are beaten, or do not keep the budget", best, all)
}

// tradePanel is latency over a figure.
func tradePanel(s survey, f figures.Figure) *panel {
	var xs, ys []float64
	for i := range s.Choices {
		xs, ys = append(xs, s.Choices[i].Median(f.Name)), append(ys, s.Choices[i].Median(s.Trade.Latency.Name))
	}
	y := figureAxis(s.Trade.Latency, known(ys))
	x := figureAxis(f, known(xs)).withFewerTicks()
	return &panel{title: view.TitleOf(s.Trade.Latency) + " over " + view.TitleOf(f), x: x, y: y, label: view.TitleOf(f) + scaleNote(x), small: true, plotters: []picture{tradeDots{s, xs, ys}}}
}

// known are the values that are there.
func known(values []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(values), math.IsNaN)
}

// tradeDots are the choices at their places: the beaten ones first, below the others.
type tradeDots struct {
	survey
	x, y []float64
}

var _ plot.Plotter = tradeDots{}

// Plot draws the choices and the numbers of the best ones.
func (d tradeDots) Plot(c draw.Canvas, p *plot.Plot) {
	order := make([]int, len(d.Choices))
	for i := range order {
		order[i] = i
	}
	weight := func(i int) int { // what is drawn last lies on top
		switch {
		case d.Choices[i].Place > 0:
			return 2
		case d.Choices[i].Kept:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weight(a), weight(b)) })
	points := toCanvas(c, p, d.x, d.y)
	type spot struct { // two points wide: of the beaten choices on it one is enough
		x, y int
		kept bool
	}
	drawn := make(map[spot]bool)
	var taken []vg.Rectangle
	for _, i := range order {
		at := points[i]
		if isGap(at) || math.IsNaN(float64(at.X)) {
			continue
		}
		if d.Choices[i].Place == 0 {
			if s := (spot{int(at.X / 2), int(at.Y / 2), d.Choices[i].Kept}); !drawn[s] {
				drawn[s] = true
				drawDot(c, at, 2.2, ink(inkAxis), d.Choices[i].Kept)
			}
			continue
		}
		clr := ink(d.Strategies[d.Choices[i].Strategy].Color)
		drawDot(c, at, 4, clr, true)
		taken = append(taken, numberDot(c, at, d.Choices[i].Place, taken))
	}
}

// numberDot writes a number beside a dot, where it covers no other number, and returns
// its place.
func numberDot(c draw.Canvas, at vg.Point, number int, taken []vg.Rectangle) (box vg.Rectangle) {
	style := boldTextStyle(9, inkTitle)
	text := strconv.Itoa(number)
	width := style.Width(text)
	for _, offset := range []vg.Point{{X: 6, Y: -3}, {X: -6 - width, Y: -3}, {X: -width / 2, Y: 6}, {X: -width / 2, Y: -13}, {X: 6, Y: 5}, {X: 6, Y: -12}} {
		spot := vg.Point{X: at.X + offset.X, Y: at.Y + offset.Y}
		box = vg.Rectangle{Min: vg.Point{X: spot.X - 1, Y: spot.Y - 1}, Max: vg.Point{X: spot.X + width + 1, Y: spot.Y + 8}}
		if box.Min.X >= c.Min.X && box.Max.X <= c.Max.X && box.Min.Y >= c.Min.Y && box.Max.Y <= c.Max.Y && !overlapsAny(taken, box) {
			writeText(c, style, spot.X, spot.Y, text)
			return box
		}
	}
	return box // its dot is among others that are numbered, and the list below names it
}
