package scenarios

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// screen is the width that lines of an explanation keep to, in columns.
const screen = 110

// hanging writes a text behind a lead; its further lines stand below its first.
func hanging(b *bytes.Buffer, lead, text string) {
	room := screen - utf8.RuneCountInString(lead)
	for _, line := range wrap(text, room) {
		fmt.Fprintf(b, "%s%s\n", lead, line)
		lead = strings.Repeat(" ", utf8.RuneCountInString(lead))
	}
}

// wrap folds a text and breaks it anew into lines of a width. A word that is longer has a line
// of its own.
func wrap(text string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

// cut shortens a reference text to a width: after a semicolon, or else after a word.
func cut(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	if first, _, found := strings.Cut(text, ";"); found && utf8.RuneCountInString(first) <= width {
		return first
	}
	return strings.TrimRight(wrap(text, width-1)[0], ",;:") + "…"
}
