package scenarios

import (
	"cmp"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	integerPattern = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)
	octalPattern   = regexp.MustCompile(`^-?0+[0-9]+$`)
)

// form says how a value of the setting is written.
func (s setting) form() string {
	if len(s.enum) > 0 {
		return orList(s.enum)
	}
	if m, ok := s.measure(); ok {
		return "a " + m.word + " such as " + m.example
	}
	switch s.base().Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	}
	return "a whole number"
}

// parse reads the text of a scalar as the setting's type and unit want it.
func (s setting) parse(n *node) (reflect.Value, error) {
	var value any
	var err error
	m, measured := s.measure()
	switch t := s.base(); {
	case measured:
		value, err = m.parse(n.text)
	case t.Kind() == reflect.String:
		value, err = s.parseText(n)
	case n.quoted:
		err = refuse("%q is in quotes: write %s without them", n.text, s.form())
	case t.Kind() == reflect.Bool:
		value, err = parseBool(n.text)
	case t.Kind() == reflect.Float64:
		if value, err = parseNumber(n.text); err != nil && octalPattern.MatchString(n.text) {
			err = leadingZero(n.text)
		}
	default:
		value, err = parseWhole(n.text, t.Kind())
	}
	if err != nil {
		return reflect.Value{}, err
	}
	return reflect.ValueOf(value), nil
}

func (s setting) parseText(n *node) (string, error) {
	if len(s.enum) > 0 {
		if !slices.Contains(s.enum, n.text) {
			return "", &hinted{strconv.Quote(n.text) + " is not one of " + listed(s.enum), Suggest(n.text, s.enum)}
		}
		return n.text, nil
	}
	if n.typed && !s.hasDef {
		return "", refuse("%s is not a text for YAML: put it in quotes", n.text)
	}
	return n.text, nil
}

func parseBool(text string) (bool, error) {
	if text != "true" && text != "false" {
		return false, refuse("%q is neither true nor false", text)
	}
	return text == "true", nil
}

// leadingZero refuses 010, which is eight to some readers of YAML and ten to others.
func leadingZero(text string) error {
	digits := strings.TrimLeft(text, "-0")
	if digits == "" {
		digits = "0"
	}
	return refuse("%s begins with a zero, which YAML may read as octal: write %s", text, digits)
}

// parseWhole reads an integer of the kind given.
func parseWhole(text string, kind reflect.Kind) (any, error) {
	if octalPattern.MatchString(text) {
		return nil, leadingZero(text)
	}
	if !integerPattern.MatchString(text) {
		return nil, refuse("%q is no whole number", text)
	}
	if kind == reflect.Uint64 {
		if strings.HasPrefix(text, "-") {
			return nil, refuse("%s is negative", text)
		}
		u, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return nil, refuse("%s is too large", text)
		}
		return u, nil
	}
	i, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, refuse("%s is too large", text)
	}
	return i, nil
}

// inRange checks got against the setting's min and max.
func (s setting) inRange(got reflect.Value, text string) error {
	if s.min != "" && compare(got, s.bound(s.min)) < 0 {
		return refuse("%s is too small: it must be at least %s", text, s.inUnit(s.min))
	}
	if s.max != "" && compare(got, s.bound(s.max)) > 0 {
		return refuse("%s is too large: it must be at most %s", text, s.inUnit(s.max))
	}
	return nil
}

// inUnit writes a bound of the tags as a file would.
func (s setting) inUnit(bound string) string {
	if s.unit == "share" && bound == "1" {
		return "100%"
	}
	return bound
}

func (s setting) bound(text string) reflect.Value {
	v, err := s.parse(&node{kind: scalarNode, text: text})
	if err != nil {
		panic("scenarios: the range of " + s.name + ": " + err.Error())
	}
	return v
}

// compare orders two values of the same kind.
func compare(a, b reflect.Value) int {
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
