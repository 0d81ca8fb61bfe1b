package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/expect"
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

// Reference is the reference of the scenario file, in Markdown, made from the
// same tags as the loader and the schema.
func Reference() []byte {
	var b bytes.Buffer
	b.WriteString("# The scenario file\n\n" +
		"This page is made from the tags of the code (`go test ./scenarios -update`): edit those. `simulate schema --reference` prints it.\n\n" +
		"An editor can check a file while you write it: run `simulate schema > scenario.schema.json` and begin the file with the line " +
		"`# yaml-language-server: $schema=scenario.schema.json`, which editors with a YAML language server understand. " +
		"It completes names, shows what a field means, and marks what is misspelt or out of range. " +
		"Mistakes that involve more than one field are found when the scenario is loaded: `simulate show FILE` loads it and runs nothing.\n\n" +
		settings.Notation +
		"\nA mapping that has a field `fixed` may be written as the bare value of that field: `latency: 5s`.\n" +
		"Anchors, aliases, merge keys, tags and second documents are refused. A setting that depends on another one is refused too, unless at least one strategy has that other one.\n")
	settings.Document(&b, "##", "The top level", reflect.TypeFor[Scenario]())
	documentFaults(&b)
	b.WriteString("\n## phases\n\nA mapping from name to `from..to`, which the word `warm-up` may follow: " +
		"`phases: {fill: 0s..30s warm-up, burst: 30s..60s}`. Or to a mapping:\n\n")
	settings.FieldTable(&b, reflect.TypeFor[Phase]())
	b.WriteString("\n## strategies\n\nA mapping from label to settings, run in this order. A label that is not the name of a " +
		"strategy says which it is: `patient: {use: mutex, losers: wait}`. A strategy without settings has their defaults.\n\n" +
		"Every strategy takes `with`, overrides of fleet, workload, client, faults, warm and idle for this strategy only: " +
		"`with: {fleet.cache.ring: modulo}`. `two-level` and `smear` take `over`, the strategy beneath: `over: {swr: {fresh: 10s}}`.\n")
	for _, k := range catalog.All() {
		fmt.Fprintf(&b, "\n### %s\n\n%s.\n\n", k.Name, k.Doc)
		settings.FieldTable(&b, k.Settings())
	}
	b.WriteString("\n## variants\n\nWritten in place of strategies: they have the same labels, `use` and settings, and each also says what part it plays in the story. " +
		"There must be at least one `before` and one `after`; changes are described relative to the first `before`.\n\n")
	settings.FieldTable(&b, reflect.TypeFor[Part]())
	documentExpect(&b, figures.All())
	return b.Bytes()
}

func documentExpect(b *bytes.Buffer, table figures.Table) {
	b.WriteString("\n## expect\n\n" +
		"A list of expressions over the figures of the results, checked when the file is loaded: `mutex.computes == 1 && mutex.failures == 999`.\n" +
		"They have `" + expect.Operators + "`. `not` applies to the comparison that follows, `!` to what stands next to it: `not x > 5` or `!(x > 5)`. " +
		"`1 < x <= 5` is short for two comparisons, and `a ? b : c` is b if a holds and c if not.\n" +
		"A number carries its unit: `200ms`, `5%`, `1MB`, `300/s`. Only what is in one unit is compared, added or subtracted.\n" +
		"A plain number stands for a count, a share, a rate or bytes; the only one that may be compared with a duration is 0. An expectation that divides by zero does not hold.\n\n" +
		"A figure is written `strategy.figure`; in one phase `phase.strategy.figure`; of one class `strategy.classes.class.figure`. " +
		"Characters of a label that a name cannot have are written `_`: `two_level.p99`. " +
		"With several seeds a figure is their median. An expectation about a figure that has no value fails.\n\n" +
		"An expectation that gives its reason is a mapping: `{that: before.hit_ratio < 2%, because: stated by the source, world: modelled}`.\n\n")
	settings.FieldTable(b, reflect.TypeFor[reasoned]())
	b.WriteString("\n" +
		"| figure | meaning | in | of a phase or class |\n|---|---|---|---|\n")
	words := [...]string{
		figures.Count: "count", figures.Share: "share", figures.Bytes: "bytes", figures.PerSecond: "per second",
		figures.Duration: "duration", figures.Latency: "duration",
	}
	for _, f := range table {
		scoped := [...]string{figures.Run: "no", figures.Phase: "of a phase", figures.Class: "yes"}[f.Scope]
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", f.Name, f.Doc, words[f.Unit], scoped)
	}
}
