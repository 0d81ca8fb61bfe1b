package reports

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

// Markdown writes summary.md, in GitHub's dialect and made for a comment on a
// pull request: verdict, command, table, expectations, warnings. Bad values
// are bold.
func Markdown(w io.Writer, v *view.View) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "## %s: %s\n\n", escapeMarkdown(v.Scenario), v.Verdict)
	if v.About != "" {
		fmt.Fprintf(out, "%s\n\n", escapeMarkdown(v.About))
	}
	markdownStory(out, v)
	markdownTable(out, v)
	markdownList(out, "What cannot be reproduced", v.Unreproduced)
	markdownExpectations(out, v)
	markdownList(out, "Warnings", v.Warnings)
	if v.Command != "" {
		fence := strings.Repeat("`", 3+longestRun(v.Command, '`'))
		fmt.Fprintf(out, "Made on the %s clock. To make it again:\n\n%ssh\n%s\n%s\n", v.Clock, fence, v.Command, fence)
	}
	return out.Flush()
}

func markdownTable(out *bufio.Writer, v *view.View) {
	cols := v.Columns
	fmt.Fprint(out, "| strategy |")
	for _, c := range cols {
		fmt.Fprintf(out, " %s |", c.Title)
	}
	fmt.Fprint(out, "\n|---|", strings.Repeat("---:|", len(cols)), "\n")
	for _, r := range v.Rows {
		name := escapeMarkdown(r.Name)
		if r.Part != "" {
			name += "<br><sub>" + escapeMarkdown(r.Part) + "</sub>"
		}
		fmt.Fprintf(out, "| %s |", name)
		for _, c := range r.Cells {
			text := c.Text
			if c.Bad {
				text = "**" + text + "**"
			}
			for _, more := range []string{c.Note, c.Interval()} {
				if more != "" {
					text += "<br><sub>" + escapeMarkdown(more) + "</sub>"
				}
			}
			fmt.Fprintf(out, " %s |", text)
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out)
	if note := v.Sampling; note != "" {
		fmt.Fprintf(out, "%s\n\n", note)
	}
}

func markdownExpectations(out *bufio.Writer, v *view.View) {
	if len(v.Expectations) == 0 {
		return
	}
	because := func(string) string { return "" } // a column that few files have
	if v.Reasoned() {
		because = func(text string) string { return " " + text + " |" }
	}
	fmt.Fprintf(out, "### Expectations\n\n| | expectation | line |%s found |\n|---|---|---:|%s---|\n", because("because"), strings.ReplaceAll(because("---"), " ", ""))
	for _, e := range v.Expectations {
		mark := "holds"
		if !e.Holds {
			mark = "**fails**"
		}
		place := cmp.Or(e.Set, strconv.Itoa(e.Line))
		fmt.Fprintf(out, "| %s | %s | %s |%s %s |\n", mark, codeMarkdown(e.Text), escapeMarkdown(place), because(escapeMarkdown(e.Because)), escapeMarkdown(e.Reason))
	}
	fmt.Fprintln(out)
}

// escapeMarkdown makes text stand for itself, inside a table too: HTML,
// emphasis, links, mentions of users and line breaks.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(s), " ") {
		switch r {
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString("&amp;")
		case '|':
			b.WriteString(`\|`)
		case '@':
			b.WriteString("@<!-- -->")
		case '\\', '`', '*', '_', '[', ']', '#', '~', '!':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// codeMarkdown sets text as code inside a table, where GitHub wants a pipe
// escaped even in code.
func codeMarkdown(s string) string {
	s = strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
	fence := strings.Repeat("`", 1+longestRun(s, '`'))
	if len(fence) > 1 {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

// longestRun is the length of the longest run of r in s.
func longestRun(s string, r rune) int {
	longest, run := 0, 0
	for _, c := range s {
		run++
		if c != r {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// markdownStory writes the story, what changed, and where the picture is.
func markdownStory(out *bufio.Writer, v *view.View) {
	for _, text := range v.Paragraphs {
		fmt.Fprintf(out, "%s\n\n", escapeMarkdown(text))
	}
	for _, aside := range v.Asides {
		fmt.Fprintf(out, "- %s: %s\n", aside.Title, escapeMarkdown(aside.Text))
	}
	if len(v.Asides) > 0 {
		fmt.Fprintln(out)
	}
	if len(v.Changes) == 0 {
		return
	}
	fmt.Fprintf(out, "### What changed\n\n")
	for _, c := range v.Changes {
		fmt.Fprintf(out, "- %s\n", MarkdownChange(c))
	}
	fmt.Fprintf(out, "\n[Before and after in one picture](plots/%s.png)\n\n", charts.StoryName)
}

// MarkdownChange is a change in one sentence of Markdown.
func MarkdownChange(c view.Change) string {
	return fmt.Sprintf("**%s**%s: %s", escapeMarkdown(c.Strategy), c.Note(), escapeMarkdown(c.Figures))
}

// markdownList writes texts as a list with a heading, and nothing where there are none.
func markdownList(out *bufio.Writer, heading string, texts []string) {
	if len(texts) == 0 {
		return
	}
	fmt.Fprintf(out, "### %s\n\n", heading)
	for _, text := range texts {
		fmt.Fprintf(out, "- %s\n", escapeMarkdown(text))
	}
	fmt.Fprintln(out)
}
