package reports

import (
	_ "embed"
	"fmt"
	htmltemplate "html/template"
	"io"
	"slices"
	"text/template"

	"github.com/herdlab/herdlab/internal/compare"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

var (
	//go:embed assets/compare.md.tmpl
	compareSummary string

	//go:embed assets/compare.html.tmpl
	comparePage string
)

// CompareMarkdown writes a comparison for a comment on a pull request, in GitHub's
// dialect: the verdict, what is missing, and a table for each scenario of what differs,
// or of all figures. What a rule forbids is bold.
func CompareMarkdown(w io.Writer, c *compare.Gate, all bool) error {
	rows := func(s *compare.Strategy) []*compare.Row {
		if all {
			return s.Happened()
		}
		return s.Shown()
	}
	t, err := template.New("compare").Funcs(template.FuncMap{
		"escape": escapeMarkdown, "code": codeMarkdown, "rows": rows, "verdict": markdownVerdict,
		"more": func(s *compare.Strategy) int { return max(0, s.Differing()-len(rows(s))) },
		"any": func(s *compare.Scenario) bool {
			return slices.ContainsFunc(s.Strategies, func(s *compare.Strategy) bool { return len(rows(s)) > 0 })
		},
	}).Parse(compareSummary)
	if err == nil {
		err = t.Execute(printable{w}, c)
	}
	if err != nil {
		return fmt.Errorf("write the comparison: %w", err)
	}
	return nil
}

func markdownVerdict(r *compare.Row) string {
	text := r.Arrow()
	if r.Verdict != compare.Same {
		text += " " + r.Verdict.String()
	}
	if r.Breaks != nil {
		return "**" + text + "**"
	}
	return text
}

// CompareHTML writes a comparison as one page that needs nothing else: the verdict, what
// differs, every figure, and both results of each strategy that differs in one picture.
func CompareHTML(w io.Writer, c *compare.Gate) error {
	drawn := worthPictures(c)
	t, err := htmltemplate.New("compare").Funcs(htmltemplate.FuncMap{
		"overlay": overlay, "svg": svgOf, "drawn": func(s *compare.Strategy) bool { return drawn[s] },
	}).Parse(comparePage)
	if err == nil {
		err = t.Execute(printable{w}, c)
	}
	if err != nil {
		return fmt.Errorf("write the comparison: %w", err)
	}
	return nil
}

// mostDrawn is how many strategies have pictures: those of one take some 160 KB, and a
// change can make all 200 of the incidents differ.
const mostDrawn = 12

// worthPictures are the strategies that are drawn: of those that differ the ones that
// became worse in most, as many as there may be.
func worthPictures(c *compare.Gate) map[*compare.Strategy]bool {
	var list []*compare.Strategy
	for _, s := range c.Scenarios {
		for _, g := range s.Strategies {
			if g.Differing() > 0 {
				list = append(list, g)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *compare.Strategy) int { return b.Count(compare.Worse) - a.Count(compare.Worse) })
	drawn := make(map[*compare.Strategy]bool)
	for _, g := range list[:min(len(list), mostDrawn)] {
		drawn[g] = true
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

// overlay draws old and new of a strategy into the same charts. It takes them for two
// strategies of one result, which is all that the charts have to know.
func overlay(s *compare.Scenario, g *compare.Strategy) (pictures []charts.Chart) {
	file := *s.New
	file.Scenario = s.Name + ", " + g.Name
	file.Incident, file.Expectations, file.Runs = metrics.Incident{}, nil, nil
	failed := false
	add := func(name string, runs []*metrics.Run) {
		for _, r := range runs {
			run := *r
			run.Strategy, run.Part = name, metrics.Part{}
			failed = failed || run.Failures > 0
			file.Runs = append(file.Runs, &run)
		}
	}
	add("old", g.Old)
	add("new", g.New)
	// One axis of time holds both where their windows are the same.
	sameTime := s.Old.WindowMS == s.New.WindowMS && s.Old.DurationMS == s.New.DurationMS
	for _, c := range charts.New(view.New(&file, figures.All())) {
		title := overlayTitle(c.Name)
		if title == "" || !sameTime && c.Name != "distribution" || !failed && c.Name == "failures" {
			continue
		}
		pictures = append(pictures, c.Titled(title))
	}
	return pictures
}
