package reports

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/view"
)

const (
	nameWidth = 14 // of a strategy's name before it wraps
	columnGap = 2

	// narrow is the width where nobody knows it: of a pipe, whose reader may well be a
	// terminal of the usual 80 columns.
	narrow = 80
	widest = 110 // the eye does not follow a longer line
)

// Screen is what a terminal can show.
type Screen struct {
	Width int // in columns; 0 is not known, and taken for 80
	Color bool
}

// Table writes the summary for a terminal: scenario and verdict, and a row per strategy,
// the best first, with the median over the seeds of each figure, below it the ends of
// its interval (see [Estimate]) and the leading cause of failures. Columns for which
// there is no room stand below, in a table of their own; only those that a story adds
// are left out. What did not happen reads n/a. With color bad values are red: failures,
// duplicate computes, a herd, and latencies above ten times the best strategy's.
func Table(w io.Writer, v *view.View, to Screen) error {
	width := min(cmp.Or(to.Width, narrow), widest)
	prose := min(width, narrow)
	var out strings.Builder
	writeVerdict(&out, v, prose)
	lines := tableLines(v.Columns, v.Rows)
	for i, part := range fold(v.Columns, columnWidths(lines), width) {
		if i > 0 {
			out.WriteString("\n")
		}
		writeColumns(&out, part, lines, v.Rows, to.Color)
	}
	for _, s := range v.Behind() {
		out.WriteString(humanize.Wrap(fmt.Sprintf("%s: %s", strings.Map(humanize.Printable, s.Name), s.Beside), prose, "  "))
	}
	for _, s := range v.Out() {
		out.WriteString(humanize.Wrap(fmt.Sprintf("%s is out: %s", strings.Map(humanize.Printable, s.Name), s.Reason), prose, "  "))
	}
	writeFull(&out, v, prose)
	if note := v.Sampling; note != "" {
		out.WriteString(humanize.Wrap(note, prose, ""))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// fold puts the columns into as many tables below one another as the width asks for. In
// each of them the names, column 0, stand first. A column that a story adds begins no
// table.
func fold(cols []view.Column, widths []int, width int) (tables [][]int) {
	table, used := []int{0}, widths[0]
	for c := 1; c < len(widths); c++ {
		if used+columnGap+widths[c] > width && len(table) > 1 {
			if cols[c-1].Told {
				break
			}
			tables = append(tables, table)
			table, used = []int{0}, widths[0]
		}
		table, used = append(table, c), used+columnGap+widths[c]
	}
	return append(tables, table)
}

// writeColumns writes some columns of the table, a heading and a row for each strategy.
func writeColumns(out *strings.Builder, columns []int, lines [][][]string, list []view.Row, color bool) {
	part := make([][][]string, len(lines))
	for i, cells := range lines {
		for _, c := range columns {
			part[i] = append(part[i], cells[c])
		}
	}
	widths := columnWidths(part)
	for i, cells := range part {
		paint := func(_, _ int, text string) string { return text }
		if color && i > 0 {
			paint = func(c, l int, text string) string { return paintCell(list[i-1], columns[c], l, text) }
		}
		writeRow(out, cells, widths, paint)
		if i == 0 {
			out.WriteString(strings.Repeat("-", tableWidth(widths)) + "\n")
		}
	}
}

// writeVerdict writes what was run and what came of it.
func writeVerdict(out *strings.Builder, v *view.View, width int) {
	out.WriteString(humanize.Wrap(strings.Map(humanize.Printable, v.Scenario), width, ""))
	if v.Headline != "" {
		out.WriteString(humanize.Wrap(strings.Map(humanize.Printable, v.Headline), width, ""))
		out.WriteString(humanize.Wrap("Budget: "+v.Limits+".", width, ""))
	}
	if full := view.FullInShort(v.Full); full != "" {
		out.WriteString(humanize.Wrap("Full first: "+strings.Map(humanize.Printable, full)+".", width, ""))
	}
	out.WriteString("\n")
}

// writeFull writes what was full first, a sentence for every strategy, and what to know of it.
func writeFull(out *strings.Builder, v *view.View, width int) {
	if len(v.Full) > 0 {
		out.WriteString("What was full first:\n")
	}
	for _, f := range v.Full {
		out.WriteString(humanize.Wrap(strings.Map(humanize.Printable, f.Name)+": "+f.First, width, "  "))
	}
	for _, note := range v.Notes {
		out.WriteString(humanize.Wrap("Note: "+note, width, "  "))
	}
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
