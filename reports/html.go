package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

var (
	//go:embed assets/page.html.tmpl
	pageText string

	//go:embed assets/page.css
	pageStyle string
)

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{"svg": svgOf}).Parse(pageText))

// page is what the template of index.html shows beside the view.
type page struct {
	*view.View
	Style   template.CSS
	Picture *charts.Chart // of the story; nil without one
	Charts  []charts.Chart
}

// HTML writes index.html: one page with style and charts in it, which needs no
// script and asks for nothing from elsewhere. Its links lead to the files that
// [Write] puts beside it. The pictures are the charts of the view.
func HTML(w io.Writer, v *view.View, pictures []charts.Chart) error {
	p := page{View: v, Style: template.CSS(pageStyle)}
	for _, c := range pictures {
		if c.Name == charts.StoryName {
			p.Picture = &c
		} else {
			p.Charts = append(p.Charts, c)
		}
	}
	if err := pageTemplate.Execute(w, p); err != nil {
		return fmt.Errorf("write index.html: %w", err)
	}
	return nil
}

// svgOf is the picture itself: every name in it is escaped where it is drawn.
func svgOf(c charts.Chart) (template.HTML, error) {
	svg, err := c.Element()
	return template.HTML(svg), err
}

// Source is where the scenario comes from, as a part of a sentence.
func (p page) Source() string {
	return strings.TrimSuffix(strings.Join(strings.Fields(p.View.Source), " "), ".")
}
