package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
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
	Details                          []detail
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
func HTML(w io.Writer, f *metrics.File) error { return writePage(w, f, Charts(f)) }

func writePage(w io.Writer, f *metrics.File, charts []Chart) error {
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return fmt.Errorf("write index.html: %w", err)
	}
	p := newPage(f)
	for _, c := range charts {
		svg, err := c.svg()
		if err != nil {
			return err
		}
		chart := pageChart{c.Name, c.Reading, template.HTML(svg)}
		if c.Name == storyName {
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
	list := groups(f)
	p := page{
		Scenario: f.Scenario, About: f.About, Source: strings.TrimSuffix(strings.Join(strings.Fields(f.Source), " "), "."), Command: f.Command,
		Verdict: Verdict(f), Mood: mood(f), Facts: facts(f, list), SeedsNote: seedsNote(list), Style: template.CSS(pageStyle),
		Story: newStory(f), Expectations: f.Expectations, Reasoned: reasoned(f), Warnings: warnings(f), Details: details(f, list),
		DetailsNote: "Outcomes are shares of the requests. What is zero everywhere is left out.",
	}
	if seeds(list) > 1 {
		p.DetailsNote += fmt.Sprintf(" Medians of %d seeds.", seeds(list))
	}
	cols := columns(f)
	for _, c := range cols {
		p.Columns = append(p.Columns, c.name)
	}
	for i, r := range rows(f, cols) {
		row := pageRow{Name: r.name, Part: r.part, Color: fmt.Sprintf("#%06X", list[i].ink)}
		for _, c := range r.cells {
			row.Cells = append(row.Cells, pageCell{c.text, c.note, c.low, c.high, c.bad})
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// mood is the colour of the verdict.
func mood(f *metrics.File) string {
	for _, e := range f.Expectations {
		if !e.Holds {
			return "bad"
		}
	}
	if f.Interrupted {
		return "bad"
	}
	if len(f.Expectations) > 0 {
		return "good"
	}
	return ""
}

// facts is the size of the run in one line.
func facts(f *metrics.File, list []group) string {
	text := fmt.Sprintf("%s, %s, %s of %s time.", humanize.Plural(len(list), "strategy", "strategies"),
		humanize.Plural(seeds(list), "seed", "seeds"), humanize.Duration(f.DurationMS), f.Clock)
	if len(f.Faults) > 6 {
		return fmt.Sprintf("%s %d faults, the first at %s: %s.", text, len(f.Faults), humanize.Duration(f.Faults[0].AtMS), f.Faults[0].Label)
	}
	for _, fault := range f.Faults {
		text += fmt.Sprintf(" Fault at %s: %s.", humanize.Duration(fault.AtMS), fault.Label)
	}
	return text
}
