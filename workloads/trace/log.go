package trace

import (
	"bytes"
	"time"
)

// accessLog reads the common log format, which began with the NCSA httpd, and
// the combined one of Apache and nginx, which has more at the end of the line:
//
//	host ident user [17/May/2015:10:05:03 +0000] "GET /a?b HTTP/1.1" 200 203023
//
// The key is the target of the request, path and query, as it is written. GET
// and HEAD are reads, other methods are writes. The status is not looked at:
// somebody asked.
type accessLog struct{}

// parse finds the time by the bracket after a blank, and not by counting fields:
// the user may have blanks in its name, and an address of IPv6 brackets.
func (accessLog) parse(line []byte) (entry, flaw) {
	host := indexBlank(line)
	if host <= 0 {
		return entry{}, flaw{1, "no client address at the beginning"}
	}
	open := host
	for ; open < len(line); open++ {
		if line[open] == '[' && isBlank(line[open-1]) {
			break
		}
	}
	if open == len(line) {
		return entry{}, flaw{host + 1, "no [time] after the client"}
	}
	const length = len("[17/May/2015:10:05:03 +0000]")
	// The time has a fixed length, so that its end is known without a look at it.
	if len(line)-open < length || line[open+length-1] != ']' {
		return entry{}, flaw{open + 1, "a time is written [17/May/2015:10:05:03 +0000]"}
	}
	seconds, bad := logTime(line[open+1 : open+length-1])
	if bad.reason != "" {
		return entry{}, flaw{open + 1 + bad.column, bad.reason}
	}
	e, i, bad := logRequest(line, open+length)
	if bad.reason != "" {
		return entry{}, bad
	}
	e.at = seconds * int64(time.Second) // the reorder spreads those that share a second
	e.size, bad = logSize(line, i)
	return e, bad
}

// logTime reads 17/May/2015:10:05:03 +0000 as seconds since 1970. It does by
// hand what time.Parse does, for every line has a time: the shape is checked first, so
// that the digits can be read where they stand.
func logTime(b []byte) (seconds int64, bad flaw) {
	const shape = "00/aaa/0000:00:00:00 +0000"
	for i := range shape {
		c, ok := b[i], true
		switch shape[i] {
		case '0':
			ok = isDigit(c)
		case '+':
			ok = c == '+' || c == '-'
		case 'a':
		default:
			ok = c == shape[i]
		}
		if !ok {
			return 0, flaw{i + 1, "a time is written [17/May/2015:10:05:03 +0000]"}
		}
	}
	field := func(from, to int) int {
		n, _ := number(b[from:to])
		return int(n)
	}
	// The fields are digits where the shape has them. Names of three letters stand at the multiples of three, and any other match, such
	// as of "anF", is none.
	month := bytes.Index([]byte("JanFebMarAprMayJunJulAugSepOctNovDec"), b[3:6])
	if month%3 != 0 {
		return 0, flaw{4, "the month is none of Jan, Feb, ... Dec"}
	}
	day, year, hour, minute, second := field(0, 2), field(7, 11), field(12, 14), field(15, 17), field(18, 20)
	date := time.Date(year, time.Month(month/3+1), day, 0, 0, 0, 0, time.UTC)
	zone := int64(field(22, 24)*3600 + field(24, 26)*60)
	switch {
	case date.Day() != day: // February 31 is March 3
		return 0, flaw{1, "there is no such day"}
	// time.Date would take the 61st second for the next minute, and so does the sum below.
	case hour > 23 || minute > 59 || second > 60: // 60 is a leap second
		return 0, flaw{13, "there is no such time of the day"}
	case b[21] == '-':
		zone = -zone
	}
	seconds = date.Unix() + int64(hour*3600+minute*60+second) - zone
	if seconds < 0 || seconds > maxSeconds {
		return 0, flaw{8, "the time is not between 1970 and 2262"}
	}
	return seconds, flaw{}
}

// logRequest reads the request in quotes that begins at or after i, and returns
// where it ends. A quote within it is escaped by a backslash, by Apache and nginx
// alike. The protocol at its end may be missing, as in HTTP/0.9, and the path may
// have blanks, as no client should send and some do.
func logRequest(line []byte, i int) (e entry, end int, bad flaw) {
	i = skipBlanks(line, i)
	if i == len(line) || line[i] != '"' {
		return e, 0, flaw{i + 1, "no request in quotes after the time"}
	}
	start := i + 1
	for i = start; i < len(line) && line[i] != '"'; i++ {
		if line[i] == '\\' {
			i++
		}
	}
	if i >= len(line) {
		return e, 0, flaw{start, "the quotes of the request do not close"}
	}
	request := line[start:i]
	method := indexBlank(request)
	if method <= 0 {
		return e, 0, flaw{start + 1, "the request has no method and path"}
	}
	// Scanners and broken clients send anything. What does not look like a method is a
	// bad line, and not a write of a key that nobody has.
	for k, c := range request[:method] {
		if !('A' <= c && c <= 'Z') && c != '-' && c != '_' {
			return e, 0, flaw{start + 1 + k, "the request does not begin with a method"}
		}
	}
	// The path is what stands between the method and the last word, if that is the
	// protocol.
	target := trimBlanks(request[method:])
	protocol := bytes.LastIndexByte(target, ' ')
	protocol = max(protocol, bytes.LastIndexByte(target, '\t')) + 1
	if bytes.HasPrefix(target[protocol:], []byte("HTTP/")) {
		target = trimBlanks(target[:protocol])
	}
	if len(target) == 0 {
		return e, 0, flaw{start + 1 + method, "the request has no path"}
	}
	verb := string(request[:method])
	e.key, e.write = target, verb != "GET" && verb != "HEAD"
	return e, i + 1, flaw{}
}

// logSize reads the status and the size that begin at or after i. A size of "-"
// is zero: there was no body. The status must be there, as a sign that the line is
// whole, and is not used.
func logSize(line []byte, i int) (int, flaw) {
	i = skipBlanks(line, i)
	status := line[i:fieldEnd(line, i)]
	if n, ok := number(status); !ok || n > 999 {
		return 0, flaw{i + 1, "no status after the request"}
	}
	i = skipBlanks(line, i+len(status))
	size := line[i:fieldEnd(line, i)]
	if string(size) == "-" {
		return 0, flaw{}
	}
	n, ok := number(size)
	if !ok {
		return 0, flaw{i + 1, "no size after the status"}
	}
	return int(n), flaw{}
}
