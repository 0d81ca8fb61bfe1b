package cached

import (
	"cmp"
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/herdlab/herdlab/strategies"
)

// keys writes the arguments of a function as the key of its result, and reads them from
// it again: who has a key alone, as a publisher's worker does, can call the function.
//
// A key is NAMESPACE:NAME:VERSION:ARGUMENTS:VARIANT. Letters, digits, dot, dash and
// underline stand for themselves, and everything else is %XX, so that no two arguments
// have one key: not ("a,b", "c") and ("a", "b,c"), and nothing that a user types can be
// taken for the next field. Every key is ASCII without a space, as memcached wants it.
type keys[A comparable] struct{ prefix string }

// newKeys refuses arguments that have no form as text: pointers, of which two may mean the
// same, and interfaces, of which the type would be lost.
func newKeys[A comparable](namespace, name string, version int) (keys[A], error) {
	t := reflect.TypeFor[A]()
	// Said when the function is made, by its type alone, and not when the first request comes.
	if bad := unwritable(t); bad != nil {
		return keys[A]{}, &strategies.ConfigError{
			Field: "arguments",
			Msg:   fmt.Sprintf("are %v, and a %v has no form as text: use strings, numbers, booleans, arrays of them and structs of exported fields, or an encoding.TextMarshaler", t, bad),
		}
	}
	b := escape(nil, namespace)
	b = append(escape(append(b, ':'), name), ':')
	return keys[A]{string(strconv.AppendInt(b, int64(version), 10)) + ":"}, nil
}

// unwritable is the part of a type that cannot be written, or nil.
func unwritable(t reflect.Type) reflect.Type {
	switch {
	// Both ways: what can be written and not read again would be found out by the first
	// publisher's worker, in production.
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) && reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return nil
	case t.Kind() == reflect.Array:
		return unwritable(t.Elem())
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			// A field that is not exported can be written and not be set.
			if bad := unwritable(t.Field(i).Type); bad != nil || !t.Field(i).IsExported() {
				return cmp.Or(bad, t)
			}
		}
		return nil
	case t.Kind() <= reflect.Float64 && t.Kind() >= reflect.Bool && t.Kind() != reflect.Uintptr, t.Kind() == reflect.String:
		return nil
	}
	return t
}

// of is the key of a result. It is the same in every process and for ever: a release that
// changed it would begin with a cold cache, and boxes of both releases would purge past
// each other. Only a TextMarshaler of the user can fail.
func (k keys[A]) of(args A, variant string) (string, error) {
	b := append(make([]byte, 0, 64), k.prefix...)
	var err error
	switch a := any(&args).(type) { // what most functions are called with needs no reflection
	case *string:
		b = escape(b, *a)
	case *int:
		b = strconv.AppendInt(b, int64(*a), 10)
	case *int64:
		b = strconv.AppendInt(b, *a, 10)
	default:
		b, err = write(b, reflect.ValueOf(&args).Elem())
	}
	return string(escape(append(b, ':'), variant)), err
}

// args are the arguments and the variant in a key. What has another prefix was written by
// another function or version, and is refused: its arguments may read as ours and mean
// something else.
func (k keys[A]) args(key string) (args A, variant string, err error) {
	text, ours := strings.CutPrefix(key, k.prefix)
	text, variant, whole := strings.Cut(text, ":")
	rest, err := read(text, reflect.ValueOf(&args).Elem())
	if variant, bad := unescape(variant); err == nil && ours && whole && rest == "" && bad == nil {
		return args, variant, nil
	}
	return args, "", fmt.Errorf("key %q is none of %q: it was made by another function or another version of this one", key, k.prefix)
}

