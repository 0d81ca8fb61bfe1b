package settings

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"github.com/herdlab/herdlab/internal/tag"
)

// Notation is a table in Markdown of how quantities are written.
const Notation = "| written | means |\n|---|---|\n" +
	"| duration | `500us`, `20ms`, `5s`, `1h30m`, `2d`; a bare `0` needs no unit |\n" +
	"| rate | `20/s`, `1200/min`, `5/h` |\n" +
	"| size | `64KB` and `1MB` are powers of ten, `64KiB` and `1MiB` powers of two |\n" +
	"| bandwidth | `125MB/s`, `1Gbit/s` |\n" +
	"| share | `5%` or `0.05` |\n"

// Document writes the table of a struct in Markdown and, after it, those of its
// parts. A [Value] describes itself elsewhere.
func Document(b *bytes.Buffer, level, title string, t reflect.Type) {
	fmt.Fprintf(b, "\n%s %s\n\n", level, title)
	FieldTable(b, t)
	for _, f := range tag.Fields(t) {
		inner := f.Base()
		if _, own := valueOf(reflect.New(inner).Elem()); own {
			continue
		}
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() != reflect.Struct || len(tag.Fields(inner)) == 0 {
			continue
		}
		name := f.Name
		if level != "##" {
			name = title + "." + f.Name
		}
		Document(b, "###", name, inner)
	}
}

// FieldTable writes the fields of a struct as a table in Markdown.
func FieldTable(b *bytes.Buffer, t reflect.Type) {
	if len(tag.Fields(t)) == 0 {
		b.WriteString("It has no settings.\n")
		return
	}
	b.WriteString("| field | meaning | default |\n|---|---|---|\n")
	for _, f := range tag.Fields(t) {
		meaning := f.Doc
		if len(f.Enum) > 0 {
			meaning += ": `" + strings.Join(f.Enum, "`, `") + "`"
		}
		if form := unitWord(f); form != "" {
			meaning += " (" + form + ")"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", f.Name, strings.ReplaceAll(meaning, "|", `\|`), defaultWord(f))
	}
}

// unitWord names the way a value is written, where the meaning does not say.
func unitWord(f tag.Field) string {
	if f.Base().Kind() == reflect.Slice {
		f = f.Element()
	}
	return f.Measure()
}

func defaultWord(f tag.Field) string {
	switch {
	case f.Required && f.Or != "":
		return "required, or `" + f.Or + "`"
	case f.Required:
		return "required"
	case f.HasDefault:
		return "`" + f.Default + "`"
	case f.Base().Kind() == reflect.Bool:
		return "`false`"
	}
	return ""
}
