package tag

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fill gives every field of the struct that config points to its default, where the
// field is zero: to a Go program zero is "left out". A field that may be zero although
// its default is not is a pointer, which is nil where it is left out; [Ambiguous] finds
// fields that ought to be one. Structs that are fields are left alone.
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

// Ambiguous lists the fields of t whose zero is a value that may be asked for and is
// not the default: one who writes it would get the default.
func Ambiguous(t reflect.Type) (names []string) {
	for _, f := range Fields(t) {
		if !f.HasDefault || f.Type.Kind() == reflect.Pointer {
			continue
		}
		zero := reflect.New(f.Type).Elem()
		if !f.mustParse(f.Default).IsZero() && f.fault(zero) == "" {
			names = append(names, f.Name)
		}
	}
	return names
}

// Check finds the first field of the struct that config points to which is outside its
// range or none of its words. It returns the field's name and what is wrong with it, or
// nothing. Fill comes before it.
func Check(config any) (name, fault string) {
	v := reflect.ValueOf(config).Elem()
	for _, f := range Fields(v.Type()) {
		if fault := f.fault(reflect.Indirect(v.FieldByIndex(f.Index))); fault != "" {
			return f.Name, fault
		}
	}
	return "", ""
}

// fault says what is wrong with v as a value of the field, and what to write.
func (f Field) fault(v reflect.Value) string {
	switch {
	case len(f.Enum) > 0 && v.Kind() == reflect.String:
		if !slices.Contains(f.Enum, v.String()) {
			return fmt.Sprintf("is %q: write %s", v.String(), strings.Join(f.Enum, " or "))
		}
	case f.Min == "" && f.Max == "":
	case v.Kind() == reflect.Int, v.Kind() == reflect.Int64, v.Kind() == reflect.Float64:
		// not(v >= min) refuses a float that is no number, too
		if f.Min != "" && !(compare(v, f.mustParse(f.Min)) >= 0) || f.Max != "" && !(compare(v, f.mustParse(f.Max)) <= 0) || v.Kind() == reflect.Float64 && v.Float() != v.Float() {
			return fmt.Sprintf("is %v: write %s", v.Interface(), f.rangeText(v))
		}
	}
	return ""
}

// rangeText is what to write in place of v.
func (f Field) rangeText(v reflect.Value) string {
	unit := ""
	if f.Unit == "share" {
		unit = "a share "
	}
	duration := v.Type() == reflect.TypeFor[time.Duration]()
	switch {
	case f.Max != "" && unit != "":
		return fmt.Sprintf("%sfrom %s to %s", unit, cmp.Or(f.Min, "0"), f.Max)
	case f.Max != "":
		return fmt.Sprintf("%s to %s", cmp.Or(f.Min, "0"), f.Max)
	case f.mustParse(f.Min).IsZero():
		return "zero or more"
	case duration && v.Int() <= 0:
		return "a duration above zero"
	case f.Min == "1":
		return "one or more"
	}
	return f.Min + " or more"
}

func compare(a, b reflect.Value) int {
	if a.Kind() == reflect.Float64 {
		return cmp.Compare(a.Float(), b.Float())
	}
	return cmp.Compare(a.Int(), b.Int())
}

// mustParse reads text, which stands in a tag, as a value of the field.
func (f Field) mustParse(text string) reflect.Value {
	t := f.Base()
	var value any
	var err error
	switch {
	case t == reflect.TypeFor[time.Duration]():
		value, err = time.ParseDuration(text)
	case t.Kind() == reflect.String:
		value = text
	case t.Kind() == reflect.Bool:
		value, err = strconv.ParseBool(text)
	case t.Kind() == reflect.Int, t.Kind() == reflect.Int64:
		value, err = strconv.ParseInt(text, 10, 64)
	case t.Kind() == reflect.Float64:
		value, err = strconv.ParseFloat(text, 64)
	default:
		err = fmt.Errorf("a %v has no form in a tag", t)
	}
	if err != nil {
		panic(fmt.Sprintf("tag: %q of the setting %q: %v", text, f.Name, err))
	}
	return reflect.ValueOf(value).Convert(t)
}
