package trace

import (
	"bytes"
	"math"
	"time"
)

// Instants are nanoseconds since 1970 in 64 bits, as those of the rest of the lab are.
// maxSeconds is the last second since 1970 whose nanoseconds fit an int64: in
// the year 2262.
const maxSeconds = math.MaxInt64 / second

const second = int64(time.Second)

const logTimeForm = "a time is written [17/May/2015:10:05:03 +0000]"

// logTime reads 17/May/2015:10:05:03 +0000, with up to nine decimals of the second where
// there are some, as nanoseconds since 1970. It does by hand what time.Parse does, for
// every line has a time: the shape is checked first, so that the digits can be read
// where they stand.
func logTime(b []byte) (at int64, bad flaw) {
	// The zone is asked for, although a log of one server could do without: in the hour that
	// a change to winter time repeats, nobody could tell its first half from its second.
	const shape = "00/aaa/0000:00:00:00"
	if len(b) < len(shape) || !hasShape(b[:len(shape)], shape) {
		return 0, flaw{1, logTimeForm}
	}
	decimals, rest := fractionOf(b[len(shape):])
	offset, ok := zoneOf(rest)
	if !ok {
		return 0, flaw{1, logTimeForm + ", with the zone: without it, logs of two places cannot be told from one"}
	}
	// The fields are digits where the shape has them. Names of three letters stand at the
	// multiples of three, and any other match, such as of "anF", is none.
	month := bytes.Index([]byte("JanFebMarAprMayJunJulAugSepOctNovDec"), b[3:6])
	if month%3 != 0 {
		return 0, flaw{4, "the month is none of Jan, Feb, ... Dec"}
	}
	seconds, wrong := secondsOf(digits(b[7:11]), month/3+1, digits(b[:2]), digits(b[12:14]), digits(b[15:17]), digits(b[18:20]))
	if seconds -= offset; wrong == "" && seconds < 0 {
		wrong = timeRange
	}
	if wrong != "" {
		return 0, flaw{1, wrong}
	}
	return seconds*second + decimals, flaw{}
}

// hasShape reports whether b has a digit where the shape has a 0, anything where it has
// an a, and else what the shape has.
func hasShape(b []byte, shape string) bool {
	for i := range shape {
		switch c := b[i]; shape[i] {
		case '0':
			if !isDigit(c) {
				return false
			}
		case 'a':
		default:
			if c != shape[i] {
				return false
			}
		}
	}
	return true
}

// fractionOf reads the decimals of a second at the beginning of b, with their point or
// comma, as nanoseconds. Digits beyond them are dropped. Without decimals b is the rest.
func fractionOf(b []byte) (nanoseconds int64, rest []byte) {
	if len(b) < 2 || b[0] != '.' && b[0] != ',' || !isDigit(b[1]) {
		return 0, b
	}
	i, unit := 1, second
	for ; i < len(b) && isDigit(b[i]); i++ {
		unit /= 10
		nanoseconds += int64(b[i]-'0') * unit
	}
	return nanoseconds, b[i:]
}

