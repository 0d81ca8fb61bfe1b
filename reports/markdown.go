package reports

import (
	_ "embed"
	"fmt"
	"io"
	"strings"
	"text/template"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

//go:embed assets/summary.md.tmpl
var summaryText string

var summaryTemplate = template.Must(template.New("summary.md").Funcs(template.FuncMap{
	"escape": escapeMarkdown, "code": codeMarkdown, "fence": fenceFor, "change": MarkdownChange,
	"story": func() string { return charts.StoryName }, "folder": beside,
}).Parse(summaryText))

//go:embed assets/sweep.md.tmpl
var sweepSummaryText string

var sweepSummaryTemplate = template.Must(template.New("sweep.md").Funcs(template.FuncMap{"escape": escapeMarkdown, "code": codeMarkdown, "folder": beside}).Parse(sweepSummaryText))

// beside is the folder of a report for what stands in it.
func beside() string { return "" }

// elsewhere is a summary for a page that has nothing of the report's folder beside it, so
// that it says where the pictures are and links none.
func elsewhere(summary *template.Template, folder string) *template.Template {
	return template.Must(summary.Clone()).Funcs(template.FuncMap{"folder": func() string { return folder }})
}

// Markdown writes summary.md, in GitHub's dialect and made for a comment on a
// pull request: verdict, command, table, expectations, warnings. Bad values
// are bold.
func Markdown(w io.Writer, v *view.View) error {
	return summaryTemplate.Execute(humanize.PrintableWriter(w), v)
}

// MarkdownElsewhere is Markdown for a page that does not stand in the report's folder, as
// that of a workflow's run.
func MarkdownElsewhere(w io.Writer, v *view.View, folder string) error {
	return elsewhere(summaryTemplate, folder).Execute(humanize.PrintableWriter(w), v)
}

// sweepMarkdown writes summary.md of a sweep, likewise.
func sweepMarkdown(w io.Writer, v *view.Sweep) error {
	return sweepSummaryTemplate.Execute(humanize.PrintableWriter(w), sweepPage{Sweep: v})
}

// SweepElsewhere is summary.md of a sweep for a page that does not stand in its folder.
func SweepElsewhere(w io.Writer, v *view.Sweep, folder string) error {
	return elsewhere(sweepSummaryTemplate, folder).Execute(humanize.PrintableWriter(w), sweepPage{Sweep: v})
}

// markdownEscapes make text stand for itself: HTML, emphasis, links, mentions of users,
// and the bars of a table.
var markdownEscapes = strings.NewReplacer("<", "&lt;", ">", "&gt;", "&", "&amp;", "@", "@<!-- -->", "|", `\|`, `\`, `\\`, "`", "\\`",
	"*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "#", `\#`, "~", `\~`, "!", `\!`)

// escapeMarkdown makes text stand for itself, on one line.
func escapeMarkdown(s string) string {
	return markdownEscapes.Replace(strings.Join(strings.Fields(s), " "))
}

// codeMarkdown sets text as code inside a table, where GitHub wants a pipe
// escaped even in code.
func codeMarkdown(s string) string {
	s = strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
	fence := fenceFor(s)
	if len(fence) > 1 {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

// fenceFor is the shortest row of backticks that does not end code early.
func fenceFor(code string) string {
	fence := "`"
	for strings.Contains(code, fence) {
		fence += "`"
	}
	return fence
}

// MarkdownChange is a change in one sentence of Markdown.
func MarkdownChange(c view.Change) string {
	return fmt.Sprintf("**%s**%s: %s", escapeMarkdown(c.Strategy), c.Note(), escapeMarkdown(c.Figures))
}
