package scenarios

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/herdlab/herdlab/internal/tag"
)

// row is one setting in force.
type row struct {
	name, value, doc string
	set              bool // to something else than its default
}

// settingRows are the settings of v; nested mappings follow under dotted names. A part that
// is not there has none.
func settingRows(v reflect.Value, prefix string) []row {
	var list []row
	for _, f := range tag.Fields(v.Type()) {
		field := v.FieldByIndex(f.Index)
		_, bare := tag.Bare(f.Base())
		if part := reflect.Indirect(field); part.Kind() == reflect.Struct && !bare {
			list = append(list, settingRows(part, prefix+f.Name+".")...)
			continue
		}
		plain := reflect.New(field.Type()).Elem()
		tag.SetDefault(f, plain)
		if text := f.Format(field); text != "" {
			list = append(list, row{prefix + f.Name, text, f.Doc, text != f.Format(plain)})
		}
	}
	return list
}

// explainSettings lists the fields of a configuration with value and meaning: those
// that differ from their defaults, each on a line, or all of them in full.
func explainSettings(b *bytes.Buffer, title string, v reflect.Value, all bool) {
	var list []row
	for _, r := range settingRows(v, "") {
		if all || r.set {
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	if all {
		writeTable(b, "  ", list)
		return
	}
	name, value := 0, 0 // widths
	for _, r := range list {
		name, value = max(name, utf8.RuneCountInString(r.name)), max(value, utf8.RuneCountInString(r.value))
	}
	value = min(value, screen/3)
	for _, r := range list {
		line := fmt.Sprintf("  %-*s  %-*s  ", name, r.name, value, r.value)
		if room := screen - utf8.RuneCountInString(line); room > 0 {
			line += shorten(r.doc, room)
		}
		fmt.Fprintln(b, strings.TrimRight(line, " "))
	}
}

func writeTable(b *bytes.Buffer, indent string, rows []row) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "%s%s\t%s\t%s\n", indent, r.name, r.value, r.doc)
	}
	w.Flush() // a bytes.Buffer does not fail
}

// screen is the width that lines of an explanation keep to, in columns.
const screen = 110

// writeHanging writes a text behind a lead; its further lines stand below its first.
func writeHanging(b *bytes.Buffer, lead, text string) {
	room := screen - utf8.RuneCountInString(lead)
	for _, line := range wrapLines(text, room) {
		fmt.Fprintf(b, "%s%s\n", lead, line)
		lead = strings.Repeat(" ", utf8.RuneCountInString(lead))
	}
}

// wrapLines folds a text and breaks it anew into lines of a width. A word that is longer has a line
// of its own.
func wrapLines(text string, width int) (lines []string) {
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

// shorten shortens a reference text to a width: after a semicolon, or else after a word.
func shorten(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	if first, _, found := strings.Cut(text, ";"); found && utf8.RuneCountInString(first) <= width {
		return first
	}
	return strings.TrimRight(wrapLines(text, width-1)[0], ",;:") + "…"
}

// writeParagraphs writes a text, which empty lines part.
func writeParagraphs(b *bytes.Buffer, text string) {
	gap := ""
	for part := range strings.SplitSeq(text, "\n\n") {
		if strings.TrimSpace(part) != "" {
			b.WriteString(gap)
			writeHanging(b, "", part)
			gap = "\n"
		}
	}
}

// writeTitled writes texts beside their titles, without those that are empty.
func writeTitled(b *bytes.Buffer, list [][2]string) {
	for _, pair := range list {
		if strings.TrimSpace(pair[1]) != "" {
			writeHanging(b, fmt.Sprintf("%-8s  ", pair[0]), pair[1])
		}
	}
}
