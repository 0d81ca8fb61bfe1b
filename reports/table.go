package reports

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/view"
)

const (
	nameWidth = 14 // of a strategy's name before it wraps; with it a table fits into 110
	columnGap = 2
	widest    = 110

	proseWidth = 80 // of sentences
)

// Table writes the summary for a terminal, at most 110 columns wide: scenario and
// verdict, and a row per strategy, the best first, with the median over the seeds of each figure, below it the ends of
// its interval (see [Estimate]) and the leading cause of failures. What did not
// happen reads n/a. With color bad values are red: failures, duplicate
// computes, a herd, and latencies above ten times the best strategy's. Of the
// columns that a story adds those are left out for which there is no room.
func Table(w io.Writer, v *view.View, color bool) error {
	cols, list := v.Columns, v.Rows
	lines := tableLines(cols, list)
	widths := columnWidths(lines)
	for ; cols[len(cols)-1].Told && tableWidth(widths) > widest; cols = cols[:len(cols)-1] {
		for i := range lines {
			lines[i] = lines[i][:len(cols)]
		}
		widths = widths[:len(cols)]
	}
	var out strings.Builder
	writeVerdict(&out, v)
	for i, cells := range lines {
		paint := func(_, _ int, text string) string { return text }
		if color && i > 0 {
			paint = func(c, l int, text string) string { return paintCell(list[i-1], c, l, text) }
		}
		writeRow(&out, cells, widths, paint)
		if i == 0 {
			out.WriteString(strings.Repeat("-", tableWidth(widths)) + "\n")
		}
	}
	for _, s := range v.Out() {
		out.WriteString(humanize.Wrap(fmt.Sprintf("%s is out: %s", strings.Map(humanize.Printable, s.Name), s.Reason), proseWidth, "  "))
	}
	if note := v.Sampling; note != "" {
		out.WriteString(note + "\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// writeVerdict writes what was run and what came of it.
func writeVerdict(out *strings.Builder, v *view.View) {
	out.WriteString(strings.Map(humanize.Printable, v.Scenario) + "\n")
	if v.Headline != "" {
		out.WriteString(humanize.Wrap(strings.Map(humanize.Printable, v.Headline), proseWidth, ""))
		out.WriteString(humanize.Wrap("Budget: "+v.Limits+".", proseWidth, ""))
	}
	out.WriteString("\n")
}

// tableLines are the rows of the table, the heading first, as cells of lines.
func tableLines(cols []view.Column, list []view.Row) [][][]string {
	lines := [][][]string{{{"strategy"}}}
	for _, c := range cols {
		lines[0] = append(lines[0], strings.Fields(strings.Replace(c.Title, "duplicates", "dupli- cates", 1)))
	}
	for _, r := range list {
		cells := [][]string{wrapName(r.Name)}
		if r.Place != "" {
			cells[0][0] = fmt.Sprintf("%-4s%s", r.Place, cells[0][0])
			for i := range cells[0][1:] {
				cells[0][i+1] = "    " + cells[0][i+1]
			}
		}
		for _, c := range r.Cells {
			cells = append(cells, cellLines(c))
		}
		lines = append(lines, cells)
	}
	return lines
}

// cellLines are the lines of a cell: the value, the ends of its interval, and
// what caused it word by word.
func cellLines(c view.Cell) []string {
	lines := []string{c.Text}
	if c.Low != c.High {
		lines = append(lines, c.Low, c.High)
	}
	return append(lines, strings.Fields(c.Note)...)
}

// paintCell colours line l of column c: a bad value red, what stands below a
// value faint.
func paintCell(r view.Row, c, l int, text string) string {
	switch {
	case c == 0:
		return text
	case l > 0:
		return "\x1b[2m" + text + "\x1b[0m"
	case r.Cells[c-1].Bad:
		return "\x1b[1;31m" + text + "\x1b[0m"
	}
	return text
}

// writeRow writes the cells side by side, the first column to the left and the
// others to the right, and no blanks at the end of a line.
func writeRow(out *strings.Builder, cells [][]string, widths []int, paint func(c, l int, text string) string) {
	height := 0
	for _, lines := range cells {
		height = max(height, len(lines))
	}
	for l := range height {
		row := ""
		for c, lines := range cells {
			text, shown := "", ""
			if l < len(lines) {
				text = strings.TrimRight(lines[l], " ")
			}
			if text != "" {
				shown = paint(c, l, text)
			}
			blank := strings.Repeat(" ", widths[c]-utf8.RuneCountInString(text))
			if c == 0 {
				row = shown + blank
			} else {
				row += strings.Repeat(" ", columnGap) + blank + shown
			}
		}
		out.WriteString(strings.TrimRight(row, " ") + "\n")
	}
}

// columnWidths are those of all columns, the names first.
func columnWidths(lines [][][]string) []int {
	widths := make([]int, len(lines[0]))
	for _, cells := range lines {
		for c, cell := range cells {
			for _, text := range cell {
				widths[c] = max(widths[c], utf8.RuneCountInString(text))
			}
		}
	}
	return widths
}

func tableWidth(widths []int) int {
	sum := (len(widths) - 1) * columnGap
	for _, width := range widths {
		sum += width
	}
	return sum
}

// wrapName breaks a name after spaces, hyphens and slashes where it would be
// wider than nameWidth, and in the middle of a word where it must. Control
// characters do not reach the terminal.
func wrapName(name string) (lines []string) {
	line, width, canBreak := []rune{}, 0, 0
	for _, r := range strings.Map(humanize.Printable, name) {
		line, width = append(line, r), width+1
		if width > nameWidth {
			if canBreak == 0 {
				canBreak = width - 1
			}
			lines = append(lines, strings.TrimSpace(string(line[:canBreak])))
			line = append([]rune{}, line[canBreak:]...)
			width, canBreak = len(line), 0
		}
		if strings.ContainsRune(" -/_", r) && width > 0 {
			canBreak = width
		}
	}
	return append(lines, string(line))
}
