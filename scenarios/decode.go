package scenarios

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// decoder fills structs from nodes by the structs' tags. It goes on after an
// error, so that all the mistakes of a file are found at once.
type decoder struct{ errs *problems }

// decode fills the struct v from the mapping n. Fields named in extra are
// allowed and left to the caller.
func (d *decoder) decode(n *node, v reflect.Value, what string, extra ...string) {
	list := settings(v.Type())
	if n.kind != mappingNode {
		d.errs.add(n.at.errorf("%s is %s here: write a mapping of %s", what, n.kind, listed(names(list, extra))))
		return
	}
	meant := map[string]bool{} // misspelt, and so not missing
	for _, f := range n.fields {
		i := slices.IndexFunc(list, func(s setting) bool { return s.name == f.key })
		switch {
		case i >= 0:
			d.value(f.value, v.FieldByIndex(list[i].index), list[i])
		case !slices.Contains(extra, f.key):
			meant[d.unknown(f, what, names(list, extra))] = true
		}
	}
	for _, s := range list {
		if n.get(s.name) != nil {
			continue
		}
		if s.required {
			if meant[s.name] || s.or != "" && (meant[s.or] || n.get(s.or) != nil) {
				continue
			}
			d.errs.add(n.at.errorf("%s has no %q: %s", what, s.name, s.want()))
			continue
		}
		defaults(v.FieldByIndex(s.index), s)
	}
}

// unknown reports a field and returns the name that was probably meant.
func (d *decoder) unknown(f *field, what string, known []string) string {
	err := d.errs.add(f.at.errorf("%s has no field %q", what, f.key))
	if err.Hint = Suggest(f.key, known); err.Hint == "" {
		err.Msg += "; it has " + listed(known)
	}
	return err.Hint
}

// listed writes names with commas, the first dozen of them.
func listed(names []string) string {
	more := ""
	if len(names) > 12 {
		names, more = names[:12], " ..."
	}
	text := ""
	for i, name := range names {
		if i > 0 {
			text += ", "
		}
		text += name
	}
	return text + more
}

func names(list []setting, extra []string) []string {
	all := make([]string, 0, len(list)+len(extra))
	for _, s := range list {
		all = append(all, s.name)
	}
	return append(all, extra...)
}

// want says what is to be written.
func (s setting) want() string {
	if len(s.enum) > 0 {
		return "write " + orList(s.enum)
	}
	return s.doc
}

// value fills v from n, a value of the setting s.
func (d *decoder) value(n *node, v reflect.Value, s setting) {
	if n.kind == nullNode {
		d.errs.add(n.at.errorf("%q has no value: write one or remove it", s.name))
		return
	}
	switch v.Type() {
	case reflect.TypeFor[[]Entry]():
		d.entries(n, v.Addr().Interface().(*[]Entry), "strategies", "with")
		return
	case reflect.TypeFor[Variants]():
		d.entries(n, (*[]Entry)(v.Addr().Interface().(*Variants)), "variants", "with", "role", "why")
		return
	case reflect.TypeFor[Overrides]():
		v.Set(reflect.ValueOf(Overrides{d.realOverrides(n)}))
		return
	case reflect.TypeFor[[]Phase]():
		d.phases(n, v.Addr().Interface().(*[]Phase))
		return
	case reflect.TypeFor[[]*Expectation]():
		d.expectations(n, v.Addr().Interface().(*[]*Expectation))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), s)
	case reflect.Struct:
		if short, ok := shorthand(v.Type()); ok && n.kind == scalarNode {
			defaults(v, setting{})
			short.name = s.name
			d.scalar(n, v.FieldByIndex(short.index), short)
			return
		}
		d.decode(n, v, s.name)
	case reflect.Slice:
		d.list(n, v, s)
	default:
		d.scalar(n, v, s)
	}
}

// shorthand is the field that a struct's bare form stands for: one that has a
// field "fixed" may be written as the value of that field.
func shorthand(t reflect.Type) (setting, bool) {
	if t.Kind() != reflect.Struct {
		return setting{}, false
	}
	for _, s := range settings(t) {
		if s.name == "fixed" {
			return s, true
		}
	}
	return setting{}, false
}

func (d *decoder) list(n *node, v reflect.Value, s setting) {
	if n.kind != listNode {
		d.errs.add(n.at.errorf("%q is %s here: write a list", s.name, n.kind))
		return
	}
	element := s.element()
	v.Set(reflect.MakeSlice(v.Type(), len(n.items), len(n.items)))
	for i, item := range n.items {
		element.name = fmt.Sprintf("%s.%d", s.name, i)
		d.value(item, v.Index(i), element)
	}
}

// scalar fills v and checks the range.
func (d *decoder) scalar(n *node, v reflect.Value, s setting) {
	if n.kind != scalarNode {
		d.errs.add(n.at.errorf("%q is %s here: write %s", s.name, n.kind, s.form()))
		return
	}
	got, err := s.parse(n)
	if err == nil {
		err = s.inRange(got, n.text)
	}
	if err != nil {
		e := n.at.errorf("%q: %v", s.name, err)
		var h *hinted
		if errors.As(err, &h) {
			e.Hint = h.hint
		}
		d.errs.add(e)
		return
	}
	v.Set(got.Convert(v.Type()))
}

// defaults sets v, a value of the setting s, to what a file that leaves it out
// gets. A struct's fields have defaults of their own.
func defaults(v reflect.Value, s setting) {
	if v.Kind() == reflect.Struct {
		for _, field := range settings(v.Type()) {
			defaults(v.FieldByIndex(field.index), field)
		}
		return
	}
	if !s.hasDef {
		v.SetZero()
		return
	}
	target := v
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		target = v.Elem()
	}
	got, err := s.parse(&node{kind: scalarNode, text: s.def, typed: true})
	if err != nil {
		panic(fmt.Sprintf("scenarios: the default of %q: %v", s.name, err))
	}
	target.Set(got.Convert(target.Type()))
}

// setDefaults fills the struct that config points to with its defaults.
func setDefaults(config any) { defaults(reflect.ValueOf(config).Elem(), setting{}) }
