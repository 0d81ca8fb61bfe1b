// Package tag reads what the tags of a configuration struct say of its fields. They
// are the one source of a setting's default, range and words: [Fill] applies them for
// a Go program, the decoder of scenario files for a file, and the reference and the
// JSON Schema print them.
//
//	yaml     name in a file; "-" is not in a file, ",inline" spreads a struct out
//	doc      the text of the reference
//	default  value of a field that is left out, as a file would write it
//	file     that of a file, where it is another: a file describes what was published
//	         and measured, while a Go program is to have what serves best
//	unit     how a number is written: "/s", "bytes", "bytes/s", "share"
//	enum     the words allowed, separated by commas
//	min, max the range, as a file would write it
//	or       the field that may stand in place of a required one
//	required "true" where there is no default and none would make sense; an
//	         enum without a default is required, too
//	retired  a word that an enum had, and what to write instead: "stale: set stale_if_error ..."
//	was      names that the field had: a file that has one is told the new name
//	gone     a name for what is now spread over several fields, and what to write
//	         instead: "held: write kept: <held+extra>"; see [Field.Replacement]
//	with     settings without which this one has no effect, as "losers: wait or
//	         cold: coalesce"
//
// It knows the standard library alone, so that packages meant for production may use it.
package tag

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/herdlab/herdlab/internal/spelling"
)

// Field is one setting: a field of a configuration struct as its tags describe it.
type Field struct {
	Name, Doc, Unit string
	Default         string // of a file
	InGo            string // of a Go program
	HasDefault      bool   // an empty default is one too
	Enum            []string
	Min, Max        string // empty is without bound
	Or              string
	Required        bool
	Was             []string
	Retired         string
	Gone            string
	With            string
	Type            reflect.Type
	Index           []int // for [reflect.Value.FieldByIndex]
}

// Fields lists the settings of a struct type in their order. Those of an embedded or
// inlined struct stand where the struct does.
func Fields(t reflect.Type) []Field {
	var list []Field
	for i := range t.NumField() {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		if option == "inline" || f.Anonymous && name == "" {
			for _, inner := range Fields(f.Type) {
				inner.Index = append([]int{i}, inner.Index...)
				list = append(list, inner)
			}
			continue
		}
		if name != "" {
			list = append(list, newField(f, name, i))
		}
	}
	return list
}

// newField reads the tags of a field in one pass: [reflect.StructTag.Get] walks them from
// the beginning for each, and a sweep reads a scenario for each of its settings.
func newField(f reflect.StructField, name string, i int) Field {
	s, filed := Field{Name: name, Type: f.Type, Index: []int{i}}, false
	for rest := string(f.Tag); ; {
		key, after, ok := strings.Cut(strings.TrimLeft(rest, " "), ":")
		quoted, err := strconv.QuotedPrefix(after)
		if !ok || err != nil {
			break
		}
		value, _ := strconv.Unquote(quoted)
		rest = after[len(quoted):]
		switch key {
		case "doc":
			s.Doc = value
		case "unit":
			s.Unit = value
		case "or":
			s.Or = value
		case "with":
			s.With = value
		case "min":
			s.Min = value
		case "max":
			s.Max = value
		case "was":
			s.Was = splitWords(value)
		case "enum":
			s.Enum = splitWords(value)
		case "retired":
			s.Retired = value
		case "gone":
			s.Gone = value
		case "required":
			s.Required = value == "true"
		case "default":
			s.InGo, s.HasDefault = value, true
		case "file":
			s.Default, filed = value, true
		}
	}
	if !filed {
		s.Default = s.InGo
	}
	if len(s.Enum) > 0 && !s.HasDefault && f.Type.Kind() != reflect.Slice { // a list may be empty
		s.Required = true
	}
	return s
}

