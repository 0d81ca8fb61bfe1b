package scenarios

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/catalog"
)

// object is a JSON Schema in the making.
type object = map[string]any

// Schema is the JSON Schema (draft 2020-12) of a scenario file, for editors.
// It is made from the same tags as the loader and accepts every file that the
// loader accepts; the checks that need more than one field are the loader's
// alone.
func Schema() ([]byte, error) {
	root := structSchema(reflect.TypeFor[Scenario]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "a herdlab scenario"
	root["$defs"] = strategyDefs()
	root["oneOf"] = []any{object{"required": []string{"strategies"}}, object{"required": []string{"variants"}}}
	b, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("make the schema: %w", err)
	}
	return append(b, '\n'), nil
}

func structSchema(t reflect.Type) object {
	properties := object{}
	var required []string
	for _, s := range settings(t) {
		properties[s.name] = s.schema()
		if s.required && s.or == "" {
			required = append(required, s.name)
		}
	}
	o := object{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

// schema is the setting's schema with its description and default.
func (s setting) schema() object {
	o := s.bare()
	if s.doc != "" {
		o["description"] = s.doc
	}
	if s.hasDef {
		o["default"] = s.jsonDefault()
	}
	return o
}

func (s setting) bare() object {
	t := s.base()
	switch t {
	case reflect.TypeFor[[]Entry]():
		return object{"$ref": "#/$defs/strategies"}
	case reflect.TypeFor[Variants]():
		return object{"$ref": "#/$defs/variants"}
	case reflect.TypeFor[Overrides]():
		return object{"type": "object"}
	case reflect.TypeFor[[]Phase]():
		span := strings.TrimSuffix(strings.TrimPrefix(durationPattern, "^"), "$")
		text := object{"type": "string", "pattern": "^" + span + `\.\.` + span + "( +warm-up)?$"}
		return object{"type": "object", "additionalProperties": object{"anyOf": []any{text, structSchema(reflect.TypeFor[Phase]())}}}
	case reflect.TypeFor[[]*Expectation]():
		return object{"type": "array", "items": object{"anyOf": []any{object{"type": "string"}, structSchema(reflect.TypeFor[reasoned]())}}}
	case reflect.TypeFor[time.Duration]():
		return zeroOr(durationPattern)
	}
	switch {
	case t.Kind() == reflect.Struct:
		if short, ok := shorthand(t); ok {
			return object{"anyOf": []any{short.bare(), structSchema(t)}}
		}
		return structSchema(t)
	case t.Kind() == reflect.Slice:
		o := object{"type": "array", "items": s.element().bare()}
		if s.required {
			o["minItems"] = 1
		}
		return o
	case len(s.enum) > 0:
		return object{"enum": s.enum}
	}
	return s.scalarSchema(t)
}

const (
	numberText       = `(0|[1-9][0-9]*)(\.[0-9]+)?`
	perText          = `/(s|sec|m|min|h|d)`
	durationPattern  = `^(0|(` + numberText + `(ns|us|µs|μs|ms|s|m|h|d))+)$`
	ratePattern      = `^(0|` + numberText + perText + `)$`
	bytesPattern     = `^(0|` + numberText + `([kK]B|MB|GB|TB|KiB|MiB|GiB|TiB|B))$`
	bandwidthPattern = `^(0|` + numberText + `([kK]B|MB|GB|TB|KiB|MiB|GiB|TiB|B|bit|kbit|Mbit|Gbit)` + perText + `)$`
	sharePattern     = `^` + numberText + `([eE][-+]?[0-9]{1,3})?%?$`
)

// zeroOr is a text of the pattern, or the number 0, which needs no unit.
func zeroOr(pattern string) object {
	return object{"type": []string{"string", "integer"}, "pattern": pattern, "minimum": 0, "maximum": 0}
}

func (s setting) scalarSchema(t reflect.Type) object {
	switch s.unit {
	case "/s":
		return zeroOr(ratePattern)
	case "bytes":
		return zeroOr(bytesPattern)
	case "bytes/s":
		return zeroOr(bandwidthPattern)
	case "share":
		return s.withRange(object{"type": []string{"string", "number"}, "pattern": sharePattern})
	}
	switch t.Kind() {
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Float64:
		return s.withRange(object{"type": "number"})
	case reflect.Uint64:
		return object{"type": "integer", "minimum": 0}
	}
	return s.withRange(object{"type": "integer"})
}

// withRange adds the bounds that hold for plain numbers.
func (s setting) withRange(o object) object {
	if f, err := strconv.ParseFloat(s.min, 64); err == nil {
		o["minimum"] = f
	}
	if f, err := strconv.ParseFloat(s.max, 64); err == nil {
		o["maximum"] = f
	}
	return o
}

// jsonDefault is the default as JSON has it: numbers and truth values bare.
func (s setting) jsonDefault() any {
	text := s.def
	if s.unit == "" && s.base() != reflect.TypeFor[time.Duration]() {
		switch k := s.base().Kind(); {
		case k == reflect.Bool:
			return text == "true"
		case k != reflect.String:
			return json.Number(text)
		}
	}
	return text
}

// strategyDefs are the schemas of the strategies: by kind, and by label.
func strategyDefs() object {
	defs, byKind := object{}, object{}
	labelled := []any{}
	for _, k := range catalog.All() {
		o := structSchema(k.Settings())
		o["description"] = k.Doc
		properties := o["properties"].(object)
		properties["use"] = object{"const": k.Name, "description": "the kind of strategy, where the label is another word"}
		for _, s := range settings(reflect.TypeFor[Part]()) {
			properties[s.name] = s.schema()
		}
		properties["with"] = object{"type": "object", "description": "overrides of the scenario for this strategy only, such as {fleet.cache.ring: modulo}"}
		if k.Over {
			properties["over"] = object{
				"description": "the strategy beneath; naive by default",
				"anyOf":       []any{object{"enum": catalog.Names()}, object{"$ref": "#/$defs/strategies", "maxProperties": 1}},
			}
		}
		defs[k.Name] = o
		ref := object{"$ref": "#/$defs/" + k.Name}
		byKind[k.Name] = object{"anyOf": []any{object{"type": "null"}, ref}}
		labelled = append(labelled, object{"if": object{"properties": object{"use": object{"const": k.Name}}, "required": []string{"use"}}, "then": ref})
	}
	defs["strategies"] = object{
		"type": "object", "minProperties": 1, "properties": byKind,
		"additionalProperties": object{
			"type": "object", "required": []string{"use"}, "allOf": labelled,
			"properties": object{"use": object{"enum": catalog.Names()}},
		},
	}
	defs["variants"] = object{
		"$ref":                 "#/$defs/strategies",
		"additionalProperties": object{"type": "object", "required": names(settings(reflect.TypeFor[Part]()), nil)},
	}
	return defs
}
