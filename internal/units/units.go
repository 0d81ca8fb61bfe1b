// Package units reads and writes quantities as people write them: 200ms, 20/s,
// 64KB, 1Gbit/s, 5%. What it writes it can read again, and what it refuses it
// says how to write. Arithmetic is in rational numbers, so that 0.1s is exact.
package units

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/spelling"
)

// Day is the longest unit of a duration.
const Day = 24 * time.Hour

// table is the words that a number can carry, with their size. They are looked up
// exactly as written: Mb and MB, m and M are different things in the field.
type table struct {
	names []string // smallest first, for messages
	size  map[string]int64
}

func durationUnits() table {
	return table{[]string{"ns", "us", "ms", "s", "m", "h", "d"}, map[string]int64{
		// Unicode has two signs for micro, and keyboards have either.
		"ns": 1, "us": int64(time.Microsecond), "µs": int64(time.Microsecond), "μs": int64(time.Microsecond),
		"ms": int64(time.Millisecond), "s": int64(time.Second), "m": int64(time.Minute), "h": int64(time.Hour), "d": int64(Day),
	}}
}

// byteUnits are powers of ten (SI) and of two (IEC 80000-13).
func byteUnits() table {
	return table{[]string{"B", "KB", "MB", "GB", "KiB", "MiB", "GiB"}, map[string]int64{
		"B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
	}}
}

// bitUnits are in bits; they are used with a time only.
func bitUnits() table {
	return table{[]string{"bit", "kbit", "Mbit", "Gbit"}, map[string]int64{"bit": 1, "kbit": 1e3, "Mbit": 1e6, "Gbit": 1e9}}
}

// rateUnits are the times that a rate is counted over.
func rateUnits() table {
	return table{[]string{"s", "min", "h", "d"}, map[string]int64{
		"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86400,
	}}
}

