// Package charts draws the pictures of a report, as SVG and PNG.
//
// A line over time is the median over the seeds of each window, and a pale band
// reaches from the lowest to the highest of them. Titles are sentences made of the
// results, so that a chart says what is to be seen in it.
//
// # How a chart is made
//
//  1. [New] takes a view. A scene is that view and how finely it is drawn.
//  2. A scene makes curves: the windows of a series are folded into points, and the
//     seeds of a strategy into a middle line and its band.
//  3. Each chart has a file. It chooses curves, axes, title and reading, and puts
//     them into panels: one, a grid of tiles, or a column over one time axis.
//  4. A panel is plotted by gonum, with axes, marks and grid of ours. What gonum
//     cannot do is drawn here: lines that share a place, names at the ends of
//     curves, stacked areas, the labels of faults and phases.
//
// A strategy has one colour in all charts, which its view gives it. Nothing is
// drawn by the clock, at random, or in the order of a map: equal views make equal
// bytes.
package charts

import (
	"bytes"
	"fmt"
	"html"
	"image/color"
	"image/png"
	"io"
	"math"
	"regexp"
	"strconv"
	"sync"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// The size of a chart is that of a page column; twice the density of a screen keeps
// the dots of a PNG sharp in a slide.
const (
	chartWidth  = 675 // points: 1800 dots at 192 dpi
	chartHeight = 375 // points: 1000 dots
	chartDPI    = 192
)

const (
	// StoryName is the chart of a file that tells a story.
	StoryName = "before-after"

	overviewName = "overview"
)

// Chart is one picture of a report, the strategies side by side.
type Chart struct {
	Name     string // of its file, without the ending: latency
	Title    string // what is to be seen, as a sentence made of the results
	Subtitle string // quantity, unit, scenario, seed
	Reading  string // how to read it, one sentence

	width, height float64 // points
	legend        []legendEntry
	body          func(canvas) // draws below title and legend

	// element draws the chart as an svg element when it is first asked for: the
	// page and the file of a report share one drawing.
	element func() (string, error)
}

// New are the pictures of a file: before-after where it tells a story, latency,
// distribution, failures, herd, resources, hit-ratio, age, bystander, boxes and overview.
// Resources are left out where nobody measured them, the age where no value was served,
// the bystander where the scenario has none, and the boxes where they have no file
// caches. A file without runs has no charts.
func New(v *view.View) []Chart {
	s := scene{v, mostPoints}
	if len(s.Groups) == 0 {
		return nil
	}
	served := s.Any(func(r *metrics.Run) bool { return r.AgeMS != nil })
	var charts []Chart
	// In the order in which a reader asks: how slow, for how many, how many failed, and
	// then why.
	for _, kind := range []struct {
		suits bool
		make  func(scene) Chart
	}{
		{s.TellsStory(), storyChart}, {true, latencyChart}, {true, distributionChart}, {true, failuresChart}, {true, herdChart}, {s.Any(hasResources), resourcesChart},
		{true, hitRatioChart}, {served, ageChart}, {len(s.Bystanders) > 0, bystanderChart}, {s.Any(hasBoxes), boxesChart}, {true, overviewChart},
	} {
		if kind.suits {
			charts = append(charts, kind.make(s).finished())
		}
	}
	return charts
}

// finished is the chart with its size, which is drawn once.
func (c Chart) finished() Chart {
	c.width, c.height = chartWidth, max(c.height, chartHeight)
	c.element = sync.OnceValues(c.drawElement)
	return c
}

// Titled is the chart under another title.
func (c Chart) Titled(title string) Chart {
	c.Title = title
	return c.finished()
}

// Names are those of all charts that a file can have.
func Names() []string {
	return []string{StoryName, "latency", "distribution", "failures", "herd", "resources", "hit-ratio", "age", "bystander", "boxes", overviewName}
}

// Lead names the chart that stands for all of a file; it is empty where there is
// none.
func Lead(v *view.View) string {
	switch {
	case len(v.Groups) == 0:
		return ""
	case v.TellsStory():
		return StoryName
	}
	return overviewName
}

// PNG writes the chart as an image of 1800 by 1000 dots, or higher where there
// are many tiles.
func (c Chart) PNG(w io.Writer) error { return c.png(w, chartDPI) }

// png draws at a density of its own, so that tests need not draw every dot.
func (c Chart) png(w io.Writer, dpi int) error {
	img := vgimg.NewWith(vgimg.UseWH(vg.Points(c.width), vg.Points(c.height)), vgimg.UseDPI(dpi))
	c.draw(draw.New(img))
	// A picture of lines on white is small at any level, and the best one takes most
	// of the time of a report.
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(w, img.Image()); err != nil {
		return fmt.Errorf("write %s.png: %w", c.Name, err)
	}
	return nil
}

// SVG writes the chart as an SVG document that names fonts with alternatives
// and carries none.
func (c Chart) SVG(w io.Writer) error {
	doc, err := c.Element()
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+doc)
	return err
}