func splitWords(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// Names lists the fields' names.
func Names(list []Field) []string {
	names := make([]string, len(list))
	for i, f := range list {
		names[i] = f.Name
	}
	return names
}

// Bare is the field that a struct's bare form stands for: one that has a field
// "fixed" may be written as the value of that field.
func Bare(t reflect.Type) (Field, bool) {
	if t.Kind() != reflect.Struct {
		return Field{}, false
	}
	for _, f := range Fields(t) {
		if f.Name == "fixed" {
			return f, true
		}
	}
	return Field{}, false
}

// Retirement says what to write in place of a word that the setting had, if it had it.
func (f Field) Retirement(word string) (instead string, ok bool) {
	retired, instead, ok := strings.Cut(f.Retired, ": ")
	return instead, ok && word == retired
}

// Replacement says what to write in place of a name that the setting had, if it had it.
// What stands in angle brackets are settings as the file has them: a sum of durations.
func (f Field) Replacement(name string) (instead string, ok bool) {
	gone, instead, ok := strings.Cut(f.Gone, ": ")
	return instead, ok && name == gone
}

// Base is the type of the setting's value: without the pointer of an optional one.
func (f Field) Base() reflect.Type {
	if f.Type.Kind() == reflect.Pointer {
		return f.Type.Elem()
	}
	return f.Type
}

// Element is the setting that the items of a list have.
func (f Field) Element() Field {
	f.Type, f.HasDefault, f.Default, f.Required = f.Type.Elem(), false, "", false
	return f
}

// Moot reports whether a field has no effect in the struct v, for none of the settings
// in its "with" is there: "losers: wait" is one that has that word, "retries" one that
// is not zero. A word that is the default anyway, and a zero, are no mistake.
func (f Field) Moot(v reflect.Value) bool {
	value := v.FieldByIndex(f.Index)
	if f.With == "" || f.HasDefault && value.Interface() == f.mustParse(f.Default).Interface() && (value.Kind() == reflect.String || value.IsZero()) {
		return false
	}
	for condition := range strings.SplitSeq(f.With, " or ") {
		name, word, worded := strings.Cut(condition, ": ")
		for _, other := range Fields(v.Type()) {
			set := v.FieldByIndex(other.Index)
			if other.Name == name && (worded && other.Format(set) == word || !worded && !set.IsZero()) {
				return false
			}
		}
	}
	return true
}

// Fill gives every field of the struct that config points to its default, where the
// field is zero: to a Go program zero is "left out". A field that may be zero although
// its default is not is a pointer, which is nil where it is left out: a test of
// the catalogue finds fields that ought to be one. Structs that are fields are left alone.
//
// It panics at a default that is none of its field's values, which a test of the
// struct finds.
func Fill(config any) {
	v := reflect.ValueOf(config).Elem()
	for _, f := range Fields(v.Type()) {
		if field := v.FieldByIndex(f.Index); f.HasDefault && field.IsZero() {
			f.Default = f.InGo
			SetDefault(f, field)
		}
	}
}

// FillAsFile gives every field that is zero the default of a file, see [Fill].
func FillAsFile(config any) {
	v := reflect.ValueOf(config).Elem()
	for _, f := range Fields(v.Type()) {
		if field := v.FieldByIndex(f.Index); f.HasDefault && field.IsZero() {
			SetDefault(f, field)
		}
	}
}

// SetDefaults fills a struct with its defaults, as a file that says nothing does:
// unlike [Fill] it takes no field as set, and it fills the structs that are fields.
func SetDefaults(v reflect.Value) {
	for _, f := range Fields(v.Type()) {
		SetDefault(f, v.FieldByIndex(f.Index))
	}
}

// SetDefault sets v, a value of the field f, to what a file that leaves it out
// gets. A struct's fields have defaults of their own.
func SetDefault(f Field, v reflect.Value) {
	if v.Kind() == reflect.Struct {
		SetDefaults(v)
		return
	}
	if !f.HasDefault {
		v.SetZero()
		return
	}
	target := v
	if v.Kind() == reflect.Pointer { // an optional one: unset is not zero
		v.Set(reflect.New(v.Type().Elem()))
		target = v.Elem()
	}
	target.Set(f.mustParse(f.Default))
}

// Check finds the first field of the struct that config points to which is outside its
// range or none of its words. It returns the field's name and what is wrong with it, or
// nothing. Fill comes before it.
func Check(config any) (name, wrong string) {
	v := reflect.ValueOf(config).Elem()
	for _, f := range Fields(v.Type()) {
		if wrong := faultOf(f, reflect.Indirect(v.FieldByIndex(f.Index))); wrong != "" {
			return f.Name, wrong
		}
	}
	return "", ""
}

// faultOf says what is wrong with v as a value of f, and what to write.
func faultOf(f Field, v reflect.Value) string {
	if v.Kind() == reflect.String && len(f.Enum) > 0 {
		if instead, ok := f.Retirement(v.String()); ok {
			return fmt.Sprintf("is %q, which is gone: %s", v.String(), instead)
		}
		if !slices.Contains(f.Enum, v.String()) {
			return fmt.Sprintf("is %q: write %s", v.String(), spelling.Or(f.Enum))
		}
	}
	if _, reason := f.outOfRange(v); reason != "" {
		return fmt.Sprintf("is %s: %s", f.Format(v), reason)
	}
	return ""
}
