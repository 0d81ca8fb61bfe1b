package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"

	"github.com/herdlab/herdlab/internal/compare"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

//go:embed assets/compare.html.tmpl
var compareText string

var compareTemplate = template.Must(template.New("compare").Funcs(template.FuncMap{"svg": svgOf}).Parse(compareText))

// comparison is what the templates show beside the gate.
type comparison struct {
	*compare.Gate
	frame
	all   bool // every figure is shown
	drawn map[*compare.Strategy]bool
}

// CompareHTML writes a comparison as one page that needs nothing else: the verdict, what
// differs, every figure, and both results of each strategy that differs in one picture.
func CompareHTML(w io.Writer, g *compare.Gate) error {
	page := comparison{Gate: g, frame: newFrame(pageStyle, themeScript), drawn: worthPictures(g)}
	if err := compareTemplate.Execute(humanize.PrintableWriter(w), page); err != nil {
		return fmt.Errorf("write the comparison: %w", err)
	}
	return nil
}

// ShownOf are the rows of a strategy that the page shows.
func (c comparison) ShownOf(s *compare.Strategy) []*compare.Row {
	if c.all {
		return s.Happened()
	}
	return s.Shown()
}

// HiddenOf is how many rows of a strategy differ and are not shown.
func (c comparison) HiddenOf(s *compare.Strategy) int {
	return max(0, s.Differing()-len(c.ShownOf(s)))
}

// Shows reports whether there is a row of a scenario to show.
func (c comparison) Shows(s *compare.Scenario) bool {
	return slices.ContainsFunc(s.Strategies, func(s *compare.Strategy) bool { return len(c.ShownOf(s)) > 0 })
}

// Drawn reports whether the page has pictures of a strategy.
func (c comparison) Drawn(s *compare.Strategy) bool { return c.drawn[s] }

// mostDrawn is how many strategies have pictures: those of one take some 160 KB, and a
// change can make all 200 of the incidents differ.
const mostDrawn = 12

// worthPictures are the strategies that are drawn: of those that differ the ones that
// became worse in most, as many as there may be.
func worthPictures(g *compare.Gate) map[*compare.Strategy]bool {
	var list []*compare.Strategy
	for _, scenario := range g.Scenarios {
		for _, s := range scenario.Strategies {
			if s.Differing() > 0 {
				list = append(list, s)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *compare.Strategy) int { return b.Count(compare.Worse) - a.Count(compare.Worse) })
	drawn := make(map[*compare.Strategy]bool)
	for _, s := range list[:min(len(list), mostDrawn)] {
		drawn[s] = true
	}
	return drawn
}

// overlayTitle is the title of a chart that shows both sides, and empty of one that does
// not: the usual titles tell strategies apart.
func overlayTitle(chart string) string {
	return map[string]string{
		"distribution": "Response time by percentile, old and new", "latency": "Response time, old and new",
		"failures": "Failures, old and new", "herd": "Loads at the origin, old and new",
	}[chart]
}

// Overlay draws old and new of a strategy into the same charts. It takes them for two
// strategies of one result, which is all that the charts have to know.
func (comparison) Overlay(scenario *compare.Scenario, s *compare.Strategy) (pictures []charts.Chart) {
	file := *scenario.New
	file.Scenario = scenario.Name + ", " + s.Name
	file.Incident, file.Expectations, file.Runs = metrics.Incident{}, nil, nil
	failed := false
	add := func(name, role string, runs []*metrics.Run) {
		for _, r := range runs {
			run := *r
			run.Strategy, run.Part = name, metrics.Part{Role: role} // by which they have colours that differ
			failed = failed || run.Failures > 0
			file.Runs = append(file.Runs, &run)
		}
	}
	add("old", metrics.Before, s.Old)
	add("new", metrics.After, s.New)
	// One axis of time holds both where their windows are the same.
	sameTime := scenario.Old.WindowMS == scenario.New.WindowMS && scenario.Old.DurationMS == scenario.New.DurationMS
	for _, c := range charts.New(view.New(&file, figures.All())) {
		title := overlayTitle(c.Name)
		if title == "" || !sameTime && c.Name != "distribution" || !failed && c.Name == "failures" {
			continue
		}
		pictures = append(pictures, c.Titled(title))
	}
	return pictures
}
