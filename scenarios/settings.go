package scenarios

import (
	"reflect"
	"strings"
)

// setting is one field of a configuration struct as its tags describe it. The
// decoder, the JSON Schema, the reference and Explain all read the same tags:
//
//	yaml     name in the file; "-" is not in the file, ",inline" is spread out
//	doc      the reference text
//	default  value of a field left out, as the file would write it
//	unit     how a number is written: "/s", "bytes", "bytes/s", "share"
//	enum     the words allowed, separated by commas
//	min, max the range, as the file would write it
//	or       the field that may stand in place of a required one
//	required "true" where there is no default and none would make sense; an
//	         enum without a default is required, too
type setting struct {
	name, doc, unit string
	or              string
	def             string
	hasDef          bool
	enum            []string
	min, max        string
	required        bool
	typ             reflect.Type
	index           []int
}

// settings lists the fields of a struct type in their order.
func settings(t reflect.Type) []setting {
	var list []setting
	for i := range t.NumField() {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		if option == "inline" || f.Anonymous && name == "" {
			for _, inner := range settings(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				list = append(list, inner)
			}
			continue
		}
		if name == "" {
			continue
		}
		s := setting{
			name: name, doc: f.Tag.Get("doc"), unit: f.Tag.Get("unit"), or: f.Tag.Get("or"), min: f.Tag.Get("min"), max: f.Tag.Get("max"),
			required: f.Tag.Get("required") == "true", typ: f.Type, index: []int{i},
		}
		s.def, s.hasDef = f.Tag.Lookup("default")
		if words := f.Tag.Get("enum"); words != "" {
			s.enum = strings.Split(words, ",")
			s.required = s.required || !s.hasDef && s.typ.Kind() != reflect.Slice // a list may be empty
		}
		list = append(list, s)
	}
	return list
}

// base is the type of the setting's value, without the pointer of an optional one.
func (s setting) base() reflect.Type {
	if s.typ.Kind() == reflect.Pointer {
		return s.typ.Elem()
	}
	return s.typ
}

// element is the setting that the items of a list have.
func (s setting) element() setting {
	e := s
	e.typ, e.hasDef, e.def, e.required = s.typ.Elem(), false, "", false
	return e
}
