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
	"github.com/herdlab/herdlab/internal/sweep"
	"github.com/herdlab/herdlab/internal/view"
)

// heatMap is a figure over the first two parameters: a tile a strategy, a cell a
// combination of their values, the stronger its colour the worse. Of further parameters it shows the
// first combination. The figure depends on them; strategies of which it does not are
// left out.
func heatMap(s survey, f figures.Figure) Chart {
	low, high := math.Inf(1), math.Inf(-1)
	var shown []int
	for i := range s.Strategies {
		least, most, apart := s.Extremes(f, i)
		if apart {
			low, high = min(low, least.Median(f.Name)), max(high, most.Median(f.Name))
			shown = append(shown, i)
		}
	}
	shown = shown[:min(len(shown), mostTiles)]
	panels := make([]*panel, len(shown))
	for n, i := range shown {
		panels[n] = heatTile(s, f, i, low, high)
	}
	rows := inRows(panels)
	c := Chart{
		Name: "heat-" + strings.ReplaceAll(f.Name, "_", "-"), Title: axisTitle(s, f),
		Subtitle: fmt.Sprintf("%s to the right, %s upwards: %s", s.Grid.Axes[0].Name(), s.Grid.Axes[1].Name(), s.source()),
		Reading:  capital(f.Doc) + ". The stronger its colour, the worse a cell. A crossed one does not keep the budget.",
		height:   float64(110 + 190*len(rows)),
		body:     func(on canvas) { drawPanels(on, rows, 18, 10) },
	}
	if len(s.Grid.Axes) > 2 {
		c.Reading += " The other parameters have their first values."
	}
	return c
}

// heatTile is the tile of one strategy.
func heatTile(s survey, f figures.Figure, strategy int, low, high float64) *panel {
	columns, rows := s.Grid.Axes[0], s.Grid.Axes[1]
	var h heat
	for x := range columns.Values {
		for y := range rows.Values {
			c := s.Choice(strategy, s.Grid.Point(x, y))
			v := c.Median(f.Name)
			h = append(h, heatCell{x: x, y: y, text: s.Write(f, v), crossed: !c.Kept, share: heatShare(f, v, low, high)})
		}
	}
	return &panel{title: s.Strategies[strategy].Name, x: stepAxis(columns), y: stepAxis(rows), small: true, plotters: []picture{h}}
}

// heatShare is how bad a value is between the best and the worst, from 0 to 1; NaN
// without a value. The scale is one of ratios, of shares one of differences, and no
// shorter than a factor of two or ten points: what is nearly the same looks so.
func heatShare(f figures.Figure, v, low, high float64) float64 {
	switch {
	case math.IsNaN(v):
		return v
	case !(high > low):
		return 0
	case f.Unit == figures.Share && f.Better == figures.Higher:
		return (high - v) / max(high-low, 0.1)
	case f.Unit == figures.Share:
		return (v - low) / max(high-low, 0.1)
	}
	least := max(low, high/1e4)
	return math.Log(max(v, least)/least) / math.Log(max(high/least, 2))
}

// stepAxis has the values of a parameter side by side, each in the middle of a step.
func stepAxis(a sweep.Axis) axis {
	x := axis{max: float64(len(a.Values)), scale: plot.LinearScale{}}
	for i, v := range a.Values {
		x.ticks = append(x.ticks, plot.Tick{Value: float64(i) + 0.5, Label: view.SayValue(v)})
	}
	return x.withFewerTicks()
}

// heat is a rectangle of cells.
type heat []heatCell

// heatCell is a combination of two values, by their numbers.
type heatCell struct {
	x, y    int
	text    string
	share   float64 // NaN: there is no value
	crossed bool
}

var _ plot.Plotter = heat{}

// heatColor goes from nearly white to a dark red, by way of orange. Its lightness falls
// all the way, so that it can be read without its hues too.
func heatColor(share float64) color.NRGBA {
	stops := []view.Color{0xFFF7E6, 0xFDD49E, 0xFC8D59, 0xD7301F, 0x7F0000}
	if math.IsNaN(share) {
		return ink(inkGrid)
	}
	at := min(max(share, 0), 1) * float64(len(stops)-1)
	i := min(int(at), len(stops)-2)
	a, b, t := ink(stops[i]), ink(stops[i+1]), at-float64(i)
	mix := func(x, y uint8) uint8 { return uint8(float64(x)*(1-t) + float64(y)*t + 0.5) }
	return color.NRGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: 255}
}

// Plot draws the cells, each with its value where there is room for it.
func (h heat) Plot(c draw.Canvas, p *plot.Plot) {
	style := textStyle(8.5, inkTitle)
	for _, cell := range h {
		left, right := c.X(p.X.Norm(float64(cell.x))), c.X(p.X.Norm(float64(cell.x)+1))
		bottom, top := c.Y(p.Y.Norm(float64(cell.y))), c.Y(p.Y.Norm(float64(cell.y)+1))
		c.SetColor(heatColor(cell.share))
		c.Fill(rectangle(left+0.5, bottom+0.5, right-0.5, top-0.5))
		style.Color = ink(inkTitle)
		if cell.share > 0.6 {
			style.Color = color.White
		}
		if cell.crossed {
			const arm = 3
			line := lineStyle(style.Color, 0.9)
			at := vg.Point{X: right - arm - 3, Y: top - arm - 3}
			c.StrokeLine2(line, at.X-arm, at.Y-arm, at.X+arm, at.Y+arm)
			c.StrokeLine2(line, at.X-arm, at.Y+arm, at.X+arm, at.Y-arm)
		}
		if width := style.Width(cell.text); width < right-left-4 && top-bottom > 11 {
			writeText(c, style, (left+right-width)/2, (bottom+top)/2-3, cell.text)
		}
	}
}
