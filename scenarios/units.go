package scenarios

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// hinted is an error with the word that was probably meant.
type hinted struct{ msg, hint string }

func (e *hinted) Error() string { return e.msg }

func refuse(format string, args ...any) error { return &hinted{msg: fmt.Sprintf(format, args...)} }

const day = 24 * time.Hour

// units are the words a number can carry, with their size.
type units struct {
	names []string // smallest first, for messages
	size  map[string]int64
}

func durationUnits() units {
	return units{[]string{"ns", "us", "ms", "s", "m", "h", "d"}, map[string]int64{
		"ns": 1, "us": int64(time.Microsecond), "µs": int64(time.Microsecond), "μs": int64(time.Microsecond),
		"ms": int64(time.Millisecond), "s": int64(time.Second), "m": int64(time.Minute), "h": int64(time.Hour), "d": int64(day),
	}}
}

// byteUnits are powers of ten (SI) and of two (IEC 80000-13).
func byteUnits() units {
	return units{[]string{"B", "KB", "MB", "GB", "KiB", "MiB", "GiB"}, map[string]int64{
		"B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
	}}
}

// bitUnits are in bits; they are used with a time only.
func bitUnits() units {
	return units{[]string{"bit", "kbit", "Mbit", "Gbit"}, map[string]int64{"bit": 1, "kbit": 1e3, "Mbit": 1e6, "Gbit": 1e9}}
}

// rateUnits are the times that a rate is counted over.
func rateUnits() units {
	return units{[]string{"s", "min", "h", "d"}, map[string]int64{
		"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86400,
	}}
}

