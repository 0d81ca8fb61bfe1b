package trace

// table reads values separated by commas, tabs or semicolons (RFC 4180, but for line
// breaks in quotes) of which two are needed, time and key. A first line with the names
// of the columns says where they stand, and which others there are that are known
// (see columns). Without one they are time, key and size, of which the last may be
// missing, or one of the layouts.
//
// Without an operation or a method all requests are reads.
type table struct {
	// The first line was read, which may be a header.
	begun     bool
	separator byte
	layout    layout
	header    bool // the file has one
	// The header's names of columns that are not known.
	unused []string
	// For keys that are put together.
	room []byte
}

// layout is where the columns stand, from 1; 0 where there is none.
type layout struct {
	columns [columnKinds]int
	fields  int // in a line
	// Of the time, in nanoseconds; 0 if it is told by its size.
	unit int64
	// How many seconds before 1970 the time begins.
	before int64
}

// layouts are the tables that are published without a header, told by what stands where:
// by the number of the fields and by those of them that are numbers, times or operations.
// The plain ones come last, as they ask for the least.
var layouts = []struct {
	layout
	told func(fields []field) bool
}{
	// Twitter's cache-trace (Yang et al., OSDI 2020), in seconds since the trace began; of a
	// get that misses the value's size is 0: timestamp,key,key size,value size,client,operation,ttl.
	{layout{columns: place(colTime, 1, colKey, 2, colSize, 4, colOp, 6, colTTL, 7), fields: 7}, func(f []field) bool {
		return f[0].isNumber() && f[2].isNumber() && f[3].isNumber() && f[6].isNumber() && f[5].isOp()
	}},
	// The Storage Performance Council's format, which UMass publishes traces in; the block
	// is the unit's own, and so a part of the key: unit,block,size,opcode,time.
	{layout{columns: place(colKey, 1, colKey2, 2, colSize, 3, colOp, 4, colTime, 5), fields: 5}, func(f []field) bool {
		return f[0].isNumber() && f[1].isNumber() && f[2].isNumber() && f[3].isOp() && f[4].isTime()
	}},
	// Alibaba's block traces (Li et al., IISWC 2020), with offsets of each device: device,opcode,offset,length,microseconds.
	{layout{columns: place(colKey, 1, colOp, 2, colKey2, 3, colSize, 4, colTime, 5), fields: 5, unit: 1_000}, func(f []field) bool {
		return f[0].isNumber() && f[1].isOp() && f[2].isNumber() && f[3].isNumber() && f[4].isNumber() && len(f[4].text) >= len("1000000000000000")
	}},
	// MSR Cambridge (Narayanan et al., FAST 2008), with the times of Windows: ticks of 100 ns since 1601,host,disk,Read or Write,offset,size,response time.
	{layout{columns: place(colTime, 1, colKey, 3, colOp, 4, colKey2, 5, colSize, 6), fields: 7, unit: 100, before: 11_644_473_600}, func(f []field) bool {
		return f[0].isNumber() && f[2].isNumber() && f[3].isOp() && f[4].isNumber() && f[5].isNumber()
	}},
	// vegeta encode --to csv: nanoseconds,status,latency,sent,received,error,body,attack,number,method,address,headers.
	{layout{columns: place(colTime, 1, colStatus, 2, colSize, 5, colOp, 10, colKey, 11), fields: 12}, func(f []field) bool {
		return f[0].isTime() && f[1].isNumber() && f[2].isNumber() && f[4].isNumber() && f[9].isOp()
	}},
	{layout{columns: place(colTime, 1, colKey, 2, colSize, 3), fields: 3}, func(f []field) bool {
		return f[0].isTime() && len(f[1].text) > 0 && (len(f[2].text) == 0 || f[2].isNumber())
	}},
	{layout{columns: place(colTime, 1, colKey, 2), fields: 2}, func(f []field) bool {
		return f[0].isTime() && len(f[1].text) > 0
	}},
}

// place is columns by pairs of a column and its place.
func place(pairs ...column) (columns [columnKinds]int) {
	for i := 0; i < len(pairs); i += 2 {
		columns[pairs[i]] = int(pairs[i+1])
	}
	return columns
}

