package scenarios

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"reflect"
	"text/template"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/expect"
	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/tag"
)

// Schema is the JSON Schema (draft 2020-12) of a scenario file, for editors.
// It is made from the same tags as the loader and accepts every file that the
// loader accepts; the checks that need more than one field are the loader's
// alone.
func Schema() ([]byte, error) {
	root := settings.StructSchema(reflect.TypeFor[Scenario]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "a herdlab scenario"
	root["$defs"] = strategyDefs()
	root["oneOf"] = []any{settings.Object{"required": []string{"strategies"}}, settings.Object{"required": []string{"variants"}}}
	b, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("make the schema: %w", err)
	}
	return append(b, '\n'), nil
}

// strategyDefs are the schemas of the strategies: by kind, and by label.
func strategyDefs() settings.Object {
	type object = settings.Object
	defs, byKind := object{}, object{}
	labelled := []any{}
	for _, k := range catalog.All() {
		o := settings.StructSchema(k.Settings())
		o["description"] = k.Doc
		properties := o["properties"].(object)
		properties["use"] = object{"const": k.Name, "description": "the kind of strategy, where the label is another word"}
		for _, f := range tag.Fields(reflect.TypeFor[Part]()) {
			properties[f.Name] = settings.FieldSchema(f)
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
	addFaultSchemas(defs)
	defs["strategies"] = object{
		"type": "object", "minProperties": 1, "properties": byKind,
		"additionalProperties": object{
			"type": "object", "required": []string{"use"}, "allOf": labelled,
			"properties": object{"use": object{"enum": catalog.Names()}},
		},
	}
	defs["variants"] = object{
		"$ref":                 "#/$defs/strategies",
		"additionalProperties": object{"type": "object", "required": tag.Names(tag.Fields(reflect.TypeFor[Part]()))},
	}
	return defs
}

//go:embed reference.md.tmpl
var referencePage string

// Reference is the reference of the scenario file, in Markdown, made from the
// same tags as the loader and the schema.
func Reference() ([]byte, error) { return reference(figures.All()) }

func reference(table figures.Table) ([]byte, error) {
	t := template.Must(template.New("reference").Funcs(template.FuncMap{
		"document": settings.Document,
		"fields":   settings.FieldTable,
		"type":     func(f fault.Fault) reflect.Type { return reflect.TypeOf(f) },
	}).Parse(referencePage))
	var b bytes.Buffer
	err := t.Execute(&b, map[string]any{
		"Scenario": reflect.TypeFor[Scenario](), "Phase": reflect.TypeFor[Phase](), "Part": reflect.TypeFor[Part](),
		"Expectation": reflect.TypeFor[reasoned](), "Operators": expect.Operators,
		"Faults": fault.Kinds(), "Strategies": catalog.All(), "Figures": table,
		"Units": [...]string{
			figures.Count: "count", figures.Share: "share", figures.Bytes: "bytes", figures.PerSecond: "per second",
			figures.Duration: "duration", figures.Latency: "duration",
		},
		"Scopes": [...]string{figures.Run: "no", figures.Phase: "of a phase", figures.Class: "yes"},
	})
	return b.Bytes(), err
}
