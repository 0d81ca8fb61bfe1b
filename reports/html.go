package reports

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

var (
	//go:embed assets/page.css
	pageStyle string // of every page

	//go:embed assets/theme.js
	themeScript string // of every page

	//go:embed assets/page.html.tmpl
	pageText string

	//go:embed assets/page.js
	pageScript string

	// uPlot draws the charts of the page; see NOTICE.
	//go:embed assets/uplot/uPlot.iife.min.js
	plotScript string

	//go:embed assets/uplot/uPlot.min.css
	plotStyle string
)

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// frame is what every page has: its style, its scripts, and the policy by which a
// browser runs those and nothing else.
type frame struct {
	Style   template.CSS
	Scripts []template.JS
	Policy  string
}

// newFrame is the frame of a page with some scripts.
func newFrame(style string, scripts ...string) frame {
	f := frame{Style: template.CSS(style)}
	var sources []string
	for _, s := range scripts {
		sum := sha256.Sum256([]byte(s))
		f.Scripts = append(f.Scripts, template.JS(s))
		sources = append(sources, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	// Pictures are files beside the page. Of a page on disk, 'self' is nothing.
	f.Policy = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src 'self' file:; style-src 'unsafe-inline'; script-src " + strings.Join(sources, " ")
	return f
}

// page is what the template of index.html shows beside the view.
type page struct {
	*view.View
	frame
	Story  *charts.Chart // nil without one
	Charts []charts.Chart

	Explored []explored   // requests, step by step; none unless they were asked for
	Glossary []view.Aside // what the words of the page mean

	drawn plots
	Data  template.JS // for the script
}

// HTML writes index.html: one page with its style, scripts and data in it, which asks
// for nothing from elsewhere. Its links lead to the files that [Write] puts beside it,
// which are also what is seen of the charts where no script may run. The pictures are
// the charts of the view.
func HTML(w io.Writer, v *view.View, pictures []charts.Chart) error {
	p := page{View: v, frame: newFrame(plotStyle+pageStyle, themeScript, plotScript, pageScript), drawn: newPlots(v), Explored: explore(v), Glossary: glossary(v)}
	for _, c := range pictures {
		if c.Name == charts.StoryName {
			p.Story = &c
		} else {
			p.Charts = append(p.Charts, c)
		}
	}
	data, err := json.Marshal(p.drawn)
	if err != nil {
		return fmt.Errorf("write index.html: %w", err)
	}
	p.Data = template.JS(data)
	if err := pageTemplate.Execute(humanize.PrintableWriter(w), p); err != nil {
		return fmt.Errorf("write index.html: %w", err)
	}
	return nil
}

// svgOf is the picture itself: every name in it is escaped where it is drawn.
func svgOf(c charts.Chart) (template.HTML, error) {
	svg, err := c.Element()
	return template.HTML(svg), err
}

// Drawn reports whether the page has a chart that a reader can work with.
func (p page) Drawn(name string) bool { return p.drawn.Charts[name] != nil }

// Source is where the scenario comes from, as a part of a sentence.
func (p page) Source() string {
	return strings.TrimSuffix(strings.Join(strings.Fields(p.View.Source), " "), ".")
}

// HasStory reports whether there is anything to tell before the tables.
func (p page) HasStory() bool {
	return len(p.Paragraphs) > 0 || len(p.Asides) > 0 || p.TellsStory()
}
