package reports

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

type (
	plotter = plot.Plotter
	canvas  = draw.Canvas
)

// panel is one pair of axes and what is drawn in it.
type panel struct {
	title string // bold, above the axes; empty for none
	note  string // after the title, never cut
	x, y  axis
	label string // of the x axis
	marks *marks // faults and phases; nil for none
	small bool   // a tile among others

	plotters []plotter
}

// plot is the panel as gonum/plot draws it.
func (p panel) plot() *plot.Plot {
	size := 9.5
	if p.small {
		size = 9
	}
	g := plot.New()
	g.BackgroundColor = nil
	styleAxis(&g.X, p.x, size, text.XCenter, text.YTop)
	styleAxis(&g.Y, p.y, size, text.XRight, text.YCenter)
	g.Y.LineStyle.Width = 0
	g.Y.Tick.Length = 0
	g.X.Label.Text = p.label
	if p.marks != nil {
		g.Add(p.marks)
	}
	g.Add(grid{p.y})
	g.Add(p.plotters...)
	return g
}

func styleAxis(a *plot.Axis, from axis, size float64, xalign text.XAlignment, yalign text.YAlignment) {
	a.Min, a.Max = from.min, from.max
	a.Scale = from.scale
	a.Tick.Marker = from
	a.Padding = 0
	a.LineStyle = line(ink(inkAxis), 0.75)
	a.Tick.LineStyle = a.LineStyle
	a.Tick.Length = 3.5
	a.Tick.Label = letters(size, inkText)
	a.Tick.Label.XAlign, a.Tick.Label.YAlign = xalign, yalign
	a.Label.TextStyle = letters(size, inkText)
	a.Label.TextStyle.XAlign, a.Label.TextStyle.YAlign = text.XCenter, text.YBottom
	a.Label.Padding = 2
}

// grid is a pale horizontal line at every tick.
type grid struct{ y axis }

// Plot draws the grid.
func (g grid) Plot(c draw.Canvas, p *plot.Plot) {
	for _, t := range g.y.ticks {
		y := c.Y(p.Y.Norm(t.Value))
		c.StrokeLine2(line(ink(inkGrid), 0.75), c.Min.X, y, c.Max.X, y)
	}
}

// drawPanels draws rows of panels with their axes in line. Every row must have
// the same length; nil leaves a place empty.
func drawPanels(c draw.Canvas, rows [][]*panel, padX, padY vg.Length) {
	plots := make([][]*plot.Plot, len(rows))
	head := vg.Length(0)
	for r, row := range rows {
		plots[r] = make([]*plot.Plot, len(row))
		for i, p := range row {
			if p == nil {
				continue
			}
			plots[r][i] = p.plot()
			if p.title != "" {
				head = 19
			}
		}
	}
	c.Max.Y -= head
	tiles := draw.Tiles{Rows: len(rows), Cols: len(rows[0]), PadX: padX, PadY: padY + head}
	canvases := plot.Align(plots, tiles, c)
	left := make([]vg.Length, len(rows[0])) // of every column, its widest labels included
	for i := range left {
		left[i] = c.Max.X
		for r := range rows {
			if rows[r][i] != nil {
				left[i] = min(left[i], canvases[r][i].Min.X)
			}
		}
	}
	for r, row := range rows {
		for i, p := range row {
			if p == nil {
				continue
			}
			place := canvases[r][i]
			plots[r][i].Draw(place)
			data := plots[r][i].DataCanvas(place)
			if p.title != "" {
				p.heading(place, left[i], data.Max.Y+9, data.Max.X-left[i])
			}
		}
	}
}

// heading writes the title and behind it, smaller, the note, which is never cut.
func (p panel) heading(c draw.Canvas, x, y, width vg.Length) {
	style, small := boldLetters(10, inkTitle), letters(9, inkText)
	end := x + write(c, style, x, y, shorten(style, p.title, width-small.Width(p.note)))
	write(c, small, end, y, p.note)
}

// drawPanel draws a single panel with the labels of faults and phases above.
func drawPanel(c draw.Canvas, p panel) {
	if p.marks != nil {
		c.Max.Y -= p.marks.height(c.Max.X - c.Min.X)
	}
	g := p.plot()
	g.Draw(c)
	if p.marks != nil {
		p.marks.write(g.DataCanvas(c))
	}
}
