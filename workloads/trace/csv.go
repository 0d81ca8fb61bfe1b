package trace

import (
	"bytes"
	"strings"
)

// maxColumns is how many columns a table may have: the fields of a line stand in an
// array, so that to read one allocates nothing.
const maxColumns = 32

// split cuts a line into its fields. It is written by hand since encoding/csv
// allocates for every line, and tells a column of the file and not of the line.
func split(line []byte, separator byte, fields *[maxColumns]field) (n int, bad flaw) {
	around := blanks
	if separator == '\t' {
		around = " "
	}
	for i := 0; ; i++ {
		if n == maxColumns {
			return 0, flaw{i + 1, "a table has up to 32 columns"}
		}
		start := i // RFC 4180 knows no blanks around fields, and files have them
		for start < len(line) && strings.IndexByte(around, line[start]) >= 0 {
			start++
		}
		f := field{column: start + 1}
		if start < len(line) && line[start] == '"' {
			f.text, i = unquote(line, start)
			if i < 0 {
				return 0, flaw{start + 1, "the quotes do not close"}
			}
			for i < len(line) && strings.IndexByte(around, line[i]) >= 0 {
				i++
			}
			if i < len(line) && line[i] != separator {
				return 0, flaw{i + 1, "there is text after the quotes: a quote within quotes is written twice"}
			}
		} else {
			i = len(line)
			if end := bytes.IndexByte(line[start:], separator); end >= 0 {
				i = start + end
			}
			f.text = trimBlanks(line[start:i])
		}
		fields[n] = f
		n++
		// The end comes without a separator, after which there would be one more field.
		if i == len(line) {
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
