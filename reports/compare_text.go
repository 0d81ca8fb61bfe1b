package reports

import (
	_ "embed"
	"fmt"
	"io"
	"strings"
	"text/template"
	"unicode/utf8"

	"github.com/herdlab/herdlab/internal/compare"
	"github.com/herdlab/herdlab/internal/humanize"
)

//go:embed assets/compare.md.tmpl
var compareSummaryText string

var compareSummaryTemplate = template.Must(template.New("compare.md").Funcs(template.FuncMap{"escape": escapeMarkdown, "code": codeMarkdown}).Parse(compareSummaryText))

// CompareMarkdown writes a comparison for a comment on a pull request, in GitHub's
// dialect: the verdict, what is missing, and a table for each scenario of what differs,
// or of all figures. What a rule forbids is bold.
func CompareMarkdown(w io.Writer, g *compare.Gate, all bool) error {
	if err := compareSummaryTemplate.Execute(humanize.PrintableWriter(w), comparison{Gate: g, all: all}); err != nil {
		return fmt.Errorf("write the comparison: %w", err)
	}
	return nil
}

// The columns of a comparison, which fit into 80.
const (
	titleWidth  = 27
	valueWidth  = 9
	changeWidth = 11
	nameLimit   = 60 // of a scenario
)

// CompareText writes a comparison for a terminal of 80 columns: every strategy with the
// figures of the summary that differ and what a rule forbids, or with all of its figures.
// With color a worse figure is red and a better one green; words and arrows say the
// same without.
func CompareText(w io.Writer, c *compare.Gate, all, color bool) error {
	t := textComparison{all: all, color: color}
	for _, s := range c.Scenarios {
		t.scenario(s)
	}
	for _, p := range c.Problems {
		t.problem(p)
	}
	for _, r := range c.Rules {
		if n := c.Broken(r); n > 0 {
			fmt.Fprintf(&t.out, "%s by %s\n", t.paint(sgrBad, fmt.Sprintf("! %q is broken", r.Text)), humanize.Plural(n, "figure", "figures"))
		} else if len(c.Scenarios) > 0 && r.Text != compare.Usual().Text {
			fmt.Fprintf(&t.out, "  %q is kept\n", r.Text)
		}
	}
	fmt.Fprintln(&t.out, t.paint(verdictPaint(c), c.Verdict()))
	_, err := io.WriteString(w, t.out.String())
	return err
}

// textComparison is a comparison being written.
type textComparison struct {
	out        strings.Builder
	all, color bool
}

// The ways to stand out on a terminal (ECMA-48, select graphic rendition).
const (
	sgrPlain = ""
	sgrBold  = "1"
	sgrBad   = "1;31"
	sgrGood  = "32"
	sgrFaint = "2"
)

func verdictPaint(c *compare.Gate) string {
	if c.Regressed() {
		return sgrBad
	}
	return sgrBold
}

func (t *textComparison) paint(how, text string) string {
	if !t.color || how == sgrPlain {
		return text
	}
	return "\x1b[" + how + "m" + text + "\x1b[0m"
}

func (t *textComparison) scenario(s *compare.Scenario) {
	fmt.Fprintf(&t.out, "%s, %s clock\n", t.paint(sgrBold, cutName(s.Name, nameLimit)), s.New.Clock)
	heading := true
	for _, g := range s.Strategies {
		rows := g.Shown()
		if t.all {
			rows = g.Happened()
		}
		if len(rows) > 0 && heading {
			heading = false
			fmt.Fprintln(&t.out, t.paint(sgrFaint, figureLine("", "old", "new", "change", "")))
		}
		fmt.Fprintf(&t.out, "  %s: %s (%s)\n", cutName(g.Name, titleWidth), g.Summary(), g.Basis())
		if g.Note != "" {
			fmt.Fprintln(&t.out, "    "+g.Note)
		}
		for _, r := range rows {
			t.row(r)
		}
		if more := g.Differing() - len(rows); more > 0 {
			fmt.Fprintln(&t.out, t.paint(sgrFaint, fmt.Sprintf("    and %s (--all)", humanize.Plural(more, "other figure differs", "other figures differ"))))
		}
	}
	fmt.Fprintln(&t.out)
}

// row writes a figure, and below it what is known of the change where it was estimated.
func (t *textComparison) row(r *compare.Row) {
	verdict := r.Verdict.String()
	if r.Verdict == compare.Same {
		verdict = ""
	}
	if r.Breaks != nil {
		verdict += " !"
	}
	text := figureLine(cutName(r.FullTitle(), titleWidth), r.Write(r.Old), r.Write(r.New), r.Change(), strings.TrimRight(r.Arrow()+" "+verdict, " "))
	fmt.Fprintln(&t.out, t.paint(paintOf(r.Verdict), text))
	if interval := r.Interval(); interval != "" && r.Verdict != compare.Same {
		fmt.Fprintln(&t.out, t.paint(sgrFaint, fmt.Sprintf("      %s (95 %%), %s", interval, r.Evidence)))
	} else if r.Verdict == compare.NotEnough {
		fmt.Fprintln(&t.out, t.paint(sgrFaint, "      "+r.Evidence.String()))
	}
}

func paintOf(v compare.Verdict) string {
	switch v {
	case compare.Worse:
		return sgrBad
	case compare.Better:
		return sgrGood
	case compare.Same:
		return sgrFaint
	}
	return sgrPlain
}

// cutName is a name that is fit for a terminal and not wider.
func cutName(name string, width int) string {
	letters := []rune(strings.Map(humanize.Printable, name))
	if len(letters) > width {
		return string(letters[:width-1]) + "…"
	}
	return string(letters)
}

// figureLine sets the columns of a figure side by side.
func figureLine(title, old, new, change, verdict string) string {
	right := func(text string, width int) string {
		return strings.Repeat(" ", max(1, width-utf8.RuneCountInString(text))) + text
	}
	text := "    " + title + strings.Repeat(" ", titleWidth-utf8.RuneCountInString(title)) +
		right(old, valueWidth) + right(new, valueWidth) + right(change, changeWidth) + "  " + verdict
	return strings.TrimRight(text, " ")
}

func (t *textComparison) problem(p compare.Problem) {
	how, what := sgrPlain, "note: "
	if p.Fails {
		how, what = sgrBad, "missing: "
	}
	fmt.Fprintln(&t.out, t.paint(how, what+strings.Map(humanize.Printable, p.String())))
}