// write appends a value; the fields of a struct and the elements of an array have a comma
// behind each, so that their number is told from their being empty.
func write(b []byte, v reflect.Value) ([]byte, error) {
	// First, as a type that knows its own form may be of any kind: a time.Time is a struct,
	// and two that are the same instant differ in what is not exported.
	if v.CanInterface() {
		if m, ok := v.Interface().(encoding.TextMarshaler); ok {
			text, err := m.MarshalText()
			return escape(b, string(text)), err
		}
	}
	switch v.Kind() {
	case reflect.String:
		return escape(b, v.String()), nil
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool()), nil
	case reflect.Float32, reflect.Float64:
		// The shortest form that reads back as the same number.
		return escape(b, strconv.FormatFloat(v.Float(), 'g', -1, 64)), nil
	case reflect.Struct, reflect.Array:
		for i := range parts(v) {
			var err error
			if b, err = write(b, part(v, i)); err != nil {
				return b, err
			}
			b = append(b, ',')
		}
		return b, nil
	}
	if v.CanInt() {
		return strconv.AppendInt(b, v.Int(), 10), nil
	}
	return strconv.AppendUint(b, v.Uint(), 10), nil
}

// read fills v from the front of text and returns what is left. It is write backwards, and
// a text that write would not have written is an error: a key that was cut short must
// not become the arguments of another.
func read(text string, v reflect.Value) (rest string, err error) {
	_, marshals := v.Addr().Interface().(encoding.TextUnmarshaler)
	if !marshals && (v.Kind() == reflect.Struct || v.Kind() == reflect.Array) {
		for i := range parts(v) {
			p := part(v, i)
			if !p.CanSet() {
				return "", fmt.Errorf("field %d of %v is not exported", i, v.Type())
			}
			if text, err = read(text, p); err != nil {
				return "", err
			}
			if text, ok := strings.CutPrefix(text, ","); ok {
				rest = text
			} else {
				return "", fmt.Errorf("%v ends after %d fields", v.Type(), i)
			}
			text = rest
		}
		return text, nil
	}
	if end := strings.IndexByte(text, ','); end >= 0 {
		text, rest = text[:end], text[end:]
	}
	if text, err = unescape(text); err == nil {
		err = set(v, text)
	}
	return rest, err
}

// set gives v the value that text says.
func set(v reflect.Value, text string) (err error) {
	if m, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return m.UnmarshalText([]byte(text))
	}
	// The size of the type is given to the parser, so that 300 is no int8 and not 44.
	bits := v.Type().Bits
	switch {
	case v.Kind() == reflect.String:
		v.SetString(text)
	case v.Kind() == reflect.Bool:
		var b bool
		b, err = strconv.ParseBool(text)
		v.SetBool(b)
	case v.CanFloat():
		var f float64
		f, err = strconv.ParseFloat(text, bits())
		v.SetFloat(f)
	case v.CanInt():
		var n int64
		n, err = strconv.ParseInt(text, 10, bits())
		v.SetInt(n)
	case v.CanUint():
		var n uint64
		n, err = strconv.ParseUint(text, 10, bits())
		v.SetUint(n)
	default:
		err = fmt.Errorf("%v cannot be read", v.Type())
	}
	return err
}

// parts is how many fields or elements a value has.
func parts(v reflect.Value) int {
	if v.Kind() == reflect.Struct {
		return v.NumField()
	}
	return v.Len()
}

// part is one of them.
func part(v reflect.Value, i int) reflect.Value {
	if v.Kind() == reflect.Struct {
		return v.Field(i)
	}
	return v.Index(i)
}

// escape appends a text in the letters that a key may have. It goes by bytes, so that
// text which is no UTF-8 has a form, too, and of its own.
func escape(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '.', c == '-', c == '_':
			b = append(b, c)
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return b
}

// unescape is the text that escape was given.
func unescape(s string) (string, error) {
	if !strings.Contains(s, "%") {
		return s, nil
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b = append(b, s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", fmt.Errorf("%q ends in the middle of %%XX", s)
		}
		c, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			return "", err
		}
		b = append(b, byte(c))
		i += 2
	}
	return string(b), nil
}
