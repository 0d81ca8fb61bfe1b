package scenarios

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// spell writes a value as a scenario file would. An optional value that is
// absent is "".
func spell(v reflect.Value, s setting) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	switch d, isDuration := v.Interface().(time.Duration); {
	case isDuration:
		return spellDuration(d)
	case v.Kind() == reflect.Struct:
		return spellStruct(v)
	case v.Kind() == reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = spell(v.Index(i), s.element())
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	switch s.unit {
	case "/s":
		return spellRate(v.Float())
	case "bytes":
		return spellBytes(float64(v.Int()))
	case "bytes/s":
		if v.Float() == 0 {
			return "0"
		}
		return spellBytes(v.Float()) + "/s"
	case "share":
		return spellFloat(v.Float()*100) + "%"
	}
	if v.CanFloat() {
		return spellFloat(v.Float())
	}
	return fmt.Sprint(v.Interface())
}

// spellStruct writes the fields that differ from their defaults as a mapping
// on one line; a bare form where the type has one and nothing else is set.
func spellStruct(v reflect.Value) string {
	short, hasShort := shorthand(v.Type())
	plain := reflect.New(v.Type()).Elem()
	defaults(plain, setting{})
	var parts []string
	var only string
	for _, s := range settings(v.Type()) {
		field := v.FieldByIndex(s.index)
		if reflect.DeepEqual(field.Interface(), plain.FieldByIndex(s.index).Interface()) {
			continue
		}
		parts = append(parts, s.name+": "+spell(field, s))
		only = s.name
	}
	if hasShort && (len(parts) == 0 || len(parts) == 1 && only == short.name) {
		return spell(v.FieldByIndex(short.index), short)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func spellFloat(f float64) string {
	return strconv.FormatFloat(f, 'g', 12, 64) // twelve digits hide what binary fractions add
}

// spellRate writes a rate per second, or in the first longer unit that needs no more
// than three decimals.
func spellRate(perSecond float64) string {
	for _, u := range []struct {
		name    string
		seconds float64
	}{{"s", 1}, {"min", 60}, {"h", 3600}} {
		n := perSecond * u.seconds
		if text := strconv.FormatFloat(n, 'f', 3, 64); spellFloat(n) == trimZeros(text) {
			return spellFloat(n) + "/" + u.name
		}
	}
	return spellFloat(perSecond) + "/s"
}

func trimZeros(decimal string) string { return strings.TrimRight(strings.TrimRight(decimal, "0"), ".") }

func spellDuration(d time.Duration) string {
	if d != 0 && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return strings.ReplaceAll(text, "µ", "u")
}

func spellBytes(n float64) string {
	units := []struct {
		name string
		size float64
	}{{"GiB", 1 << 30}, {"GB", 1e9}, {"MiB", 1 << 20}, {"MB", 1e6}, {"KiB", 1 << 10}, {"KB", 1e3}}
	for _, u := range units {
		if q := n / u.size; q >= 1 && q*10 == float64(int64(q*10)) {
			return spellFloat(q) + u.name
		}
	}
	if n == 0 {
		return "0"
	}
	return spellFloat(n) + "B"
}
