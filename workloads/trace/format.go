package trace

import "bytes"

// entry is what one line of a trace says.
type entry struct {
	at    int64  // nanoseconds since 1970
	key   []byte // part of the line, or a copy
	write bool
	size  int // in bytes
}

// flaw is why a line cannot be read. The zero flaw is none. It is no error, which
// would be an allocation for every line that somebody else's tool has spoilt.
type flaw struct {
	column int // in bytes, from 1
	reason string
}

// parser reads the lines of a format. What it returns is valid until the line
// is overwritten: the reader copies the key of the lines that it keeps, and those
// that it drops cost no allocation.
type parser interface {
	// parse is called for lines that are not blank, from the first one on.
	parse(line []byte) (entry, flaw)
}

// Instants are nanoseconds since 1970 in 64 bits, as those of the rest of the lab are.
// maxSeconds is the last second since 1970 whose nanoseconds fit an int64: in
// the year 2262.
const maxSeconds = 1<<63/1_000_000_000 - 1

// blanks are what separates the fields of a log. A trace is bytes of unknown encoding,
// so blanks and digits are those of ASCII alone.
const blanks = " \t"

func isBlank(b byte) bool { return b == ' ' || b == '\t' }
func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// number reads a number of up to 18 digits and nothing else: any of them fits an
// int64, so that there is no overflow to look for.
func number(b []byte) (n int64, ok bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	for _, d := range b {
		if !isDigit(d) {
			return 0, false
		}
		n = n*10 + int64(d-'0')
	}
	return n, true
}

// indexBlank is where the first blank is, or -1.
func indexBlank(b []byte) int { return bytes.IndexAny(b, blanks) }

// skipBlanks is the first position from i on that is not blank.
func skipBlanks(b []byte, i int) int {
	for i < len(b) && isBlank(b[i]) {
		i++
	}
	return i
}

// fieldEnd is the first position from i on that is blank.
func fieldEnd(b []byte, i int) int {
	for i < len(b) && !isBlank(b[i]) {
		i++
	}
	return i
}

// trimBlanks is b without the blanks around it; it copies nothing.
func trimBlanks(b []byte) []byte { return bytes.Trim(b, blanks) }
