package sweep

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/units"
)

// mostValues bounds one axis, so that a slip of the finger in a range is an error
// and not a week of work.
const mostValues = 1000

// Axis is one parameter of a sweep: the settings that take its value, and the values
// in the order of the sweep.
type Axis struct {
	Paths  []string `json:"paths"`  // as --set names settings; several change together
	Values []string `json:"values"` // as --set takes them
}

// Name is what the axis is called: its paths as they are typed.
func (a Axis) Name() string { return strings.Join(a.Paths, ",") }

// Overrides put a value at every path of the axis, as --set takes them.
func (a Axis) Overrides(value string) []string {
	list := make([]string, len(a.Paths))
	for i, path := range a.Paths {
		list[i] = path + "=" + value
	}
	return list
}

// Concerns reports whether the axis can change what a strategy does: settings of another
// one cannot.
func (a Axis) Concerns(strategy string) bool {
	return slices.ContainsFunc(a.Paths, func(path string) bool {
		part, rest, _ := strings.Cut(path, ".")
		label, _, _ := strings.Cut(rest, ".")
		return part != "strategies" && part != "variants" || label == strategy
	})
}

// ParseAxis reads what --vary takes: path=value,value,... or a range in place of a
// value. Several paths before the equals sign, with commas between them, take the
// values together. Commas in brackets, braces and quotes belong to a value, which is
// YAML. A range is 1s..30s/5, five values at even distances with both ends, or
// 1s..32s*2, which doubles from one end to the other.
func ParseAxis(text string) (Axis, error) {
	left, right, ok := strings.Cut(text, "=")
	if !ok {
		return Axis{}, spelling.Refuse("write path=value,value, such as fleet.workers=10,20,50")
	}
	values, err := splitValues(right)
	if err != nil {
		return Axis{}, err
	}
	return axisOf(left, values)
}

// axisOf is the axis of paths, with commas between them, and of a list of values and
// ranges.
func axisOf(paths string, list []string) (Axis, error) {
	a := Axis{Paths: strings.Split(paths, ",")}
	for i, path := range a.Paths {
		a.Paths[i] = strings.TrimSpace(path)
		switch {
		case a.Paths[i] == "":
			return Axis{}, spelling.Refuse("a path is missing before the values: write fleet.workers=10,20,50")
		case slices.Contains(a.Paths[:i], a.Paths[i]):
			return Axis{}, spelling.Refuse("%s stands twice among the paths", a.Paths[i])
		}
	}
	first := make(map[string]string) // by its meaning, how a value is written first
	for _, text := range list {
		values, err := expandRange(text)
		if err != nil {
			return Axis{}, err
		}
		for _, v := range values {
			if other, twice := first[meaning(v)]; twice {
				return Axis{}, spelling.Refuse("%s is twice among the values of %s, first as %s", v, a.Name(), other)
			}
			first[meaning(v)] = v
			a.Values = append(a.Values, v)
		}
	}
	switch n := len(a.Values); {
	case n == 0:
		return Axis{}, spelling.Refuse("%s has no values: write several, such as %[1]s=1s,5s,30s", a.Name())
	case n == 1:
		return Axis{}, spelling.Refuse("%s has one value, so nothing varies: write several, or --set %[1]s=%s", a.Name(), a.Values[0])
	case n > mostValues:
		return Axis{}, spelling.Refuse("%s has %d values: an axis takes %d at most", a.Name(), n, mostValues)
	}
	return a, nil
}

// splitValues cuts a list at its commas, those within brackets, braces and quotes
// apart.
func splitValues(text string) (list []string, err error) {
	var open []byte // the signs that close what is open
	from := 0
	cut := func(to int) error {
		v := strings.TrimSpace(text[from:to])
		if v == "" {
			return spelling.Refuse("a value is missing in %q: write them with one comma between two", text)
		}
		list, from = append(list, v), to+1
		return nil
	}
	for i := range len(text) {
		c := text[i]
		last := len(open) - 1
		switch {
		case last >= 0 && c == open[last]:
			open = open[:last]
		case last >= 0 && (open[last] == '"' || open[last] == '\''): // within quotes nothing else means anything
		case c == '[' || c == '{' || c == '"' || c == '\'':
			open = append(open, map[byte]byte{'[': ']', '{': '}', '"': '"', '\'': '\''}[c])
		case c == ',' && last < 0:
			if err := cut(i); err != nil {
				return nil, err
			}
		}
	}
	if len(open) > 0 {
		return nil, spelling.Refuse("%q is not closed: %c is missing", text, open[len(open)-1])
	}
	return list, cut(len(text))
}

var (
	rangePattern  = regexp.MustCompile(`^([0-9]\S*?)\.\.([0-9]\S*?)(?:/([0-9]{1,6})|\*([0-9][0-9.]*))$`)
	openedPattern = regexp.MustCompile(`^[0-9][^\s,"'\[{]*\.\.[0-9]`)
)

