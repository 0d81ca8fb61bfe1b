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

// rows are the settings of v; nested mappings follow under dotted names. A part that
// is not there has none.
func rows(v reflect.Value, prefix string) []row {
	var list []row
	for _, f := range tag.Fields(v.Type()) {
		field := v.FieldByIndex(f.Index)
		_, bare := tag.Bare(f.Base())
		if part := reflect.Indirect(field); part.Kind() == reflect.Struct && !bare {
			list = append(list, rows(part, prefix+f.Name+".")...)
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
	for _, r := range rows(v, "") {
		if all || r.set {
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	if all {
		table(b, "  ", list)
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
			line += cut(r.doc, room)
		}
		fmt.Fprintln(b, strings.TrimRight(line, " "))
	}
}

func table(b *bytes.Buffer, indent string, rows []row) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "%s%s\t%s\t%s\n", indent, r.name, r.value, r.doc)
	}
	w.Flush() // a bytes.Buffer does not fail
}
