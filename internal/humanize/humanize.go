// Package humanize writes figures for readers: rounded to what an eye compares,
// in the unit in which they are short. Settings are spelt elsewhere, exactly and
// so that they can be read again; nothing reads these texts but people.
package humanize

import (
	"bytes"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const notAvailable = "n/a"

// TimeUnit is a unit in which times are written.
type TimeUnit struct {
	Name string
	MS   float64

	least float64 // how many of it there must be: 90 s, not 1.5 min
}

// TimeUnits are those, the longest first.
var TimeUnits = [...]TimeUnit{
	{"d", 86_400_000, 2}, {"h", 3_600_000, 2}, {"min", 60_000, 2}, {"s", 1000, 1}, {"ms", 1, 1}, {"µs", 0.001, 0},
}

// Duration writes a time in ms to three digits: 500 µs, 5 ms, 1.2 s, 4 min.
func Duration(ms float64) string {
	if math.IsNaN(ms) {
		return notAvailable
	}
	if ms == 0 {
		return "0 ms"
	}
	for _, u := range TimeUnits {
		if v := round3(ms / u.MS); math.Abs(v) >= u.least {
			return ThreeDigits(math.Round(v*1000)/1000) + " " + u.Name // no clock tells less than a nanosecond
		}
	}
	return notAvailable
}

// Latency writes a latency in ms. None is 0, but a microsecond is the finest that a
// histogram tells.
func Latency(ms float64) string {
	if ms == 0 {
		return "<1 µs"
	}
	return Duration(ms)
}

// RoundTime writes a round time on an axis, in the largest unit that holds it
// at least once: 1 min and not 60 s.
func RoundTime(ms float64) string {
	for _, u := range TimeUnits {
		if ms >= u.MS*(1-1e-9) {
			return ThreeDigits(ms/u.MS) + " " + u.Name
		}
	}
	return Duration(ms)
}

// Count writes a number of things: 1,000 and 1.23 M.
func Count(v float64) string {
	switch {
	case math.IsNaN(v):
		return notAvailable
	case math.Abs(v) >= 999_500_000:
		return ThreeDigits(v/1e9) + " G"
	case math.Abs(v) >= 1e6:
		return ThreeDigits(v/1e6) + " M"
	case v != math.Trunc(v) && math.Abs(v) < 1000: // the median of an even number of seeds
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return thousands(int64(math.Round(v)))
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	from := 0
	if n < 0 {
		from = 1
	}
	for i := len(s) - 3; i > from; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Percent writes a share of 1: 97.3 %. Near none and near all it keeps two digits that
// count: 393 of 9 million are 0.0044 % and not 0 %, and the rest are 99.9956 %.
func Percent(share float64) string {
	if math.IsNaN(share) {
		return notAvailable
	}
	const most = 4 // decimals: one of a million
	decimals := 1
	if rest := 100 * min(math.Abs(share), math.Abs(1-share)); rest > 0 && rest < 0.1 {
		decimals = min(1-int(math.Floor(math.Log10(rest))), most)
	}
	switch {
	case share > 0 && share < 0.5e-6:
		return "<0.0001 %"
	case share < 1 && share > 1-0.5e-6:
		return "99.9999 %"
	}
	return trimZeros(strconv.FormatFloat(100*share, 'f', decimals, 64)) + " %"
}

// trimZeros leaves out the zeros at the end of a fraction.
func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// ExactPercent writes 0.999 as 99.9 %, with every nine.
func ExactPercent(share float64) string {
	return strconv.FormatFloat(math.Round(share*1e9)/1e7, 'f', -1, 64) + " %"
}

// round3 rounds to three significant digits.
func round3(v float64) float64 {
	r, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64) // it reads what it wrote, or gives an infinity
	return r
}

// ThreeDigits writes at least three significant digits, without exponent and
// without zeros at the end of a fraction.
func ThreeDigits(v float64) string {
	decimals := 0
	switch a := math.Abs(v); {
	case a > 0 && a < 0.01:
		decimals = 2 - int(math.Floor(math.Log10(a)))
	case a < 1:
		decimals = 3
	case a < 9.995:
		decimals = 2
	case a < 99.95:
		decimals = 1
	}
	return trimZeros(strconv.FormatFloat(v, 'f', decimals, 64))
}

// FourDigits writes a figure with as many digits as a reader compares: counts whole.
func FourDigits(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e9 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// PrintableWriter writes what is printable to w, line breaks and tabs included, and a
// question mark for the rest: a name with an escape sequence in it is to show, and neither
// to move a reader's cursor nor to make a file binary. What is written must not end within
// a character, as no text of a template or of fmt does.
func PrintableWriter(w io.Writer) io.Writer { return printable{w} }

type printable struct{ to io.Writer }

func (w printable) Write(p []byte) (int, error) {
	clean := bytes.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return Printable(r)
	}, bytes.ToValidUTF8(p, []byte("?")))
	if _, err := w.to.Write(clean); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Wrap breaks a text into lines of at most so many characters, where it has blanks. The
// lines after the first begin with an indent.
func Wrap(text string, width int, indent string) string {
	var b strings.Builder
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			b.WriteString(line + "\n")
			line = indent + word
			continue
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return b.String() + line + "\n"
}

// Words writes an identifier for people: cold_failure is a cold failure.
func Words(id string) string { return strings.ReplaceAll(id, "_", " ") }

// Plural writes a number of things by name.
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(int64(n)) + " " + many
}

// Rate is a unit for numbers of events over time.
type Rate struct {
	Name    string // minute
	Letter  string // min
	Seconds float64
}

// RateUnit is the unit in which the highest of some numbers per second is 1 or
// more, and seconds if none is.
func RateUnit(perSecond float64) Rate {
	list := []Rate{{"second", "s", 1}, {"minute", "min", 60}, {"hour", "h", 3600}, {"day", "d", 86400}}
	for _, r := range list {
		if perSecond*r.Seconds >= 1 {
			return r
		}
	}
	return list[0]
}

// Write writes a number in the unit.
func (r Rate) Write(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v >= 1000:
		return Count(math.Round(v)) + "/" + r.Letter
	}
	return ThreeDigits(v) + "/" + r.Letter
}

// PerSecond writes a number of events a second: 30/s.
func PerSecond(v float64) string { return Rate{"second", "s", 1}.Write(v) }

// Printable replaces what would move the cursor.
func Printable(r rune) rune {
	if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
		return '?'
	}
	return r
}

// longestLine is how many characters of a line a message is worth: a name of five
// thousand is not read to its end.
const longestLine = 600

// Legible makes a text fit for a terminal: control characters are spelt out, as \x1b,
// and lines that are too long lose their middle, for what is wrong stands at the
// beginning and what to do at the end.
func Legible(text string) string {
	lines := strings.Split(strings.ToValidUTF8(text, "\ufffd"), "\n")
	for i, line := range lines {
		if runes := []rune(line); len(runes) > longestLine {
			line = string(runes[:longestLine/2]) + " [...] " + string(runes[len(runes)-longestLine/2:])
		}
		var b strings.Builder
		for _, r := range line {
			if unicode.IsControl(r) && r != '\t' {
				quoted := strconv.QuoteRune(r)
				b.WriteString(quoted[1 : len(quoted)-1])
			} else {
				b.WriteRune(r)
			}
		}
		lines[i] = b.String()
	}
	return strings.Join(lines, "\n")
}