// zoneOf reads " +0200" as the seconds by which a place is ahead of UTC.
func zoneOf(b []byte) (seconds int64, ok bool) {
	const shape = " a0000"
	if len(b) != len(shape) || !hasShape(b, shape) || b[1] != '+' && b[1] != '-' {
		return 0, false
	}
	hours, _ := number(b[2:4])
	minutes, _ := number(b[4:6])
	seconds = hours*3600 + minutes*60
	if b[1] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// instant reads seconds with decimals, RFC 3339, or the time of an access log. Whole numbers that would be seconds
// of the year 5138 and later are milliseconds, microseconds or nanoseconds since 1970, by
// how large they are. Digits beyond nanoseconds are dropped. It goes by whole numbers: a
// float64 has 53 bits, and seconds since 1970 need 61 of them to the nanosecond.
func (f field) instant() (int64, flaw) {
	b := f.text
	switch {
	case len(b) > 4 && b[4] == '-':
		return f.rfcTime()
	case len(b) > 1 && b[0] == '[' && b[len(b)-1] == ']':
		return field{b[1 : len(b)-1], f.column + 1}.instant()
	case len(b) > 2 && b[2] == '/':
		at, bad := logTime(b)
		bad.column += f.column - 1
		return at, bad
	}
	// 12.5 is 12 and 5, and 5 is half a second by the zeros that the nine digits of a
	// nanosecond have beside it. No time is negative, and none has an exponent: what looks so
	// is another column.
	whole, fraction, _ := bytes.Cut(b, []byte("."))
	count, ok := number(whole)
	if !ok && len(whole) == 19 { // nanoseconds since 1970 have one digit more than [number] reads
		high, isHigh := number(whole[:10])
		low, isLow := number(whole[10:])
		if count, ok = high*second+low, isHigh && isLow && high < maxSeconds; !ok {
			return 0, flaw{f.column, timeRange}
		}
	}
	decimals, rest := fractionOf(b[len(whole):])
	if !ok || len(rest) > 0 && !(len(rest) == 1 && len(fraction) == 0) { // "1." is 1
		return 0, flaw{f.column, "the time is neither seconds, such as 12.5, nor as in RFC 3339, such as 2015-05-17T10:05:03Z"}
	}
	// Who writes milliseconds says so nowhere, but no trace is of the year 5138. Of times since
	// the beginning of a trace, which are small, the unit cannot be told so.
	unit := second
	for _, smaller := range []struct{ from, unit int64 }{{1e11, 1e6}, {1e14, 1e3}, {1e17, 1}} {
		if count >= smaller.from {
			unit = smaller.unit
		}
	}
	per := second / unit
	if count/per >= maxSeconds {
		return 0, flaw{f.column, timeRange}
	}
	return count/per*second + count%per*unit + decimals*unit/second, flaw{}
}

const timeRange = "the time is not between 1970 and 2262"

// rfcTime reads RFC 3339, such as 2015-05-17T10:05:03.25+02:00.
func (f field) rfcTime() (int64, flaw) {
	var t time.Time
	if err := t.UnmarshalText(f.text); err != nil {
		return 0, flaw{f.column, "the time is not as in RFC 3339, such as 2015-05-17T10:05:03Z"}
	}
	if t.Unix() < 0 || t.Unix() >= maxSeconds {
		return 0, flaw{f.column, timeRange}
	}
	return t.UnixNano(), flaw{}
}

// dayTime reads 2015-05-17 and 10:05:03 of UTC, with or without decimals.
func dayTime(day, when field) (int64, flaw) {
	const days, hours = "0000-00-00", "00:00:00"
	d, h := day.text, when.text
	if len(d) != len(days) || !hasShape(d, days) {
		return 0, flaw{max(day.column, 1), "a date is written 2015-05-17"}
	}
	if len(h) < len(hours) || !hasShape(h[:len(hours)], hours) {
		return 0, flaw{max(when.column, 1), "a time is written 10:05:03"}
	}
	decimals, _ := fractionOf(h[len(hours):])
	seconds, bad := secondsOf(digits(d[:4]), digits(d[5:7]), digits(d[8:10]), digits(h[:2]), digits(h[3:5]), digits(h[6:8]))
	if bad != "" {
		return 0, flaw{max(day.column, 1), bad}
	}
	return seconds*second + decimals, flaw{}
}

// digits is the number that b is, all of whose bytes are digits.
func digits(b []byte) int {
	n, _ := number(b)
	return int(n)
}

// secondsOf is an instant of UTC in seconds since 1970, or what is wrong with it.
func secondsOf(year, month, day, hour, minute, sec int) (seconds int64, bad string) {
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	seconds = date.Unix() + int64(hour*3600+minute*60+sec)
	switch {
	case month < 1 || month > 12 || date.Day() != day: // February 31 is March 3
		return 0, "there is no such day"
	// time.Date would take the 61st second for the next minute, and so does the sum.
	case hour > 23 || minute > 59 || sec > 60: // 60 is a leap second
		return 0, "there is no such time of the day"
	case seconds < 0 || seconds >= maxSeconds:
		return 0, timeRange
	}
	return seconds, ""
}