// Element is the svg element of the chart, fit to stand in a page.
func (c Chart) Element() (string, error) { return c.element() }

// drawElement draws what Element keeps.
func (c Chart) drawElement() (string, error) {
	pic := vgsvg.New(vg.Points(c.width), vg.Points(c.height))
	c.draw(draw.New(pic))
	var buf bytes.Buffer
	if _, err := pic.WriteTo(&buf); err != nil {
		return "", fmt.Errorf("write %s.svg: %w", c.Name, err)
	}
	doc := buf.Bytes()
	head := bytes.Index(doc, []byte("<svg"))
	if head < 0 {
		return "", fmt.Errorf("write %s.svg: the canvas made no svg element", c.Name)
	}
	// The head that the canvas writes has no role and no title, and a size in inches;
	// what is inside it is taken over.
	inside := head + bytes.IndexByte(doc[head:], '>') + 1
	body := fitTexts(shortenPaths(joinPaths(doc[inside:])))
	// The canvas names the font in every text, and that alone: a reader without it would
	// fall back to a serif.
	for _, usual := range []string{"font-family:Liberation Sans;font-variant:normal;", "font-weight:normal;", "font-style:normal;"} {
		body = bytes.ReplaceAll(body, []byte(usual), nil)
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" font-family="'Liberation Sans',Arial,Helvetica,sans-serif" role="img" width="%gpt" height="%gpt" viewBox="0 0 %g %g">`+
		"\n<title>%s</title>%s", c.width, c.height, c.width, c.height, html.EscapeString(printableText(c.Title)), body), nil
}

// svgText is a text as the canvas writes it: what is before its style, weight, size and
// words.
var svgText = regexp.MustCompile(`<text ([^>]*font-weight:(\w+);[^>]*font-size:([0-9.]+)px[^>]*)>([^<]+)</text>`)

// fitTexts says of every text how wide it is. All places are reckoned with our font: in
// the one that a browser has instead, a title would run into the note behind it, and a
// name at the right out of the picture.
func fitTexts(doc []byte) []byte {
	return svgText.ReplaceAllFunc(doc, func(element []byte) []byte {
		part := svgText.FindSubmatch(element)
		size, err := strconv.ParseFloat(string(part[3]), 64)
		if err != nil {
			return element
		}
		style := textStyle(size, inkText)
		if string(part[2]) == "bold" {
			style = boldTextStyle(size, inkText)
		}
		face := style.Handler.Cache().Lookup(style.Font, style.Font.Size)
		width := face.Width(html.UnescapeString(string(part[4])))
		return fmt.Appendf(nil, `<text textLength="%.1f" lengthAdjust="spacingAndGlyphs" %s>%s</text>`, float64(width), part[1], part[4])
	})
}

// joinPaths makes one path of each row of strokes of one style, which a line of many dashes
// is: most of a document is their styles.
func joinPaths(doc []byte) []byte {
	const begin = `<path d="`
	var out, style []byte // style is that of the path that is still open in out
	for line := range bytes.Lines(doc) {
		path, ends, isPath := bytes.Cut(bytes.TrimPrefix(line, []byte(begin)), []byte(`"`))
		isStroke := isPath && bytes.HasPrefix(line, []byte(begin)) && bytes.Contains(ends, []byte("fill:none")) && bytes.HasSuffix(ends, []byte("/>\n"))
		switch {
		case isStroke && bytes.Equal(ends, style):
			out = append(out, path...)
			continue
		case style != nil:
			out = append(append(out, '"'), style...)
			style = nil
		}
		if !isStroke {
			out = append(out, line...)
			continue
		}
		out, style = append(append(out, begin...), path...), ends
	}
	if style != nil {
		out = append(append(out, '"'), style...)
	}
	return out
}

