package units

import (
	"strconv"
	"strings"
	"time"
)

// FormatNumber writes a number in as few digits as it needs.
func FormatNumber(f float64) string {
	return strconv.FormatFloat(f, 'g', 12, 64) // twelve digits hide what binary fractions add
}

// FormatRate writes a rate per second, or in the first longer unit that needs no more
// than three decimals.
func FormatRate(perSecond float64) string {
	for _, u := range []struct {
		name    string
		seconds float64
	}{{"s", 1}, {"min", 60}, {"h", 3600}} {
		n := perSecond * u.seconds
		// 1.0/15 is 0.0666... a second, and 4 a minute
		if text := strconv.FormatFloat(n, 'f', 3, 64); FormatNumber(n) == trimZeros(text) {
			return FormatNumber(n) + "/" + u.name
		}
	}
	return FormatNumber(perSecond) + "/s"
}

func trimZeros(decimal string) string { return strings.TrimRight(strings.TrimRight(decimal, "0"), ".") }

// FormatDuration writes a duration without the parts that are zero: 1h30m, 2d.
func FormatDuration(d time.Duration) string {
	if d != 0 && d%Day == 0 {
		return strconv.FormatInt(int64(d/Day), 10) + "d"
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

// FormatShare writes a share of a whole in percent.
func FormatShare(share float64) string { return FormatNumber(share*100) + "%" }

// FormatBandwidth writes bytes per second.
func FormatBandwidth(perSecond float64) string {
	if perSecond == 0 {
		return "0"
	}
	return FormatBytes(perSecond) + "/s"
}

// FormatBytes writes a size in the largest unit in which it has one decimal at
// most. Units of two come before those of ten, which are a little smaller.
func FormatBytes(n float64) string {
	units := []struct {
		name string
		size float64
	}{{"GiB", 1 << 30}, {"GB", 1e9}, {"MiB", 1 << 20}, {"MB", 1e6}, {"KiB", 1 << 10}, {"KB", 1e3}}
	for _, u := range units {
		if q := n / u.size; q >= 1 && q*10 == float64(int64(q*10)) {
			return FormatNumber(q) + u.name
		}
	}
	if n == 0 {
		return "0"
	}
	return FormatNumber(n) + "B"
}
