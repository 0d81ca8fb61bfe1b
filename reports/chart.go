package reports

import (
	"bytes"
	"fmt"
	"html"
	"image/color"
	"image/png"
	"io"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/herdlab/herdlab/internal/metrics"
)

const (
	chartWidth  = 675 // points: 1800 dots at 192 dpi
	chartHeight = 375 // points: 1000 dots
	chartDPI    = 192
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
}

// Charts are the pictures of f: before-after where it tells a story, latency, distribution, failures, herd,
// hit-ratio, age, bystander, boxes and overview. The age is left out where no value
// was served, the bystander where the scenario has none, and the boxes where they have
// no file caches. A file without runs has no charts.
func Charts(f *metrics.File) []Chart {
	s := newScene(f)
	if len(s.groups) == 0 {
		return nil
	}
	var charts []Chart
	if told(s.groups) {
		charts = append(charts, storyChart(s))
	}
	charts = append(charts, latencyChart(s), distributionChart(s), failuresChart(s), herdChart(s), hitRatioChart(s))
	if s.any(func(r *metrics.Run) bool { return r.AgeMS != nil }) {
		charts = append(charts, ageChart(s))
	}
	if len(bystanders(f)) > 0 {
		charts = append(charts, bystanderChart(s))
	}
	if s.any(func(r *metrics.Run) bool { return len(r.Series.Boxes) > 0 }) {
		charts = append(charts, boxesChart(s))
	}
	charts = append(charts, overviewChart(s))
	for i := range charts {
		c := &charts[i]
		c.width = chartWidth
		c.height = max(c.height, chartHeight)
	}
	return charts
}

// PNG writes the chart as an image of 1800 by 1000 dots, or higher where there
// are many tiles.
func (c Chart) PNG(w io.Writer) error { return c.png(w, chartDPI) }

func (c Chart) png(w io.Writer, dpi int) error {
	img := vgimg.NewWith(vgimg.UseWH(vg.Points(c.width), vg.Points(c.height)), vgimg.UseDPI(dpi))
	c.draw(draw.New(img))
	if err := png.Encode(w, img.Image()); err != nil {
		return fmt.Errorf("write %s.png: %w", c.Name, err)
	}
	return nil
}

// SVG writes the chart as an SVG document that names fonts with alternatives
// and carries none.
func (c Chart) SVG(w io.Writer) error {
	doc, err := c.svg()
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+doc)
	return err
}

// svg is the svg element, fit to stand in a page.
func (c Chart) svg() (string, error) {
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
	inside := head + bytes.IndexByte(doc[head:], '>') + 1
	// The canvas names the font alone: a reader without it would fall back to a serif.
	body := bytes.ReplaceAll(doc[inside:], []byte("font-family:Liberation Sans;font-variant:normal;"),
		[]byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif;"))
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" role="img" width="%gpt" height="%gpt" viewBox="0 0 %g %g">`+
		"\n<title>%s</title>%s", c.width, c.height, c.width, c.height, html.EscapeString(clean(c.Title)), body), nil
}

func (c Chart) draw(on canvas) {
	on.SetColor(color.White)
	on.Fill(on.Rectangle.Path())
	c.body(frame(on, c.Title, c.Subtitle, c.legend))
}