var (
	numberPattern  = regexp.MustCompile(`^(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?`)
	decimalPattern = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?$`)
)

// quantity cuts a number off the front of s.
func quantity(s string) (*big.Rat, string, error) {
	digits := numberPattern.FindString(s)
	if digits == "" {
		if strings.HasPrefix(s, "-") {
			return nil, "", refuse("%q is negative", s)
		}
		return nil, "", refuse("%q does not begin with a number", s)
	}
	r, ok := new(big.Rat).SetString(digits)
	if !ok || len(s) > len(digits) && (isDigit(s[len(digits)]) || s[len(digits)] == '.') {
		return nil, "", refuse("%q is no plain number", s)
	}
	return r, s[len(digits):], nil
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// unit looks a unit up, exactly as written.
func (u units) unit(text, unit string) (*big.Rat, error) {
	if n, ok := u.size[unit]; ok {
		return new(big.Rat).SetInt64(n), nil
	}
	hint := Suggest(unit, u.names)
	long := map[string]string{"sec": "s", "second": "s", "min": "m", "minute": "m", "hour": "h", "day": "d", "week": "d", "milli": "ms", "micro": "us", "msec": "ms", "usec": "us", "nsec": "ns"}
	if short, ok := long[strings.TrimSuffix(strings.ToLower(unit), "s")]; ok && u.size[short] > 0 {
		hint = short
	}
	return nil, &hinted{fmt.Sprintf("unknown unit %q in %q, use %s", unit, text, orList(u.names)), hint}
}

// integer rounds towards zero and checks that the result fits.
func integer(r *big.Rat, text string) (int64, error) {
	q := new(big.Int).Quo(r.Num(), r.Denom())
	if !q.IsInt64() {
		return 0, refuse("%q is too large", text)
	}
	return q.Int64(), nil
}

// parseDuration reads Go's notation and days: 500us, 1h30m, 2d. A bare 0 needs
// no unit. The result is exact, in nanoseconds.
func parseDuration(text string) (time.Duration, error) {
	if text == "0" {
		return 0, nil
	}
	sum, rest := new(big.Rat), text
	for rest != "" {
		n, tail, err := quantity(rest)
		if err != nil {
			return 0, refuse("%v: write a duration such as 5s, 500us or 1h30m", err)
		}
		end := strings.IndexFunc(tail, func(r rune) bool { return r >= '0' && r <= '9' || r == '.' || r == '-' })
		if end < 0 {
			end = len(tail)
		}
		if tail[:end] == "" {
			return 0, refuse("%q has no unit: write %ss, %sms, %sm ...", text, text, text, text)
		}
		size, err := durationUnits().unit(text, tail[:end])
		if err != nil {
			return 0, err
		}
		sum.Add(sum, n.Mul(n, size))
		rest = tail[end:]
	}
	ns, err := integer(sum, text)
	return time.Duration(ns), err
}

// parseRate reads a number per time, as per second: 20/s, 1200/min, 5/h.
func parseRate(text string) (float64, error) {
	if text == "0" {
		return 0, nil
	}
	n, tail, err := quantity(text)
	if err != nil {
		return 0, refuse("%v: write a rate such as 20/s, 1200/min or 5/h", err)
	}
	per, ok := strings.CutPrefix(tail, "/")
	if tail == "" || !ok {
		return 0, refuse("%q has no time to count over: write %s/s, %s/min or %s/h", text, text[:len(text)-len(tail)], text[:len(text)-len(tail)], text[:len(text)-len(tail)])
	}
	size, err := rateUnits().unit(text, per)
	if err != nil {
		return 0, err
	}
	f, _ := n.Quo(n, size).Float64()
	return f, nil
}

// parseBytes reads a size: 64KB, 1MiB, 300B.
func parseBytes(text string) (int64, error) {
	if text == "0" {
		return 0, nil
	}
	n, unit, err := quantity(text)
	if err != nil {
		return 0, refuse("%v: write a size such as 64KB or 1MiB", err)
	}
	if unit == "" {
		return 0, refuse("%q has no unit: write %sB, %sKB, %sMB ...", text, text, text, text)
	}
	size, err := byteUnits().unit(text, unit)
	if err != nil {
		return 0, err
	}
	return integer(n.Mul(n, size), text)
}

// parseBandwidth reads bytes or bits per time, as bytes per second: 125MB/s, 1Gbit/s.
func parseBandwidth(text string) (float64, error) {
	if text == "0" {
		return 0, nil
	}
	n, tail, err := quantity(text)
	if err != nil {
		return 0, refuse("%v: write a bandwidth such as 125MB/s or 1Gbit/s", err)
	}
	unit, per, ok := strings.Cut(tail, "/")
	if !ok || unit == "" {
		return 0, refuse("%q has no unit: write a bandwidth such as 125MB/s or 1Gbit/s", text)
	}
	seconds, err := rateUnits().unit(text, per)
	if err != nil {
		return 0, err
	}
	bits, err := bitUnits().unit(text, unit)
	if err == nil {
		n.Mul(n, bits.Quo(bits, big.NewRat(8, 1)))
	} else {
		size, err := byteUnits().unit(text, unit)
		if err != nil {
			var h *hinted
			errors.As(err, &h)
			return 0, &hinted{h.msg + ", or " + orList(bitUnits().names), Suggest(unit, append(byteUnits().names, bitUnits().names...))}
		}
		n.Mul(n, size)
	}
	f, _ := n.Quo(n, seconds).Float64()
	return f, nil
}

// ParseShare reads a share of a whole: 5% or 0.05.
func ParseShare(text string) (float64, error) {
	percent := strings.HasSuffix(text, "%")
	f, err := parseNumber(strings.TrimSuffix(text, "%"))
	if err != nil {
		return 0, refuse("%q is no share: write 5%% or 0.05", text)
	}
	if percent {
		return f / 100, nil
	}
	return f, nil
}

// parseNumber reads a finite decimal number.
func parseNumber(text string) (float64, error) {
	if !decimalPattern.MatchString(text) {
		return 0, refuse("%q is no plain number", text)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, refuse("%q is too large", text)
	}
	return f, nil
}
