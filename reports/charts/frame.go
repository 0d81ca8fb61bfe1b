package charts

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// legendEntry is one name of a legend and how it is drawn: a line, or a filled
// square.
type legendEntry struct {
	name   string
	color  color.Color
	square bool
}

// drawFrame draws title, subtitle and legend at the top of a chart and returns
// what is left for the picture.
func drawFrame(c draw.Canvas, title, subtitle string, legend []legendEntry) draw.Canvas {
	c = draw.Crop(c, 14, -14, 10, -12)
	width := c.Max.X - c.Min.X
	y := c.Max.Y
	head := boldTextStyle(13, inkTitle)
	for _, text := range wrapText(head, title, width, 2) {
		y -= 13
		writeText(c, head, c.Min.X, y, text)
		y -= 3
	}
	sub := textStyle(10, inkText)
	for _, text := range wrapText(sub, subtitle, width, 2) {
		y -= 11
		writeText(c, sub, c.Min.X, y, text)
		y -= 2
	}
	if len(legend) > 0 {
		y = drawLegend(c, y-5, legend)
	}
	c.Max.Y = y - 8
	return c
}

// drawLegend writes the entries in rows below y and returns the new y.
func drawLegend(c draw.Canvas, y vg.Length, legend []legendEntry) vg.Length {
	const swatch, gap, between, row = 16, 5, 16, 14 // points
	style := textStyle(10, inkTitle)
	x := c.Min.X
	y -= 10
	for _, e := range legend {
		name := shortenText(style, e.name, (c.Max.X-c.Min.X)-swatch-gap)
		width := swatch + gap + style.Width(name)
		if x > c.Min.X && x+width > c.Max.X {
			x = c.Min.X
			y -= row
		}
		if e.square {
			c.SetColor(e.color)
			c.Fill(rectangle(x+3, y-1, x+swatch-3, y+9))
		} else {
			c.StrokeLine2(lineStyle(e.color, 2.4), x, y+3.5, x+swatch, y+3.5)
		}
		writeText(c, style, x+swatch+gap, y, name)
		x += width + between
	}
	return y
}

// rectangle is the outline of one, for a canvas to fill.
func rectangle(x0, y0, x1, y1 vg.Length) vg.Path {
	return vg.Rectangle{Min: vg.Point{X: x0, Y: y0}, Max: vg.Point{X: x1, Y: y1}}.Path()
}