// tellTable takes a line for one of a table if it is a header or has one of the layouts,
// with one of the separators. Of a header a new table is returned, which will meet it
// again: the lines of the beginning were only looked at. The comma comes first, since a
// semicolon or a tab is more often a part of a key than the reverse.
func tellTable(line []byte) parser {
	for _, separator := range []byte(",\t;") {
		t := &table{separator: separator}
		if t.readHeader(line) || t.findLayout(line) {
			return &table{separator: separator}
		}
	}
	return nil
}

// parse reads a line. Its first one may be a header, which is no request.
func (t *table) parse(line []byte) (entry, flaw) {
	if !t.begun {
		t.begun = true
		if t.begin(line) {
			return entry{}, flaw{}
		}
	}
	var fields [maxColumns]field
	n, bad := split(line, t.separator, &fields)
	switch {
	case bad.reason != "":
		return entry{}, bad
	case t.layout.fields == 0 && !t.findLayout(line):
		return t.plain(fields[:n])
	case t.header && n != t.layout.fields:
		// A comma in a key that is not quoted moves all the fields after it.
		return entry{}, flaw{1, "the line has not as many fields as the header"}
	case n != t.layout.fields:
		return t.plain(fields[:n])
	}
	e, bad := t.read(&t.layout, fields[:n])
	// Files that were put together have the header in their middle, maybe another one.
	if bad.reason != "" && t.header && t.readHeader(line) {
		return entry{}, flaw{}
	}
	return e, bad
}

// begin takes the first line for a header if it is one. Where the format was named and
// not told, the separator is found here.
func (t *table) begin(line []byte) (isHeader bool) {
	separators := []byte(",\t;")
	if t.separator != 0 {
		separators = []byte{t.separator}
	}
	for _, t.separator = range separators {
		if t.readHeader(line) {
			return true
		}
		if t.findLayout(line) {
			return false
		}
	}
	t.separator = separators[0]
	return false
}

// readHeader takes the line for the names of the columns if it has the two that are
// needed. A line that is no header is left to parse, which says what is wrong with it.
func (t *table) readHeader(line []byte) bool {
	var fields [maxColumns]field
	n, bad := split(line, t.separator, &fields)
	found := layout{fields: n}
	var unused []string
	for i, f := range fields[:n] {
		column, known := columnOf(f.text)
		if !known || found.columns[column] != 0 {
			unused = append(unused, string(f.text))
			continue
		}
		found.columns[column] = i + 1
	}
	hasTime := found.columns[colTime]+found.columns[colEnd]+found.columns[colDate] > 0
	if bad.reason != "" || !hasTime || found.columns[colKey]+found.columns[colRequest] == 0 {
		return false
	}
	t.layout, t.header, t.unused = found, true, unused
	return true
}

// findLayout tells the layout of a table without a header from a line that can be read
// by it. It is told once: a line of another length after that is a flaw, and not the
// first of another table.
func (t *table) findLayout(line []byte) bool {
	var fields [maxColumns]field
	n, bad := split(line, t.separator, &fields)
	for i := range layouts {
		if l := &layouts[i]; bad.reason == "" && n == l.fields && l.told(fields[:n]) {
			t.layout = l.layout
			return true
		}
	}
	return false
}

// plain reads time, key and size, or says that a line has other fields. A table of three
// columns has lines of two where the size is missing.
func (t *table) plain(fields []field) (entry, flaw) {
	if n := len(fields); n != 2 && n != 3 || t.layout.fields > 3 {
		return entry{}, flaw{1, "a line is time,key,size or time,key; a key with commas stands in quotes"}
	}
	plain := layout{columns: place(colTime, 1, colKey, 2), fields: len(fields)}
	if len(fields) == 3 {
		plain.columns[colSize] = 3
	}
	return t.read(&plain, fields)
}

// read reads the fields of a line where a layout has them.
func (t *table) read(l *layout, fields []field) (e entry, bad flaw) {
	r := record{unit: l.unit, before: l.before}
	for c, at := range l.columns {
		if at > 0 {
			r.fields[c] = fields[at-1]
		}
	}
	e, t.room, bad = r.entry(t.room)
	return e, bad
}
