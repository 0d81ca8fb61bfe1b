package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

var (
	//go:embed assets/page.html.tmpl
	pageTemplate string

	//go:embed assets/page.css
	pageStyle string
)

// page is what the template of index.html shows.
type page struct {
	Scenario, About, Source, Command string
	Verdict, Mood, Facts, SeedsNote  string
	Story                            story
	Style                            template.CSS
	Columns                          []string
	Rows                             []pageRow
	Expectations                     []metrics.Expectation
	Reasoned                         bool
	Warnings                         []string
	Charts                           []pageChart
	DetailsNote                      string
	Details                          []view.Detail
}

type pageRow struct {
	Name, Part, Color string
	Cells             []pageCell
}

type pageCell struct {
	Text, Note, Low, High string
	Bad                   bool
}

type pageChart struct {
	Name, Reading string
	SVG           template.HTML // made here, with every name in it escaped
}

// HTML writes index.html: one page with style and charts in it, which needs no
// script and asks for nothing from elsewhere. Its links lead to the files that
// [Write] puts beside it.
func HTML(w io.Writer, f *metrics.File) error { return writePage(w, f, charts.New(f)) }

func writePage(w io.Writer, f *metrics.File, pictures []charts.Chart) error {
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return fmt.Errorf("write index.html: %w", err)
	}
	p := newPage(f)
	for _, c := range pictures {
		svg, err := c.Element()
		if err != nil {
			return err
		}
		chart := pageChart{c.Name, c.Reading, template.HTML(svg)}
		if c.Name == charts.StoryName {
			p.Story.Picture = &chart
			continue
		}
		p.Charts = append(p.Charts, chart)
	}
	if err := t.Execute(w, p); err != nil {
		return fmt.Errorf("write index.html: %w", err)
	}
	return nil
}

func newPage(f *metrics.File) page {
	list := view.Groups(f)
	p := page{
		Scenario: f.Scenario, About: f.About, Source: strings.TrimSuffix(strings.Join(strings.Fields(f.Source), " "), "."), Command: f.Command,
		Verdict: view.Verdict(f), Mood: view.Mood(f), Facts: view.Facts(f, list), SeedsNote: view.SeedsNote(list), Style: template.CSS(pageStyle),
		Story: newStory(f), Expectations: f.Expectations, Reasoned: view.Reasoned(f), Warnings: view.Warnings(f), Details: view.Details(f, list),
		DetailsNote: "Outcomes are shares of the requests. What is zero everywhere is left out.",
	}
	if view.Seeds(list) > 1 {
		p.DetailsNote += fmt.Sprintf(" Medians of %d seeds.", view.Seeds(list))
	}
	cols := view.Columns(f)
	for _, c := range cols {
		p.Columns = append(p.Columns, c.Name)
	}
	for i, r := range view.Rows(f, cols) {
		row := pageRow{Name: r.Name, Part: r.Part, Color: fmt.Sprintf("#%06X", list[i].Color)}
		for _, c := range r.Cells {
			row.Cells = append(row.Cells, pageCell{c.Text, c.Note, c.Low, c.High, c.Bad})
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// story is what a page tells before its tables.
type story struct {
	Told         bool
	Paragraphs   []string
	Facts        []view.StoryFact
	Changes      []pageChange
	Picture      *pageChart
	Unreproduced []string
}

type pageChange struct{ Name, Role, Figures, Color string }

func newStory(f *metrics.File) story {
	s := story{Paragraphs: view.Paragraphs(f.Story), Facts: view.StoryFacts(f), Unreproduced: f.Unreproduced}
	list := view.Groups(f)
	for _, c := range view.Changes(f) {
		change := pageChange{Name: c.Strategy, Figures: c.Figures}
		if c.Role == metrics.Wrong {
			change.Role = "the tempting fix"
		}
		for _, g := range list {
			if g.Name == c.Strategy {
				change.Color = fmt.Sprintf("#%06X", g.Color)
			}
		}
		s.Changes = append(s.Changes, change)
	}
	s.Told = len(s.Paragraphs) > 0 || len(s.Facts) > 0 || view.TellsStory(list)
	return s
}
