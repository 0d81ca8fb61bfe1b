// Package settings reads strict YAML into structs by their tags.
//
//	language := settings.Language{Document: "plan", ItemName: "name", Example: "depth=3"}
//	var errs settings.Problems
//	root := language.Parse("plan.yaml", text, &errs)
//	decoder := settings.Decoder{Errs: &errs}
//	decoder.Struct(root, &plan, "a plan")
//	return errs.Err()
//
// A file is parsed into a tree of [Node], each with its place. Overrides are put
// into that tree, so that a mistake in one is found by the same checks and
// points at the override's own text. Then the tree fills a struct, by the tags
// that package tag reads. An unknown field, a number without its unit, a value
// out of range is an [Error] with file, line and column, and with a suggestion
// where a name is nearly right.
//
// What tags cannot describe, such as a mapping whose keys are the user's, is a
// type that implements [Value] and reads itself.
//
// The same tags make the JSON Schema for editors ([StructSchema]) and the
// reference in Markdown ([Document]).
package settings

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/tag"
	"github.com/herdlab/herdlab/internal/units"
)

// Value is a type that tags cannot describe, and which reads itself.
type Value interface {
	// DecodeSetting fills the value from n, which is not Null, and adds what is
	// wrong with it to the decoder's problems.
	DecodeSetting(d *Decoder, n *Node)

	// SettingSchema is the JSON Schema of what DecodeSetting accepts.
	SettingSchema() Object
}

// valueOf is v as a type that reads itself.
func valueOf(v reflect.Value) (Value, bool) {
	own, ok := v.Addr().Interface().(Value)
	return own, ok
}

// Decoder fills structs from nodes by the structs' tags. It goes on after an
// error, so that all the mistakes of a file are found at once.
type Decoder struct{ Errs *Problems }

// Struct fills the struct that target points to from the mapping n, and what the
// mapping leaves out with its defaults. What is the struct in messages. Fields
// named in extra are allowed and left to the caller.
func (d *Decoder) Struct(n *Node, target any, what string, extra ...string) {
	d.fillStruct(n, reflect.ValueOf(target).Elem(), what, extra)
}

func (d *Decoder) fillStruct(n *Node, v reflect.Value, what string, extra []string) {
	list := tag.Fields(v.Type())
	known := append(tag.Names(list), extra...)
	if n.Kind != Mapping {
		d.Errs.Addf(n.At, "%s is %s here: write a mapping of %s", what, n.Kind, spelling.List(known))
		return
	}
	// A required field that is misspelt is one mistake and not two: what was probably
	// meant is not reported as missing.
	meant := map[string]bool{}
	for _, f := range n.Fields {
		i := slices.IndexFunc(list, func(t tag.Field) bool { return t.Name == f.Key })
		switch {
		case i >= 0:
			d.fillValue(f.Value, v.FieldByIndex(list[i].Index), list[i])
		case slices.Contains(extra, f.Key):
		case d.renamed(n, f, list, meant):
		default:
			err := d.Errs.Addf(f.At, "%s has no field %q", what, f.Key).suggest(f.Key, known, "; it has "+spelling.List(known))
			meant[err.Hint] = true
		}
	}
	// Defaults come last, so that they fill what the mapping leaves out and nothing
	// else: a zero that is written stays zero.
	for _, t := range list {
		switch {
		case n.Get(t.Name) != nil:
		case !t.Required:
			tag.SetDefault(t, v.FieldByIndex(t.Index))
		case meant[t.Name], t.Or != "" && (meant[t.Or] || n.Get(t.Or) != nil):
		default:
			d.Errs.Addf(n.At, "%s has no %q: %s", what, t.Name, t.Want())
		}
	}
}

