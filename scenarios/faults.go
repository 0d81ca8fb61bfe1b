package scenarios

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/tag"
	"github.com/herdlab/herdlab/internal/units"
)

// Faults are what goes wrong, in the order of the file. Each is of the type of its
// kind.
type Faults []fault.Fault

var _ settings.Value = (*Faults)(nil)

// DecodeSetting reads a list of faults.
func (l *Faults) DecodeSetting(d *settings.Decoder, n *settings.Node) {
	if n.Kind != settings.List {
		d.Errs.Addf(n.At, "%q is %s here: write a list", "faults", n.Kind)
		return
	}
	for i, item := range n.Items {
		if f := decodeFault(d, item, "faults."+strconv.Itoa(i)); f != nil {
			*l = append(*l, f)
		}
	}
}

// SettingSchema refers to the definitions of [Schema].
func (l *Faults) SettingSchema() settings.Object {
	return settings.Object{"type": "array", "items": settings.Object{"$ref": "#/$defs/fault"}}
}

// kindField is the setting that says which type a fault is of.
func kindField() tag.Field {
	f := tag.Field{Name: "kind", Doc: "what goes wrong", Type: reflect.TypeFor[string](), Required: true}
	for _, kind := range fault.Kinds() {
		f.Enum = append(f.Enum, kind.Kind())
	}
	return f
}

// decodeFault fills a fault of the kind that it says it is of, or returns nil where that
// is not known. A setting that only other kinds have is left to checkFaults,
// which speaks when the rest of the file is right.
func decodeFault(d *settings.Decoder, n *settings.Node, what string) fault.Fault {
	if n.Kind != settings.Mapping {
		d.Errs.Addf(n.At, "%s is %s here: write a mapping such as {at: 5s, kind: %s}", what, n.Kind, fault.Kinds()[0].Kind())
		return nil
	}
	kind := decodeKind(d, n, what)
	if kind == nil {
		return nil
	}
	own := *n
	own.Fields = slices.DeleteFunc(slices.Clone(n.Fields), func(f *settings.Field) bool { return !has(kind, f.Key) && anyHas(f.Key) })
	filled := reflect.New(reflect.TypeOf(kind))
	d.Struct(&own, filled.Interface(), what, "kind")
	return filled.Elem().Interface().(fault.Fault)
}

// decodeKind is a fault of the kind that n says it is of, without settings.
func decodeKind(d *settings.Decoder, n *settings.Node, what string) fault.Fault {
	field := kindField()
	written := n.Get(field.Name)
	if written == nil {
		for _, f := range n.Fields {
			if hint := spelling.Suggest(f.Key, []string{field.Name}); hint != "" && !anyHas(f.Key) {
				d.Errs.Addf(f.At, "%s has no field %q", what, f.Key).Hint = hint
				return nil
			}
		}
		d.Errs.Addf(n.At, "%s has no %q: %s", what, field.Name, field.Want())
		return nil
	}
	if written.Kind != settings.Scalar {
		d.Errs.Addf(written.At, "%q is %s here: write %s", field.Name, written.Kind, field.Form())
		return nil
	}
	if name := fault.Renamed(written.Text); name != "" {
		d.Errs.Addf(written.At, "%q: %s is called %s: write that", field.Name, written.Text, name)
		return nil
	}
	if _, err := field.Parse(written.Text); err != nil {
		d.Errs.AddError(written.At, fmt.Errorf("%q: %w", field.Name, err))
		return nil
	}
	return fault.Kinds()[slices.Index(field.Enum, written.Text)]
}

// has reports whether a kind has a setting, and anyHas whether some kind has it.
func has(kind fault.Fault, name string) bool {
	return name == "kind" || slices.Contains(tag.Names(tag.Fields(reflect.TypeOf(kind))), name)
}

func anyHas(name string) bool {
	return slices.ContainsFunc(fault.Kinds(), func(f fault.Fault) bool { return has(f, name) })
}

// checkFaults refuses faults that cannot be.
func checkFaults(c checker) {
	list := c.root.Get("faults")
	for i, f := range c.Faults {
		for _, field := range list.Items[i].Fields {
			if !has(f, field.Key) {
				c.errs.Addf(field.At, "%q means nothing for %s", field.Key, f.Kind())
			}
		}
	}
	for _, p := range fault.Check(c.Scene()) {
		at := list
		if p.Fault != fault.Whole {
			at = list.Items[p.Fault]
		}
		err := c.errs.Addf(at.Place(p.Field), "%s", p.Msg)
		if p.Known != nil {
			err.Hint = spelling.Suggest(at.Find(p.Field).Text, p.Known)
		}
	}
}

// mootInFaults are the settings of faults that may have no effect.
func mootInFaults(s *Scenario) (list []need) {
	for i, f := range s.Faults {
		if f, ok := f.(fault.Moot); ok {
			field, moot, why := f.Moot()
			list = append(list, need{fmt.Sprintf("faults.%d.%s", i, field), moot, why})
		}
	}
	return list
}

// explainFaults lists what goes wrong.
func explainFaults(b *bytes.Buffer, s *Scenario) {
	fmt.Fprintf(b, "\nFaults\n")
	if len(s.Faults) == 0 {
		fmt.Fprintf(b, "  none\n")
	}
	for _, f := range s.Faults {
		at, takes := f.Times()
		until := ""
		if takes > 0 {
			until = ", for " + units.FormatDuration(takes)
		}
		hanging(b, fmt.Sprintf("  at %s%s: ", units.FormatDuration(at), until), f.Explain()+" ("+f.Kind()+")")
	}
}

// documentFaults writes the reference of every kind.
func documentFaults(b *bytes.Buffer) {
	b.WriteString("\n## faults\n\nA list of what goes wrong, each with its `kind`: `{at: 10s, for: 5s, kind: node-loss, node: 1}`. " +
		"A kind has the settings in its table and no others. What keeps the origin, a node or a box in a state may not overlap another fault that does the same.\n")
	for _, f := range fault.Kinds() {
		fmt.Fprintf(b, "\n### %s\n\n%s.\n\n", f.Kind(), f.Doc())
		settings.FieldTable(b, reflect.TypeOf(f))
	}
}

// addFaultSchemas defines a fault, and every kind of it.
func addFaultSchemas(defs settings.Object) {
	type object = settings.Object
	kind := kindField()
	var byKind []any
	for _, f := range fault.Kinds() {
		o := settings.StructSchema(reflect.TypeOf(f))
		o["description"] = f.Doc()
		o["properties"].(object)[kind.Name] = object{"const": f.Kind()}
		name := "fault-" + f.Kind()
		defs[name] = o
		byKind = append(byKind, object{
			"if":   object{"properties": object{kind.Name: object{"const": f.Kind()}}},
			"then": object{"$ref": "#/$defs/" + name},
		})
	}
	defs["fault"] = object{
		"type": "object", "required": []string{kind.Name}, "properties": object{kind.Name: settings.FieldSchema(kind)}, "allOf": byKind,
	}
}
