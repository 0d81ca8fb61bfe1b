package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/tag"
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

// kindType is a struct whose one field says which type a fault is of. It has the words
// of package fault in its tag, which no type that is written down could have.
func kindType() reflect.Type {
	var names []string
	for _, k := range fault.Kinds() {
		names = append(names, k.Name)
	}
	words := fmt.Sprintf(`yaml:"kind" doc:"what goes wrong" enum:"%s"`, strings.Join(names, ","))
	return reflect.StructOf([]reflect.StructField{{Name: "Kind", Type: reflect.TypeFor[string](), Tag: reflect.StructTag(words)}})
}

// decodeFault fills a fault of the kind that it says it is of, or returns nil where that
// is not known. A setting that only other kinds have is left to checkFaults,
// which speaks when the rest of the file is right.
func decodeFault(d *settings.Decoder, n *settings.Node, what string) fault.Fault {
	if n.Kind != settings.Mapping {
		d.Errs.Addf(n.At, "%s is %s here: write a mapping such as {at: 5s, kind: %s}", what, n.Kind, fault.Kinds()[0].Name)
		return nil
	}
	kind := decodeKind(d, n, what)
	if kind == nil {
		return nil
	}
	filled := reflect.New(reflect.TypeOf(kind))
	d.Struct(n.Only(func(f *settings.Field) bool { return has(kind, f.Key) || !anyHas(f.Key) }), filled.Interface(), what, "kind")
	return filled.Elem().Interface().(fault.Fault)
}

// decodeKind is a fault of the kind that n says it is of, without settings.
func decodeKind(d *settings.Decoder, n *settings.Node, what string) fault.Fault {
	written := n.Get("kind")
	for _, k := range fault.Kinds() {
		if written != nil && k.Was != "" && written.Text == k.Was {
			d.Errs.Addf(written.At, "kind: %s is now called %s", k.Was, k.Name)
			return nil
		}
	}
	name := reflect.New(kindType())
	// Without a kind, it is perhaps misspelt among what no fault has.
	d.Struct(n.Only(func(f *settings.Field) bool { return f.Key == "kind" || written == nil && !anyHas(f.Key) }), name.Interface(), what)
	for _, k := range fault.Kinds() {
		if k.Name == name.Elem().Field(0).String() {
			return k.Fault
		}
	}
	return nil
}

// has reports whether a kind has a setting, and anyHas whether some kind has it.
func has(kind fault.Fault, name string) bool {
	return name == "kind" || slices.Contains(tag.Names(tag.Fields(reflect.TypeOf(kind))), name)
}

func anyHas(name string) bool {
	return slices.ContainsFunc(fault.Kinds(), func(k fault.Kind) bool { return has(k.Fault, name) })
}

// checkFaults refuses faults that cannot be.
func checkFaults(c checker) {
	list := c.root.Get("faults")
	for i, f := range c.Faults {
		for _, field := range list.Items[i].Fields {
			if !has(f, field.Key) {
				c.errs.Addf(field.At, "%q means nothing for %s", field.Key, fault.KindOf(f).Name)
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
			list = append(list, need{path: fmt.Sprintf("faults.%d.%s", i, field), moot: moot, why: func() string { return why }})
		}
	}
	return list
}

// addFaultSchemas defines a fault, and every kind of it.
func addFaultSchemas(defs settings.Object) {
	type object = settings.Object
	any := settings.StructSchema(kindType())
	delete(any, "additionalProperties")
	var byKind []object
	for _, k := range fault.Kinds() {
		kind := object{"const": k.Name}
		o := settings.StructSchema(reflect.TypeOf(k.Fault))
		o["description"] = k.Doc
		o["properties"].(object)["kind"] = kind
		name := "fault-" + k.Name
		defs[name] = o
		byKind = append(byKind, object{"if": object{"properties": object{"kind": kind}}, "then": object{"$ref": "#/$defs/" + name}})
	}
	any["allOf"] = byKind
	defs["fault"] = any
}
