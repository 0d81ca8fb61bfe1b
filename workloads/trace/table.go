package trace

import (
	"bytes"
	"time"
)

// maxColumns is how many columns a table may have: the fields of a line stand in an
// array, so that to read one allocates nothing.
const maxColumns = 16

// table reads comma-separated values (RFC 4180, but for line breaks in quotes)
// with the columns time, key and size. The size may be missing. A first line with
// the names of the columns is optional; with one they may stand in any order, and
// others among them are ignored. All requests are reads.
type table struct {
	time, key, size int // columns, from 0; -1 if there is none
	columns         int // 0 if there was no header: two or three
}

// newTable is a table without a header.
func newTable() *table { return &table{time: 0, key: 1, size: 2} }

// header takes the line for the names of the columns if it has the two that are
// needed.
// A line that is no header is left to parse, which says what is wrong with it.
func (t *table) header(line []byte) bool {
	var fields [maxColumns]csvField
	n, bad := split(line, &fields)
	found := table{time: -1, key: -1, size: -1, columns: n}
	for i, f := range fields[:n] {
		switch string(bytes.ToLower(f.text)) {
		case "time", "timestamp":
			found.time = i
		case "key":
			found.key = i
		case "size":
			found.size = i
		}
	}
	if bad.reason != "" || found.time < 0 || found.key < 0 {
		return false
	}
	*t = found
	return true
}

// parse reads time, key and size. An empty size is 0: many logs know none for an
// error or a redirect, and the request was made all the same.
func (t *table) parse(line []byte) (entry, flaw) {
	var fields [maxColumns]csvField
	n, bad := split(line, &fields)
	switch {
	case bad.reason != "":
		return entry{}, bad
	case t.columns == 0 && n != 2 && n != 3:
		return entry{}, flaw{1, "a line is time,key,size or time,key; a key with commas stands in quotes"}
	case t.columns != 0 && n != t.columns:
		return entry{}, flaw{1, "the line has not as many fields as the header"}
	}
	var e entry
	e.at, bad = csvTime(fields[t.time])
	if bad.reason != "" {
		return entry{}, bad
	}
	key := fields[t.key]
	if len(key.text) == 0 {
		return entry{}, flaw{key.column, "the key is empty"}
	}
	e.key = key.text
	if t.size < 0 || t.size >= n || len(fields[t.size].text) == 0 {
		return e, flaw{}
	}
	// A size with a unit or decimals is not guessed at.
	size, ok := number(fields[t.size].text)
	if !ok {
		return entry{}, flaw{fields[t.size].column, "the size is no whole number of bytes"}
	}
	e.size = int(size)
	return e, flaw{}
}

// csvField is one field of a line, without its quotes and the blanks around it. The
// column is for the message about it, in bytes from 1.
type csvField struct {
	text   []byte
	column int
}

// split cuts a line into its fields. It is written by hand since encoding/csv
// allocates for every line, and tells a column of the file and not of the line.
func split(line []byte, fields *[maxColumns]csvField) (n int, bad flaw) {
	for i := 0; ; i++ {
		if n == maxColumns {
			return 0, flaw{i + 1, "a table has up to 16 columns"}
		}
		start := skipBlanks(line, i) // RFC 4180 knows no blanks around fields, and files have them
		f := csvField{column: start + 1}
		if start < len(line) && line[start] == '"' {
			f.text, i = unquote(line, start)
			if i < 0 {
				return 0, flaw{start + 1, "the quotes do not close"}
			}
			i = skipBlanks(line, i)
			if i < len(line) && line[i] != ',' {
				return 0, flaw{i + 1, "there is text after the quotes: a quote within quotes is written twice"}
			}
		} else {
			i = len(line)
			if comma := bytes.IndexByte(line[start:], ','); comma >= 0 {
				i = start + comma
			}
			f.text = trimBlanks(line[start:i])
		}
		fields[n] = f
		n++
		if i == len(line) { // no comma follows, after which there would be one more field, if an empty one
			return n, flaw{}
		}
	}
}

// unquote reads the quoted text that begins at i and returns it with the
// position after it, or -1 if it does not end. It copies only where a quote within
// the quotes was doubled.
func unquote(line []byte, i int) ([]byte, int) {
	start, doubled := i+1, false
	for i = start; i < len(line); i++ {
		if line[i] != '"' {
			continue
		}
		if i+1 < len(line) && line[i+1] == '"' {
			doubled = true
			i++
			continue
		}
		text := line[start:i]
		if doubled {
			text = bytes.ReplaceAll(text, []byte(`""`), []byte(`"`))
		}
		return text, i + 1
	}
	return nil, -1
}

// csvTime reads seconds with decimals, or RFC 3339. Digits beyond nanoseconds are
// dropped. It goes by whole numbers: a float64 has 53 bits, and seconds since 1970
// need 61 of them to the nanosecond.
func csvTime(f csvField) (int64, flaw) {
	b := f.text
	if len(b) > 4 && b[4] == '-' {
		return rfcTime(f)
	}
	// 12.5 is 12 and 5, and 5 is half a second by the zeros that the nine digits of a
	// nanosecond have beside it.
	whole, fraction, _ := bytes.Cut(b, []byte("."))
	seconds, ok := number(whole)
	// What is cut off must be digits too, or 1.0000000001x would be a time.
	for len(fraction) > 9 && isDigit(fraction[len(fraction)-1]) {
		fraction = fraction[:len(fraction)-1]
	}
	nanoseconds := int64(0)
	if len(fraction) > 0 {
		var digits bool
		nanoseconds, digits = number(fraction)
		ok = ok && digits && len(fraction) <= 9
	}
	if !ok {
		return 0, flaw{f.column, "the time is neither seconds, such as 12.5, nor as in RFC 3339, such as 2015-05-17T10:05:03Z"}
	}
	if seconds > maxSeconds {
		return 0, flaw{f.column, "the time is too large for seconds: divide it if it counts milliseconds or less"}
	}
	for range 9 - len(fraction) {
		nanoseconds *= 10
	}
	return seconds*int64(time.Second) + nanoseconds, flaw{}
}

// rfcTime reads RFC 3339, such as 2015-05-17T10:05:03.25+02:00.
func rfcTime(f csvField) (int64, flaw) {
	var t time.Time
	if err := t.UnmarshalText(f.text); err != nil {
		return 0, flaw{f.column, "the time is not as in RFC 3339, such as 2015-05-17T10:05:03Z"}
	}
	if t.Unix() < 0 || t.Unix() > maxSeconds {
		return 0, flaw{f.column, "the time is not between 1970 and 2262"}
	}
	return t.UnixNano(), flaw{}
}