// shortenPaths has every path of lines written to a tenth of a point, each place as its
// distance from the one before: most of a document is places, and so it is two thirds of
// what the canvas writes. A path with anything but lines stays as it is.
func shortenPaths(doc []byte) []byte {
	begin := []byte(` d="`)
	out := make([]byte, 0, len(doc))
	for {
		before, rest, more := bytes.Cut(doc, begin)
		out = append(out, before...)
		if !more {
			return out
		}
		path, after, _ := bytes.Cut(rest, []byte(`"`))
		out, doc = append(out, begin...), after
		if short, ok := appendRelative(out, path); ok {
			out = short
		} else {
			out = append(out, path...)
		}
		out = append(out, '"')
	}
}

// appendRelative writes a path of absolute moves and lines as one of relative ones. Each is
// reckoned from the rounded place before it, so that roundings do not add up. It reports
// false for a path of other parts.
func appendRelative(out, path []byte) ([]byte, bool) {
	type place struct{ x, y int } // in tenths of a point
	var begun, last place
	var written byte // the command that a further place needs no letter for
	for len(path) > 0 {
		command := path[0]
		end := bytes.IndexAny(path[1:], "MLZA") + 1
		if end == 0 {
			end = len(path)
		}
		x, y, isPlace := bytes.Cut(path[1:end], []byte(","))
		path = path[end:]
		if command == 'Z' && !isPlace {
			out, last, written = append(out, 'Z'), begun, 0
			continue
		}
		right, err := strconv.ParseFloat(string(x), 64)
		up, err2 := strconv.ParseFloat(string(y), 64)
		if err != nil || err2 != nil || command != 'M' && command != 'L' || math.IsNaN(right+up) || math.IsInf(right+up, 0) {
			return nil, false
		}
		to := place{int(math.Round(10 * right)), int(math.Round(10 * up))}
		if command == 'M' {
			out = appendTenths(append(out, 'M'), to.x, false)
			out = appendTenths(out, to.y, true)
			begun, last, written = to, to, 0
			continue
		}
		if written != 'l' {
			out, written = append(out, 'l'), 'l'
			out = appendTenths(out, to.x-last.x, false)
		} else {
			out = appendTenths(out, to.x-last.x, true)
		}
		out = appendTenths(out, to.y-last.y, true)
		last = to
	}
	return out, true
}

// appendTenths writes a number of tenths, after a space where one of before would else
// run into it.
func appendTenths(out []byte, tenths int, apart bool) []byte {
	switch {
	case tenths < 0:
		out, tenths = append(out, '-'), -tenths
	case apart:
		out = append(out, ' ')
	}
	if whole := tenths / 10; whole > 0 || tenths == 0 {
		out = strconv.AppendInt(out, int64(whole), 10)
	}
	if tenths%10 > 0 {
		out = append(out, '.', byte('0'+tenths%10))
	}
	return out
}

// draw draws the whole chart: both formats are made by it.
func (c Chart) draw(on canvas) {
	on.SetColor(color.White)
	on.Fill(on.Rectangle.Path())
	c.body(drawFrame(on, c.Title, c.Subtitle, c.legend))
}

// legendEntry is one name of a legend and how it is drawn: a line, or a filled
// square.
type legendEntry struct {
	name   string
	color  color.Color
	square bool
}

// drawFrame draws title, subtitle and legend at the top of a chart and returns
// what is left for the picture.
func drawFrame(c canvas, title, subtitle string, legend []legendEntry) canvas {
	c = draw.Crop(c, 14, -14, 10, -12)
	width := c.Max.X - c.Min.X
	y := c.Max.Y
	paragraph := func(style text.Style, words string, height, gap vg.Length) {
		for _, line := range wrapText(style, words, width, 2) {
			writeText(c, style, c.Min.X, y-height, line)
			y -= height + gap
		}
	}
	paragraph(boldTextStyle(13, inkTitle), title, 13, 3)
	paragraph(textStyle(10, inkText), subtitle, 11, 2)
	if len(legend) > 0 {
		y = drawLegend(c, y-5, legend)
	}
	c.Max.Y = y - 8
	return c
}

// drawLegend writes the entries in rows below y and returns the new y.
func drawLegend(c canvas, y vg.Length, legend []legendEntry) vg.Length {
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
