package reports

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	stackHead  = 26 // above a panel, for its title
	stackTitle = 10 // from the panel to its title, without faults and phases
	stackLabel = 96 // the widest name at the end of a line
)

// drawStack draws panels one below the other that share their time axis, which
// the last one writes, and names the curves where they can be told apart.
func drawStack(c draw.Canvas, panels []*panel, names []string) {
	style := letters(9.5, inkTitle)
	margin := vg.Length(0)
	for i, name := range names {
		names[i] = shorten(style, name, stackLabel)
		margin = max(margin, style.Width(names[i]))
	}
	right := c.Max.X
	c.Max.X -= margin + 8
	plots, places := stackPlots(c, panels)
	for i, p := range panels {
		plots[i].Draw(places[i])
		data := plots[i].DataCanvas(places[i])
		p.heading(c, c.Min.X, data.Max.Y+head(p, data, i)-stackHead+stackTitle, data.Max.X-c.Min.X)
		if i == 0 {
			p.marks.write(data)
		}
		for _, drawn := range p.plotters {
			if curves, ok := drawn.(lines); ok {
				nameCurves(data, plots[i], curves, names, right)
			}
		}
	}
}

// head is the room above a panel: the first one has the names of faults and
// phases there, too.
func head(p *panel, c draw.Canvas, i int) vg.Length {
	if i > 0 {
		return stackHead
	}
	return stackHead + p.marks.height(c.Max.X-c.Min.X)
}

// stackPlots lays the panels out: of one height, with their axes in line.
func stackPlots(c draw.Canvas, panels []*panel) (plots []*plot.Plot, places []draw.Canvas) {
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
		room -= head(p, c, i)
	}
	last := plots[n-1].DataCanvas(c)
	foot := last.Min.Y - c.Min.Y // the labels of the time axis
	height := (room - foot) / vg.Length(n)
	top := c.Max.Y
	left, right := vg.Length(0), vg.Length(0)
	for i, p := range panels {
		top -= head(p, c, i)
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
	for i := range places {
		data := plots[i].DataCanvas(places[i])
		places[i].Min.X += left - (data.Min.X - places[i].Min.X)
		places[i].Max.X -= right - (places[i].Max.X - data.Max.X)
	}
	return plots, places
}
