package tag

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/herdlab/herdlab/internal/spelling"
)

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
		field := v.FieldByIndex(f.Index)
		if !f.HasDefault || !field.IsZero() {
			continue
		}
		if f.Type.Kind() == reflect.Pointer {
			field.Set(reflect.New(f.Base()))
			field = field.Elem()
		}
		field.Set(f.mustParse(f.Default))
	}
}

// SetDefaults fills the struct that config points to with its defaults, as a file
// that says nothing does: unlike [Fill] it takes no field as set, and it fills the
// structs that are fields.
func SetDefaults(config any) { setFields(reflect.ValueOf(config).Elem()) }

func setFields(v reflect.Value) {
	for _, f := range Fields(v.Type()) {
		SetDefault(f, v.FieldByIndex(f.Index))
	}
}

// SetDefault sets v, a value of the field f, to what a file that leaves it out
// gets. A struct's fields have defaults of their own.
func SetDefault(f Field, v reflect.Value) {
	if v.Kind() == reflect.Struct {
		setFields(v)
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
