package tag

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/units"
)

var (
	integerPattern = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)
	octalPattern   = regexp.MustCompile(`^-?0+[0-9]+$`)
)

// measure is a way of writing values that carry a unit.
type measure struct {
	word, example string
	parse         func(text string) (any, error)
	format        func(v reflect.Value) string
}

// measures are the ways by the unit that a tag names; a duration needs none, for its
// type says it.
func measures() map[string]measure {
	return map[string]measure{
		"duration": newMeasure("duration", "5s", units.ParseDuration, units.FormatDuration),
		"/s":       newMeasure("rate", "20/s", units.ParseRate, units.FormatRate),
		"bytes":    newMeasure("size", "64KB", units.ParseBytes, units.FormatBytes),
		"bytes/s":  newMeasure("bandwidth", "125MB/s", units.ParseBandwidth, units.FormatBandwidth),
		"share":    newMeasure("share", "5%", units.ParseShare, units.FormatShare),
	}
}

// newMeasure is a way whose functions take numbers of some type, whatever that of the
// field is.
func newMeasure[P, F any](word, example string, parse func(string) (P, error), format func(F) string) measure {
	return measure{
		word, example, func(text string) (any, error) { return parse(text) },
		func(v reflect.Value) string { return format(v.Convert(reflect.TypeFor[F]()).Interface().(F)) },
	}
}

// measure is how the field's value is written, if it carries a unit.
func (f Field) measure() (measure, bool) {
	unit := f.Unit
	if f.Base() == reflect.TypeFor[time.Duration]() {
		unit = "duration"
	}
	m, ok := measures()[unit]
	return m, ok
}

// Measure is the word for what the field's value is written in: duration, rate,
// size, bandwidth or share; empty for one without a unit.
func (f Field) Measure() string {
	m, _ := f.measure()
	return m.word
}

// Want says what is to be written.
func (f Field) Want() string {
	if len(f.Enum) > 0 {
		return "write " + spelling.Or(f.Enum)
	}
	return f.Doc
}

// Form says how a value of the field is written.
func (f Field) Form() string {
	if len(f.Enum) > 0 {
		return spelling.Or(f.Enum)
	}
	if m, ok := f.measure(); ok {
		return "a " + m.word + " such as " + m.example
	}
	switch f.Base().Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	}
	return "a whole number"
}

// Parse reads a text as the field's type, unit and range want it. The value's type is
// that of its kind: int64 for every whole number, and so on.
func (f Field) Parse(text string) (reflect.Value, error) {
	value, err := f.parse(text)
	if err != nil {
		return reflect.Value{}, err
	}
	v := reflect.ValueOf(value)
	if how, reason := f.outOfRange(v); reason != "" {
		return v, spelling.Refuse("%s is %s: %s", text, how, reason)
	}
	return v, nil
}

func (f Field) parse(text string) (any, error) {
	if m, ok := f.measure(); ok {
		return m.parse(text)
	}
	switch kind := f.Base().Kind(); kind {
	case reflect.String:
		return f.parseText(text)
	case reflect.Bool:
		return parseBool(text)
	case reflect.Float64:
		value, err := units.ParseNumber(text)
		if err != nil && octalPattern.MatchString(text) {
			err = leadingZero(text)
		}
		return value, err
	default:
		return parseWhole(text, kind)
	}
}

func (f Field) parseText(text string) (string, error) {
	if instead, ok := f.Retirement(text); ok {
		return "", spelling.Refuse("%s is gone: %s", text, instead)
	}
	if len(f.Enum) > 0 && !slices.Contains(f.Enum, text) {
		return "", &spelling.Error{Msg: strconv.Quote(text) + " is not one of " + spelling.List(f.Enum), Hint: spelling.Suggest(text, f.Enum)}
	}
	return text, nil
}

func parseBool(text string) (bool, error) {
	if text != "true" && text != "false" {
		return false, spelling.Refuse("%q is neither true nor false", text)
	}
	return text == "true", nil
}

// leadingZero refuses 010, which is eight to some readers of YAML and ten to others.
func leadingZero(text string) error {
	digits := cmp.Or(strings.TrimLeft(text, "-0"), "0")
	return spelling.Refuse("%s begins with a zero, which YAML may read as octal: write %s", text, digits)
}

// parseWhole reads an integer of the kind given.
func parseWhole(text string, kind reflect.Kind) (any, error) {
	if octalPattern.MatchString(text) {
		return nil, leadingZero(text)
	}
	if !integerPattern.MatchString(text) {
		return nil, spelling.Refuse("%q is no whole number", text)
	}
	var whole any
	var err error
	switch {
	case kind != reflect.Uint64:
		whole, err = strconv.ParseInt(text, 10, 64)
	case strings.HasPrefix(text, "-"):
		return nil, spelling.Refuse("%s is negative", text)
	default:
		whole, err = strconv.ParseUint(text, 10, 64)
	}
	if err != nil {
		return nil, spelling.Refuse("%s is too large", text)
	}
	return whole, nil
}

// outOfRange says how a value is not in the field's range, and what it must be;
// nothing for one that is.
func (f Field) outOfRange(v reflect.Value) (how, reason string) {
	switch {
	case v.CanFloat() && math.IsNaN(v.Float()):
		return "no number", "it must be one"
	case f.Min != "" && compareValues(v, f.mustParse(f.Min)) < 0:
		return "too small", "it must be at least " + f.inUnit(f.Min)
	case f.Max != "" && compareValues(v, f.mustParse(f.Max)) > 0:
		return "too large", "it must be at most " + f.inUnit(f.Max)
	}
	return "", ""
}

// inUnit writes a bound of the tags as a file would.
func (f Field) inUnit(bound string) string {
	if f.Unit == "share" {
		return f.Format(f.mustParse(bound))
	}
	return bound
}

// mustParse reads text, which stands in a tag, as a value of the field's own type.
func (f Field) mustParse(text string) reflect.Value {
	value, err := f.parse(text)
	if err != nil {
		panic(fmt.Sprintf("tag: %q of the setting %q: %v", text, f.Name, err)) // a test reads every tag
	}
	return reflect.ValueOf(value).Convert(f.Base())
}

// compareValues orders two values of the same kind.
func compareValues(a, b reflect.Value) int {
	switch {
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	}
	return 0
}

// Format writes a value of the field as a file would, a struct or a list on one
// line. An optional value that is absent is "".
func (f Field) Format(v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Struct:
		return FormatStruct(v)
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = f.Element().Format(v.Index(i))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	if m, ok := f.measure(); ok {
		return m.format(v)
	}
	if v.CanFloat() {
		return units.FormatNumber(v.Float())
	}
	return fmt.Sprint(v.Interface())
}

// FormatStruct writes the fields that differ from their defaults as a mapping on
// one line; in its bare form where the type has one and nothing else is set.
func FormatStruct(v reflect.Value) string {
	// What is left out would be read as its default, which is why defaults are told
	// from what is set by value and not by zero.
	bare, hasBare := Bare(v.Type())
	plain := reflect.New(v.Type()).Elem()
	SetDefaults(plain)
	var parts []string
	var only string
	for _, f := range Fields(v.Type()) {
		field := v.FieldByIndex(f.Index)
		if reflect.DeepEqual(field.Interface(), plain.FieldByIndex(f.Index).Interface()) {
			continue
		}
		parts = append(parts, f.Name+": "+f.Format(field))
		only = f.Name
	}
	if hasBare && (len(parts) == 0 || len(parts) == 1 && only == bare.Name) {
		return bare.Format(v.FieldByIndex(bare.Index))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