// A number has no more digits than an int64 holds, so that no text is a bomb.
var (
	numberPattern  = regexp.MustCompile(`^(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?`)
	decimalPattern = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?$`)
)

// cutNumber cuts a number off the front of s.
func cutNumber(s string) (*big.Rat, string, error) {
	digits := numberPattern.FindString(s)
	if digits == "" {
		if strings.HasPrefix(s, "-") {
			return nil, "", spelling.Refuse("%q is negative", s)
		}
		return nil, "", spelling.Refuse("%q does not begin with a number", s)
	}
	r, ok := new(big.Rat).SetString(digits)
	if !ok || len(s) > len(digits) && (isDigit(s[len(digits)]) || s[len(digits)] == '.') {
		return nil, "", spelling.Refuse("%q is no plain number", s)
	}
	return r, s[len(digits):], nil
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// sizeOf looks a unit up, exactly as written.
func (u table) sizeOf(text, unit string) (*big.Rat, error) {
	if n, ok := u.size[unit]; ok {
		return new(big.Rat).SetInt64(n), nil
	}
	hint := spelling.Suggest(unit, u.names)
	if short, ok := longNames()[strings.TrimSuffix(strings.ToLower(unit), "s")]; ok && u.size[short] > 0 {
		hint = short
	}
	return nil, &spelling.Error{Msg: fmt.Sprintf("unknown unit %q in %q, use %s", unit, text, spelling.Or(u.names)), Hint: hint}
}

// longNames are words that people write for the units, in the singular.
func longNames() map[string]string {
	return map[string]string{
		"nsec": "ns", "usec": "us", "micro": "us", "msec": "ms", "milli": "ms",
		"sec": "s", "second": "s", "min": "m", "minute": "m", "hour": "h", "day": "d", "week": "d",
	}
}

// wholeNumber rounds towards zero and checks that the result fits.
func wholeNumber(r *big.Rat, text string) (int64, error) {
	q := new(big.Int).Quo(r.Num(), r.Denom())
	if !q.IsInt64() {
		return 0, spelling.Refuse("%q is too large", text)
	}
	return q.Int64(), nil
}

// ParseDuration reads Go's notation and days: 500us, 1h30m, 2d. A bare 0 needs
// no unit. The result is exact, in nanoseconds.
func ParseDuration(text string) (time.Duration, error) {
	if text == "0" {
		return 0, nil
	}
	sum, rest := new(big.Rat), text // a fraction of a day need not be whole nanoseconds, the sum is
	for rest != "" {
		n, tail, err := cutNumber(rest)
		if err != nil {
			return 0, spelling.Refuse("%v: write a duration such as 5s, 500us or 1h30m", err)
		}
		end := strings.IndexFunc(tail, func(r rune) bool { return r >= '0' && r <= '9' || r == '.' || r == '-' })
		if end < 0 {
			end = len(tail)
		}
		if tail[:end] == "" {
			return 0, spelling.Refuse("%q has no unit: write %ss, %sms, %sm ...", text, text, text, text)
		}
		size, err := durationUnits().sizeOf(text, tail[:end])
		if err != nil {
			return 0, err
		}
		sum.Add(sum, n.Mul(n, size))
		rest = tail[end:]
	}
	ns, err := wholeNumber(sum, text)
	return time.Duration(ns), err
}

// ParseRate reads a number per time, as per second: 20/s, 1200/min, 5/h.
func ParseRate(text string) (float64, error) {
	if text == "0" {
		return 0, nil
	}
	n, tail, err := cutNumber(text)
	if err != nil {
		return 0, spelling.Refuse("%v: write a rate such as 20/s, 1200/min or 5/h", err)
	}
	per, ok := strings.CutPrefix(tail, "/")
	if tail == "" || !ok {
		digits := strings.TrimSuffix(text, tail)
		return 0, spelling.Refuse("%q has no time to count over: write %s/s, %s/min or %s/h", text, digits, digits, digits)
	}
	size, err := rateUnits().sizeOf(text, per)
	if err != nil {
		return 0, err
	}
	f, _ := n.Quo(n, size).Float64()
	return f, nil
}

// ParseBytes reads a size: 64KB, 1MiB, 300B.
func ParseBytes(text string) (int64, error) {
	if text == "0" {
		return 0, nil
	}
	n, unit, err := cutNumber(text)
	if err != nil {
		return 0, spelling.Refuse("%v: write a size such as 64KB or 1MiB", err)
	}
	if unit == "" {
		return 0, spelling.Refuse("%q has no unit: write %sB, %sKB, %sMB ...", text, text, text, text)
	}
	size, err := byteUnits().sizeOf(text, unit)
	if err != nil {
		return 0, err
	}
	return wholeNumber(n.Mul(n, size), text)
}

// ParseBandwidth reads bytes or bits per time, as bytes per second: 125MB/s, 1Gbit/s.
func ParseBandwidth(text string) (float64, error) {
	if text == "0" {
		return 0, nil
	}
	n, tail, err := cutNumber(text)
	if err != nil {
		return 0, spelling.Refuse("%v: write a bandwidth such as 125MB/s or 1Gbit/s", err)
	}
	unit, per, ok := strings.Cut(tail, "/")
	if !ok || unit == "" {
		return 0, spelling.Refuse("%q has no unit: write a bandwidth such as 125MB/s or 1Gbit/s", text)
	}
	seconds, err := rateUnits().sizeOf(text, per)
	if err != nil {
		return 0, err
	}
	bits, err := bitUnits().sizeOf(text, unit)
	if err == nil {
		n.Mul(n, bits.Quo(bits, big.NewRat(8, 1)))
	} else {
		size, err := byteUnits().sizeOf(text, unit)
		if err != nil {
			return 0, &spelling.Error{
				Msg:  err.Error() + ", or " + spelling.Or(bitUnits().names),
				Hint: spelling.Suggest(unit, append(byteUnits().names, bitUnits().names...)),
			}
		}
		n.Mul(n, size)
	}
	f, _ := n.Quo(n, seconds).Float64()
	return f, nil
}

// ParseShare reads a share of a whole: 5% or 0.05.
func ParseShare(text string) (float64, error) {
	percent := strings.HasSuffix(text, "%")
	f, err := ParseNumber(strings.TrimSuffix(text, "%"))
	if err != nil {
		return 0, spelling.Refuse("%q is no share: write 5%% or 0.05", text)
	}
	if percent {
		return f / 100, nil
	}
	return f, nil
}

// ParseNumber reads a finite decimal number.
func ParseNumber(text string) (float64, error) {
	if !decimalPattern.MatchString(text) {
		return 0, spelling.Refuse("%q is no plain number", text)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, spelling.Refuse("%q is too large", text)
	}
	return f, nil
}

// FormatNumber writes a number in as few digits as it needs.
func FormatNumber(f float64) string {
	return strconv.FormatFloat(f, 'g', 12, 64) // twelve digits hide what binary fractions add
}

// FormatRate writes a rate per second, or in the first longer unit that needs no more
// than three decimals.
func FormatRate(perSecond float64) string {
	for _, unit := range []string{"s", "min", "h"} {
		n := perSecond * float64(rateUnits().size[unit])
		// 1.0/15 is 0.0666... a second, and 4 a minute
		if text := strconv.FormatFloat(n, 'f', 3, 64); FormatNumber(n) == trimZeros(text) {
			return FormatNumber(n) + "/" + unit
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
	for _, unit := range []string{"GiB", "GB", "MiB", "MB", "KiB", "KB"} {
		if q := n / float64(byteUnits().size[unit]); q >= 1 && q*10 == float64(int64(q*10)) {
			return FormatNumber(q) + unit
		}
	}
	if n == 0 {
		return "0"
	}
	return FormatNumber(n) + "B"
}
