package settings

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/tag"
)

// Object is a JSON Schema (draft 2020-12) in the making. It accepts every file
// that the decoder accepts; checks that need more than one field are beyond it.
type Object = map[string]any

// StructSchema is the schema of a mapping that fills a struct.
func StructSchema(t reflect.Type) Object {
	properties := Object{}
	var required []string
	for _, f := range tag.Fields(t) {
		properties[f.Name] = FieldSchema(f)
		if f.Required && f.Or == "" { // one of two is for the schema of the whole to say
			required = append(required, f.Name)
		}
	}
	o := Object{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

// FieldSchema is the schema of a field with its description and default.
func FieldSchema(f tag.Field) Object {
	o := valueSchema(f)
	if f.Doc != "" {
		o["description"] = f.Doc
	}
	if f.HasDefault {
		o["default"] = jsonDefault(f)
	}
	return o
}

func valueSchema(f tag.Field) Object {
	t := f.Base()
	if own, ok := valueOf(reflect.New(t).Elem()); ok {
		return own.SettingSchema()
	}
	switch {
	case f.Measure() != "":
		return measureSchema(f)
	case t.Kind() == reflect.Struct:
		if bare, ok := tag.Bare(t); ok {
			return Object{"anyOf": []any{valueSchema(bare), StructSchema(t)}}
		}
		return StructSchema(t)
	case t.Kind() == reflect.Slice:
		o := Object{"type": "array", "items": valueSchema(f.Element())}
		if f.Required {
			o["minItems"] = 1
		}
		return o
	case len(f.Enum) > 0:
		return Object{"enum": f.Enum}
	}
	switch t.Kind() {
	case reflect.String:
		return Object{"type": "string"}
	case reflect.Bool:
		return Object{"type": "boolean"}
	case reflect.Float64:
		return withRange(f, Object{"type": "number"})
	case reflect.Uint64:
		return Object{"type": "integer", "minimum": 0}
	}
	return withRange(f, Object{"type": "integer"})
}

// DurationPattern is what a duration looks like, without anchors.
const DurationPattern = `(0|(` + numberText + `(ns|us|µs|μs|ms|s|m|h|d))+)`

const (
	numberText       = `(0|[1-9][0-9]*)(\.[0-9]+)?`
	perText          = `/(s|sec|m|min|h|d)`
	ratePattern      = `(0|` + numberText + perText + `)`
	sizePattern      = `(0|` + numberText + `([kK]B|MB|GB|TB|KiB|MiB|GiB|TiB|B))`
	bandwidthPattern = `(0|` + numberText + `([kK]B|MB|GB|TB|KiB|MiB|GiB|TiB|B|bit|kbit|Mbit|Gbit)` + perText + `)`
	sharePattern     = numberText + `([eE][-+]?[0-9]{1,3})?%?`
)

// measureSchema is the schema of what carries a unit.
func measureSchema(f tag.Field) Object {
	patterns := map[string]string{"duration": DurationPattern, "rate": ratePattern, "size": sizePattern, "bandwidth": bandwidthPattern}
	if pattern, ok := patterns[f.Measure()]; ok {
		// A bare 0 needs no unit. To a schema it is an integer, for which minimum and maximum
		// hold and the pattern does not.
		return Object{"type": []string{"string", "integer"}, "pattern": "^" + pattern + "$", "minimum": 0, "maximum": 0}
	}
	return withRange(f, Object{"type": []string{"string", "number"}, "pattern": "^" + sharePattern + "$"})
}

// withRange adds the bounds that hold for plain numbers. Those with a unit are texts
// to a schema, and the decoder's to check.
func withRange(f tag.Field, o Object) Object {
	if n, err := strconv.ParseFloat(f.Min, 64); err == nil {
		o["minimum"] = n
	}
	if n, err := strconv.ParseFloat(f.Max, 64); err == nil {
		o["maximum"] = n
	}
	return o
}

// jsonDefault is the default as JSON has it: numbers and truth values bare.
func jsonDefault(f tag.Field) any {
	if f.Unit == "" && f.Base() != reflect.TypeFor[time.Duration]() {
		switch k := f.Base().Kind(); {
		case k == reflect.Bool:
			return f.Default == "true"
		case k != reflect.String:
			return json.Number(f.Default)
		}
	}
	return f.Default
}

// Document is the table of a struct in Markdown and, after it, those of its parts. A
// [Value] describes itself elsewhere.
func Document(level, title string, t reflect.Type) string {
	text := fmt.Sprintf("\n%s %s\n\n%s", level, title, FieldTable(t))
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
		text += Document("###", name, inner)
	}
	return text
}

// FieldTable is the fields of a struct as a table in Markdown.
func FieldTable(t reflect.Type) string {
	if len(tag.Fields(t)) == 0 {
		return "It has no settings.\n"
	}
	text := "| field | meaning | default |\n|---|---|---|\n"
	for _, f := range tag.Fields(t) {
		meaning, unit := f.Doc, f
		if len(f.Enum) > 0 {
			meaning += ": `" + strings.Join(f.Enum, "`, `") + "`"
		}
		if f.Base().Kind() == reflect.Slice {
			unit = f.Element()
		}
		if word := unit.Measure(); word != "" {
			meaning += " (" + word + ")"
		}
		text += fmt.Sprintf("| `%s` | %s | %s |\n", f.Name, strings.ReplaceAll(meaning, "|", `\|`), defaultWord(f))
	}
	return text
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