// expandRange is the values that a range means, and what is no range itself.
func expandRange(text string) ([]string, error) {
	m := rangePattern.FindStringSubmatch(text)
	if m == nil {
		if openedPattern.MatchString(text) {
			return nil, spelling.Refuse("%q is half a range: add how many values it has, as in 1s..30s/5, or the factor from one to the next, as in 1s..32s*2", text)
		}
		return []string{text}, nil
	}
	from, to, kind, err := parseEnds(m[1], m[2])
	if err != nil {
		return nil, err
	}
	var numbers []float64
	switch {
	case from >= to:
		return nil, spelling.Refuse("%q runs downwards: write the lower end first", text)
	case m[3] != "":
		numbers, err = evenly(from, to, m[3])
	default:
		numbers, err = geometrically(from, to, m[4])
	}
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	round := roundTo3 // values between the ends are read by people
	if kind == quantityKinds[0] && from == math.Trunc(from) && to == math.Trunc(to) {
		round = math.Round // counts stay counts
	}
	values := make([]string, len(numbers))
	for i, v := range numbers {
		inside := i > 0 && i < len(numbers)-1
		if r := round(v); inside && round(numbers[i-1]) < r && r < round(numbers[i+1]) { // neighbours stay apart
			v = r
		}
		values[i] = kind.format(v)
	}
	return values, nil
}

// evenly is n numbers at even distances, both ends among them.
func evenly(from, to float64, count string) ([]float64, error) {
	n, err := strconv.Atoi(count)
	if err != nil || n < 2 || n > mostValues {
		return nil, spelling.Refuse("a range has 2 to %d values", mostValues)
	}
	list := make([]float64, n)
	for i := range list {
		list[i] = from + (to-from)*float64(i)/float64(n-1)
	}
	return list, nil
}

// geometrically goes from one end to the other by a factor. The upper end is the last
// value, also where the factor steps over it.
func geometrically(from, to float64, factor string) ([]float64, error) {
	f, err := strconv.ParseFloat(factor, 64)
	switch {
	case err != nil || !(f > 1):
		return nil, spelling.Refuse("the factor is %s: it must be above 1", factor)
	case from <= 0:
		return nil, spelling.Refuse("no factor leads away from 0: begin above it")
	}
	var list []float64
	for v := from; v < to*(1-1e-9); v *= f {
		if list = append(list, v); len(list) >= mostValues {
			return nil, spelling.Refuse("a range has 2 to %d values", mostValues)
		}
	}
	return append(list, to), nil
}

// roundTo3 keeps three significant digits.
func roundTo3(v float64) float64 {
	if v == 0 {
		return 0
	}
	scale := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

// quantityKind is a kind of number that a value can be.
type quantityKind struct {
	name   string
	parse  func(string) (float64, error)
	format func(float64) string
}

// quantityKinds are the kinds, the most special last. Numbers are first, which a range
// looks for.
var quantityKinds = []*quantityKind{
	{"a number", units.ParseNumber, units.FormatNumber},
	{"a duration", func(s string) (float64, error) { d, err := units.ParseDuration(s); return float64(d) / 1e6, err },
		func(ms float64) string { return units.FormatDuration(time.Duration(math.Round(ms * 1e6))) }},
	{"a size", func(s string) (float64, error) { n, err := units.ParseBytes(s); return float64(n), err },
		func(n float64) string { return units.FormatBytes(math.Round(n)) }},
	{"a rate", units.ParseRate, units.FormatRate},
	{"a bandwidth", units.ParseBandwidth, units.FormatBandwidth},
	{"a share", units.ParseShare, units.FormatShare},
}

// parseQuantity reads a number with its unit, if it has one.
func parseQuantity(text string) (v float64, kind *quantityKind, ok bool) {
	for _, kind := range quantityKinds {
		if v, err := kind.parse(text); err == nil {
			return v, kind, true
		}
	}
	return 0, nil, false
}

// parseEnds reads the two ends of a range, which are of one kind. A 0 is of any.
func parseEnds(first, second string) (from, to float64, kind *quantityKind, err error) {
	to, kind, ok := parseQuantity(second)
	if !ok {
		return 0, 0, nil, spelling.Refuse("%q is no number with a unit, and cannot end a range", second)
	}
	if from, err = kind.parse(first); err != nil {
		return 0, 0, nil, spelling.Refuse("%q and %q cannot be the two ends of a range: %q is %s", first, second, second, kind.name)
	}
	return from, to, kind, nil
}

// meaning is the same for values that mean the same, as 1s and 1000ms do.
func meaning(text string) string {
	if v, kind, ok := parseQuantity(text); ok {
		return kind.name + " " + units.FormatNumber(v)
	}
	return text
}

// Numbers are the values as numbers, if all of them are of one kind: durations in
// milliseconds, sizes in bytes, rates a second, shares of 1.
func (a Axis) Numbers() (list []float64, ok bool) {
	var kind *quantityKind
	for _, text := range a.Values {
		v, k, ok := parseQuantity(text)
		if zero := ok && v == 0; !ok || kind != nil && k != kind && !zero {
			return nil, false
		}
		if v != 0 {
			kind = k
		}
		list = append(list, v)
	}
	return list, true
}
