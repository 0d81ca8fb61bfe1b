package reports

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestUnits(t *testing.T) {
	const second, minute, hour, day = 1000.0, 60_000.0, 3_600_000.0, 86_400_000.0
	for _, test := range []struct{ got, want string }{
		{duration(0), "0 ms"}, {duration(0.0005), "0.5 µs"}, {duration(0.5), "500 µs"}, {duration(5), "5 ms"}, {duration(1.234), "1.23 ms"},
		{duration(999.4), "999 ms"}, {duration(999.6), "1 s"}, {duration(1.2 * second), "1.2 s"}, {duration(90 * second), "90 s"},
		{duration(4 * minute), "4 min"}, {duration(90 * minute), "90 min"}, {duration(36 * hour), "36 h"}, {duration(30 * day), "30 d"},
		{duration(math.NaN()), "n/a"},
		{tickTime(minute), "1 min"}, {tickTime(hour), "1 h"}, {tickTime(day), "1 d"}, {tickTime(0.003), "3 µs"},
		{count(0), "0"}, {count(999), "999"}, {count(1000), "1,000"}, {count(-1234567), "-1.23 M"}, {count(999_999), "999,999"}, {count(12.5), "12.5"},
		{count(1234.5), "1,235"}, {count(2.5e9), "2.5 G"}, {count(math.NaN()), "n/a"},
		{percent(0), "0 %"}, {percent(1), "100 %"}, {percent(0.99999), "99.9 %"}, {percent(0.0001), "<0.1 %"}, {percent(0.973), "97.3 %"}, {percent(0.5), "50 %"},
		{digitsOfShare(0.999), "99.9 %"}, {digitsOfShare(0.99999), "99.999 %"}, {digitsOfShare(0), "0 %"},
		{plural(1, "seed", "seeds"), "1 seed"}, {plural(2000, "seed", "seeds"), "2,000 seeds"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestDurationProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := math.Pow(10, rapid.Float64Range(-5, 10).Draw(t, "magnitude"))
		text := duration(ms)
		if strings.ContainsAny(text, "eE") || utf8.RuneCountInString(text) > 8 && ms < 86_400_000*9999 {
			t.Fatalf("%v ms is written %q", ms, text)
		}
	})
}
