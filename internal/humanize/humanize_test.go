package humanize

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestUnits(t *testing.T) {
	const second, minute, hour, day = 1000.0, 60_000.0, 3_600_000.0, 86_400_000.0
	for _, test := range []struct{ got, want string }{
		{Duration(0), "0 ms"}, {Duration(0.0005), "0.5 µs"}, {Duration(0.5), "500 µs"}, {Duration(5), "5 ms"}, {Duration(1.234), "1.23 ms"},
		{Duration(999.4), "999 ms"}, {Duration(999.6), "1 s"}, {Duration(1.2 * second), "1.2 s"}, {Duration(90 * second), "90 s"},
		{Duration(4 * minute), "4 min"}, {Duration(90 * minute), "90 min"}, {Duration(36 * hour), "36 h"}, {Duration(30 * day), "30 d"},
		{Duration(math.NaN()), "n/a"},
		{RoundTime(minute), "1 min"}, {RoundTime(hour), "1 h"}, {RoundTime(day), "1 d"}, {RoundTime(0.003), "3 µs"},
		{Count(0), "0"}, {Count(999), "999"}, {Count(1000), "1,000"}, {Count(-1234567), "-1.23 M"}, {Count(999_999), "999,999"}, {Count(12.5), "12.5"},
		{Count(1234.5), "1,235"}, {Count(2.5e9), "2.5 G"}, {Count(math.NaN()), "n/a"},
		{Percent(0), "0 %"}, {Percent(1), "100 %"}, {Percent(0.99999), "99.999 %"}, {Percent(0.0001), "0.01 %"}, {Percent(393.0 / 9e6), "0.0044 %"}, {Percent(1 - 393.0/9e6), "99.9956 %"}, {Percent(0.00099), "0.099 %"}, {Percent(1e-6), "0.0001 %"}, {Percent(1e-9), "<0.0001 %"}, {Percent(1 - 1e-9), "99.9999 %"}, {Duration(1e-9), "0 µs"}, {ThreeDigits(0.00012345), "0.000123"}, {Percent(0.973), "97.3 %"}, {Percent(0.5), "50 %"},
		{ExactPercent(0.999), "99.9 %"}, {ExactPercent(0.99999), "99.999 %"}, {ExactPercent(0), "0 %"},
		{Plural(1, "seed", "seeds"), "1 seed"}, {Plural(2000, "seed", "seeds"), "2,000 seeds"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestDurationProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := math.Pow(10, rapid.Float64Range(-5, 10).Draw(t, "magnitude"))
		text := Duration(ms)
		if strings.ContainsAny(text, "eE") || utf8.RuneCountInString(text) > 8 && ms < 86_400_000*9999 {
			t.Fatalf("%v ms is written %q", ms, text)
		}
	})
}

func TestLegible(t *testing.T) {
	long := strings.Repeat("é", 5000)
	for text, want := range map[string]string{
		"a plain\n\ttext":                 "a plain\n\ttext",
		"\x1b]0;title\a of \x00 \u009b":   `\x1b]0;title\a of \x00 \u009b`,
		"a.yaml: " + long + ": rename it": "a.yaml: " + long[:2*292] + " [...] " + long[:2*289] + ": rename it",
	} {
		if got := Legible(text); got != want {
			t.Errorf("%.40q: got %q, want %q", text, got, want)
		}
	}
}

func TestPrintableWriter(t *testing.T) {
	var b bytes.Buffer
	text := "a\tb\n\x1b]0;title\a\x00 é \u0085 \xff"
	if n, err := io.WriteString(PrintableWriter(&b), text); n != len(text) || err != nil {
		t.Errorf("wrote %d, %v", n, err)
	}
	if got, want := b.String(), "a\tb\n?]0;title?? é ? ?"; got != want {
		t.Errorf("%q is written as %q, want %q", text, got, want)
	}
}
