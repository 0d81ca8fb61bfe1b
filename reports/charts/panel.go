package charts

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

type (
	picture = plot.Plotter
	canvas  = draw.Canvas
)

// panel is one pair of axes and what is drawn in it.
type panel struct {
	title string // bold, above the axes; empty where the panel is all of a chart
	note  string // after the title, never cut
	x, y  axis
	label string // of the x axis
	marks *marks // faults and phases; nil for none
	small bool   // a tile among others

	plotters []picture
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
	g.Add(&plotter.Grid{Horizontal: lineStyle(ink(inkGrid), 0.75)})
	g.Add(p.plotters...)
	return g
}

// styleAxis makes an axis of gonum's like ours: its range, its ticks as they are, and
// the letters and lines of every chart.
func styleAxis(a *plot.Axis, from axis, size float64, xalign text.XAlignment, yalign text.YAlignment) {
	a.Min, a.Max = from.min, from.max
	a.Scale = from.scale
	a.Tick.Marker = from
	a.Padding = 0
	a.LineStyle = lineStyle(ink(inkAxis), 0.75)
	a.Tick.LineStyle = a.LineStyle
	a.Tick.Length = 3.5
	a.Tick.Label = textStyle(size, inkText)
	a.Tick.Label.XAlign, a.Tick.Label.YAlign = xalign, yalign
	a.Label.TextStyle = textStyle(size, inkText)
	a.Label.TextStyle.XAlign, a.Label.TextStyle.YAlign = text.XCenter, text.YBottom
	a.Label.Padding = 2
}

// drawPanels draws rows of panels with their axes in line. Every row must have
// the same length; nil leaves a place empty.
func drawPanels(c draw.Canvas, rows [][]*panel, padX, padY vg.Length) {
	const head = 19 // of a panel, for its title
	plots := make([][]*plot.Plot, len(rows))
	for r, row := range rows {
		plots[r] = make([]*plot.Plot, len(row))
		for i, p := range row {
			if p != nil {
				plots[r][i] = p.plot()
			}
		}
	}
	c.Max.Y -= head
	tiles := draw.Tiles{Rows: len(rows), Cols: len(rows[0]), PadX: padX, PadY: padY + head}
	canvases := plot.Align(plots, tiles, c)
	// Titles begin at the left of the labels of the axis, in one line down the column.
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
			p.heading(place, left[i], data.Max.Y+9, data.Max.X-left[i])
		}
	}
}

// heading writes the title and behind it, smaller, the note, which is never cut.
func (p panel) heading(c draw.Canvas, x, y, width vg.Length) {
	style, small := boldTextStyle(10, inkTitle), textStyle(9, inkText)
	end := x + writeText(c, style, x, y, shortenText(style, p.title, width-small.Width(p.note)))
	writeText(c, small, end, y, p.note)
}

// drawPanel draws a single panel with the labels of faults and phases above.
func drawPanel(c draw.Canvas, p panel) {
	if p.marks != nil {
		c.Max.Y -= p.marks.labelHeight(c.Max.X - c.Min.X)
	}
	g := p.plot()
	g.Draw(c)
	if p.marks != nil {
		p.marks.write(g.DataCanvas(c))
	}
}

const (
	panelHead   = 26 // above a panel, for its title
	panelTitle  = 10 // from the panel to its title, without faults and phases
	widestLabel = 96 // the widest name at the end of a line
)

// drawColumn draws panels one below the other that share their time axis, which
// the last one writes, and names the curves where they can be told apart.
func drawColumn(c draw.Canvas, panels []*panel, names []string) {
	style := textStyle(9.5, inkTitle)
	margin := vg.Length(0)
	for i, name := range names {
		names[i] = shortenText(style, name, widestLabel)
		margin = max(margin, style.Width(names[i]))
	}
	right := c.Max.X
	c.Max.X -= margin + 8
	plots, places := columnPlots(c, panels)
	for i, p := range panels {
		plots[i].Draw(places[i])
		data := plots[i].DataCanvas(places[i])
		p.heading(c, c.Min.X, data.Max.Y+roomAbove(p, data, i)-panelHead+panelTitle, data.Max.X-c.Min.X)
		if i == 0 {
			p.marks.write(data)
		}
		for _, drawn := range p.plotters {
			if curves, ok := drawn.(lines); ok {
				labelCurves(data, plots[i], curves, names, right)
			}
		}
	}
}

// roomAbove is the room above a panel: the first one has the names of faults and
// phases there, too.
func roomAbove(p *panel, c draw.Canvas, i int) vg.Length {
	if i > 0 {
		return panelHead
	}
	return panelHead + p.marks.labelHeight(c.Max.X-c.Min.X)
}

// columnPlots lays the panels out: of one height, with their axes in line.
func columnPlots(c draw.Canvas, panels []*panel) (plots []*plot.Plot, places []draw.Canvas) {
	n := len(panels)
	room := c.Max.Y - c.Min.Y
	for i, p := range panels {
		if i < n-1 { // the last one writes the time for all
			p.x.ticks = append([]plot.Tick(nil), p.x.ticks...)
			for j := range p.x.ticks {
				p.x.ticks[j].Label = ""
			}
		}
		plots = append(plots, p.plot())
		room -= roomAbove(p, c, i)
	}
	last := plots[n-1].DataCanvas(c)
	foot := last.Min.Y - c.Min.Y // the labels of the time axis
	height := (room - foot) / vg.Length(n)
	top := c.Max.Y
	left, right := vg.Length(0), vg.Length(0)
	for i, p := range panels {
		top -= roomAbove(p, c, i)
		place := c
		place.Max.Y, place.Min.Y = top, top-height
		if i == n-1 {
			place.Min.Y -= foot
		}
		top -= height
		data := plots[i].DataCanvas(place)
		left, right = max(left, data.Min.X-place.Min.X), max(right, place.Max.X-data.Max.X)
		places = append(places, place)
	}
	// The labels of the vertical axes differ in width: all panels get the margins of the
	// widest, so that one instant is at one place down the column.
	for i := range places {
		data := plots[i].DataCanvas(places[i])
		places[i].Min.X += left - (data.Min.X - places[i].Min.X)
		places[i].Max.X -= right - (places[i].Max.X - data.Max.X)
	}
	return plots, places
}
