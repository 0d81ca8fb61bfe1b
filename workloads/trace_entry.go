package workloads

// entry is what one line of a trace says.
type entry struct {
	at   int64  // nanoseconds since 1970
	key  []byte // part of the line, or a copy
	op   Op
	size int
}

// flaw is why a line cannot be read. The zero flaw is none.
type flaw struct {
	column int // in bytes, from 1
	reason string
}

// parser reads the lines of a format. What it returns is valid until the line
// is overwritten.
type parser interface {
	parse(line []byte) (entry, flaw)
}

// maxSeconds is the last second since 1970 whose nanoseconds fit an int64: in
// the year 2262.
const maxSeconds = 1<<63/1_000_000_000 - 1

func isBlank(b byte) bool { return b == ' ' || b == '\t' }
func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// number reads a number of up to 18 digits and nothing else.
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