// renamed reports a field by an old name and says what it is called now. One name may
// have stood for several things. The fields of the new names are meant.
func (d *Decoder) renamed(n *Node, f *Field, list []tag.Field, meant map[string]bool) bool {
	var now []string
	for _, t := range list {
		if instead, ok := t.Replacement(f.Key); ok {
			instead = sums.ReplaceAllStringFunc(instead, func(sum string) string { return sumOf(sum, n, list) })
			d.Errs.Addf(f.At, "%s is gone: %s", f.Key, instead)
			return true
		}
		if slices.Contains(t.Was, f.Key) {
			now = append(now, t.Name+": "+t.Doc)
			meant[t.Name] = true
		}
	}
	if now != nil {
		d.Errs.Addf(f.At, "%s is now called %s", f.Key, strings.Join(now, "; or "))
	}
	return now != nil
}

// sums are durations to be added, by the names of their settings: <ttl+grace>.
var sums = regexp.MustCompile(`<[a-z_+]+>`)

// sumOf is a sum with the durations that n has, or else with the defaults. It stays
// in words where one of them cannot be read.
func sumOf(sum string, n *Node, list []tag.Field) string {
	var total time.Duration
	for name := range strings.SplitSeq(strings.Trim(sum, "<>"), "+") {
		text := ""
		if i := slices.IndexFunc(list, func(t tag.Field) bool { return t.Name == name }); i >= 0 {
			text = list[i].Default
		}
		if written := n.Get(name); written != nil {
			text = written.Text
		}
		d, err := units.ParseDuration(text)
		if err != nil || text == "" {
			return strings.ReplaceAll(sum, "+", " plus ")
		}
		total += d
	}
	return units.FormatDuration(total)
}

// fillValue fills v from n, a value of the field t.
func (d *Decoder) fillValue(n *Node, v reflect.Value, t tag.Field) {
	if n.Kind == Null {
		d.Errs.Addf(n.At, "%q has no value: write one or remove it", t.Name)
		return
	}
	if own, ok := valueOf(v); ok {
		own.DecodeSetting(d, n)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.fillValue(n, v.Elem(), t)
	case reflect.Struct:
		if bare, ok := tag.Bare(v.Type()); ok && n.Kind == Scalar {
			// The struct may have been filled before, by what an override took the place of.
			tag.SetDefaults(v)
			bare.Name = t.Name
			d.fillScalar(n, v.FieldByIndex(bare.Index), bare)
			return
		}
		d.fillStruct(n, v, t.Name, nil)
	case reflect.Slice:
		d.fillList(n, v, t)
	default:
		d.fillScalar(n, v, t)
	}
}

func (d *Decoder) fillList(n *Node, v reflect.Value, t tag.Field) {
	if n.Kind != List {
		d.Errs.Addf(n.At, "%q is %s here: write a list", t.Name, n.Kind)
		return
	}
	element := t.Element()
	v.Set(reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items)))
	for i, item := range n.Items {
		element.Name = fmt.Sprintf("%s.%d", t.Name, i) // as a path names it
		d.fillValue(item, v.Index(i), element)
	}
}

// fillScalar fills v.
func (d *Decoder) fillScalar(n *Node, v reflect.Value, t tag.Field) {
	if n.Kind != Scalar {
		d.Errs.Addf(n.At, "%q is %s here: write %s", t.Name, n.Kind, t.Form())
		return
	}
	err := wronglyQuoted(n, t)
	if err == nil {
		var got reflect.Value
		if got, err = t.Parse(n.Text); err == nil {
			v.Set(got.Convert(v.Type()))
			return
		}
	}
	d.Errs.AddError(n.At, fmt.Errorf("%q: %w", t.Name, err))
}

// wronglyQuoted refuses a number in quotes, and a text that YAML takes for a
// number. What carries a unit is a text to YAML, with quotes and without.
func wronglyQuoted(n *Node, t tag.Field) error {
	isText := t.Base().Kind() == reflect.String
	switch {
	case t.Measure() != "":
	case isText && len(t.Enum) == 0 && n.Typed && !t.HasDefault:
		return spelling.Refuse("%s is not a text for YAML: put it in quotes", n.Text)
	case !isText && n.Quoted:
		return spelling.Refuse("%q is in quotes: write %s without them", n.Text, t.Form())
	}
	return nil
}
