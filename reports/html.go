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
	pageTemplate string

	//go:embed assets/page.css
	pageStyle string
)

// page is what the template of index.html shows beside the view.
type page struct {
	*view.View
	Style   template.CSS
	Picture *pageChart // of the story; nil without one
	Charts  []pageChart
}

type pageChart struct {
	Name, Reading string
	SVG           template.HTML // made here, with every name in it escaped
}

// HTML writes index.html: one page with style and charts in it, which needs no
// script and asks for nothing from elsewhere. Its links lead to the files that
// [Write] puts beside it. The pictures are the charts of the view.
func HTML(w io.Writer, v *view.View, pictures []charts.Chart) error {
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return fmt.Errorf("write index.html: %w", err)
	}
	p := page{View: v, Style: template.CSS(pageStyle)}
	for _, c := range pictures {
		svg, err := c.Element()
		if err != nil {
			return err
		}
		chart := pageChart{c.Name, c.Reading, template.HTML(svg)}
		if c.Name == charts.StoryName {
			p.Picture = &chart
			continue
		}
		p.Charts = append(p.Charts, chart)
	}
	if err := t.Execute(w, p); err != nil {
		return fmt.Errorf("write index.html: %w", err)
	}
	return nil
}

// Source is where the scenario comes from, as a part of a sentence.
func (p page) Source() string {
	return strings.TrimSuffix(strings.Join(strings.Fields(p.View.Source), " "), ".")
}

// HasStory reports whether there is anything to tell before the tables.
func (p page) HasStory() bool {
	return len(p.Paragraphs) > 0 || len(p.Asides) > 0 || p.TellsStory()
}
