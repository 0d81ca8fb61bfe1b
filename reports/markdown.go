package reports

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Markdown writes summary.md, in GitHub's dialect and made for a comment on a
// pull request: verdict, command, table, expectations, warnings. Bad values
// are bold.
func Markdown(w io.Writer, f *metrics.File) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "## %s: %s\n\n", escapeMarkdown(f.Scenario), Verdict(f))
	if f.About != "" {
		fmt.Fprintf(out, "%s\n\n", escapeMarkdown(f.About))
	}
	markdownStory(out, f)
	markdownTable(out, f)
	markdownUnreproduced(out, f)
	markdownExpectations(out, f)
	if list := warnings(f); len(list) > 0 {
		fmt.Fprintf(out, "### Warnings\n\n")
		for _, text := range list {
			fmt.Fprintf(out, "- %s\n", escapeMarkdown(text))
		}
		fmt.Fprintln(out)
	}
	if f.Command != "" {
		fence := strings.Repeat("`", 3+longestRun(f.Command, '`'))
		fmt.Fprintf(out, "Made on the %s clock. To make it again:\n\n%ssh\n%s\n%s\n", f.Clock, fence, f.Command, fence)
	}
	return out.Flush()
}

func markdownTable(out *bufio.Writer, f *metrics.File) {
	cols := columns(f)
	fmt.Fprint(out, "| strategy |")
	for _, c := range cols {
		fmt.Fprintf(out, " %s |", c.name)
	}
	fmt.Fprint(out, "\n|---|", strings.Repeat("---:|", len(cols)), "\n")
	for _, r := range rows(f, cols) {
		name := escapeMarkdown(r.name)
		if r.part != "" {
			name += "<br><sub>" + escapeMarkdown(r.part) + "</sub>"
		}
		fmt.Fprintf(out, "| %s |", name)
		for _, c := range r.cells {
			text := c.text
			if c.bad {
				text = "**" + text + "**"
			}
			for _, more := range []string{c.note, c.interval()} {
				if more != "" {
					text += "<br><sub>" + escapeMarkdown(more) + "</sub>"
				}
			}
			fmt.Fprintf(out, " %s |", text)
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out)
	if note := seedsNote(groups(f)); note != "" {
		fmt.Fprintf(out, "%s\n\n", note)
	}
}

func markdownExpectations(out *bufio.Writer, f *metrics.File) {
	if len(f.Expectations) == 0 {
		return
	}
	because := func(string) string { return "" } // a column that few files have
	if reasoned(f) {
		because = func(text string) string { return " " + text + " |" }
	}
	fmt.Fprintf(out, "### Expectations\n\n| | expectation | line |%s found |\n|---|---|---:|%s---|\n", because("because"), strings.ReplaceAll(because("---"), " ", ""))
	for _, e := range f.Expectations {
		mark := "holds"
		if !e.Holds {
			mark = "**fails**"
		}
		place := cmp.Or(e.Set, strconv.Itoa(e.Line))
		fmt.Fprintf(out, "| %s | %s | %s |%s %s |\n", mark, codeMarkdown(e.Text), escapeMarkdown(place), because(escapeMarkdown(e.Because)), escapeMarkdown(e.Reason))
	}
	fmt.Fprintln(out)
}

// reasoned reports whether an expectation says where its figure comes from.
func reasoned(f *metrics.File) bool {
	return slices.ContainsFunc(f.Expectations, func(e metrics.Expectation) bool { return e.Because != "" })
}

// Verdict is the headline of a report: how many of the expectations hold.
func Verdict(f *metrics.File) string {
	failed := 0
	for _, e := range f.Expectations {
		if !e.Holds {
			failed++
		}
	}
	text := "no expectations"
	switch total := len(f.Expectations); {
	case failed == 1 && total == 1:
		text = "the expectation failed"
	case failed > 0:
		text = fmt.Sprintf("%d of %s failed", failed, humanize.Plural(total, "expectation", "expectations"))
	case total == 1:
		text = "the expectation holds"
	case total > 1:
		text = fmt.Sprintf("all %d expectations hold", total)
	}
	if f.Interrupted {
		text = "interrupted, " + text
	}
	return text
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
