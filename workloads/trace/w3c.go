package trace

import "bytes"

// w3c reads the extended log file format (W3C, 1996), which says itself in a comment which
// fields its lines have: IIS writes it with blanks between them, CloudFront with tabs.
//
//	#Fields: date time cs-method cs-uri-stem cs-uri-query sc-status sc-bytes
//	2015-05-17 10:05:03 GET /a b=1 200 203023
//
// Its times are of UTC.
type w3c struct {
	// Of the fields; columnKinds for one that is not known.
	columns []column
	room    []byte
}

// tellW3C takes the comment for the beginning of such a log. A line without it cannot be
// read, and so a log that was cut off is none.
func tellW3C(line []byte) parser {
	if !bytes.HasPrefix(line, []byte("#Fields:")) && !bytes.HasPrefix(line, []byte("#Version:")) && !bytes.HasPrefix(line, []byte("#Software:")) {
		return nil
	}
	return new(w3c)
}

// parse reads a line. Comments may come again, with other fields, when the server began
// anew.
func (w *w3c) parse(line []byte) (e entry, bad flaw) {
	if line[0] == '#' {
		if fields, ok := bytes.CutPrefix(line, []byte("#Fields:")); ok {
			w.columns = w.columns[:0]
			for name := range bytes.FieldsSeq(fields) {
				c, known := columnOf(name)
				if !known {
					c = columnKinds
				}
				w.columns = append(w.columns, c)
			}
		}
		return entry{}, flaw{}
	}
	var r record
	n := 0
	for at := skipBlanks(line, 0); at < len(line); at = skipBlanks(line, at) {
		end := fieldEnd(line, at)
		if n < len(w.columns) && w.columns[n] < columnKinds {
			r.set(w.columns[n], field{line[at:end], at + 1})
		}
		at = end
		n++
	}
	switch {
	case len(w.columns) == 0:
		return entry{}, flaw{1, "no #Fields: before this line says what it has"}
	case n != len(w.columns):
		return entry{}, flaw{1, "the line has not as many fields as #Fields: names"}
	}
	e, w.room, bad = r.entry(w.room)
	return e, bad
}
