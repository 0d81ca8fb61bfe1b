package trace

import (
	"bytes"
	"strings"
)

// table reads values separated by commas, tabs or semicolons (RFC 4180, but for line
// breaks in quotes) of which two are needed, time and key. A first line with the names
// of the columns says where they stand, and which others there are that are known
// (see columns). Without one they are time, key and size, of which the last may be
// missing, or one of the layouts.
//
// Without an operation or a method all requests are reads.
type table struct {
	begun     bool // the first line was read, which may be a header
	separator byte
	layout    layout
	header    bool     // the file has one
	unused    []string // the header's names of columns that are not known
	key       []byte   // one that was put together, of the line read last
}

// column is what is known of a line. The key may be in two columns, as the number of a
// disk and that of a block on it.
type column int

const (
	colTime column = iota
	colKey
	colKey2 // what makes a key together with the first
	colSize
	colOp
	colStatus
	colMetric // of k6, which writes several lines for a request
	columnKinds
)

// layout is where the columns stand, from 1; 0 where there is none.
type layout struct {
	columns [columnKinds]int
	fields  int   // in a line
	unit    int64 // of the time, in nanoseconds; 0 if it is told by its size
	before  int64 // how many seconds before 1970 the time begins
}

// columnNames are the words for the columns in headers, in small letters and without
// blanks, dashes and underscores: those of published traces and of tools for load tests,
// and what people write. Where two columns of a header are of one kind, the first is it
// and the other is not looked at, which is told.
var columnNames = map[string]column{
	"time": colTime, "timestamp": colTime, "ts": colTime, "date": colTime, "datetime": colTime, "optime": colTime, "relativeunix": colTime, "realtime": colTime,
	"key": colKey, "id": colKey, "objid": colKey, "objectid": colKey, "obj": colKey, "object": colKey, "cachekey": colKey, "anonymizedkey": colKey, "hashedkey": colKey,
	"url": colKey, "uri": colKey, "path": colKey, "requesturi": colKey, "lbn": colKey, "lba": colKey, "offset": colKey, "block": colKey,
	"hashedhostpathquery": colKey, "hashedpathquery": colKey,
	"size": colSize, "valuesize": colSize, "objsize": colSize, "objectsize": colSize, "bytes": colSize, "responsesize": colSize, "length": colSize,
	"op": colOp, "operation": colOp, "optype": colOp, "method": colOp, "cmd": colOp, "command": colOp,
	"status": colStatus, "code": colStatus, "responsecode": colStatus,
	"metricname": colMetric,
}

// layouts are the tables that are published without a header, told by what stands where:
// by the number of the fields and by those of them that are numbers, times or operations.
// The plain ones come last, as they ask for the least.
var layouts = []struct {
	layout
	told func(fields []csvField) bool
}{
	// Twitter's cache-trace (Yang et al., OSDI 2020), in seconds since the trace began; of a
	// get that misses the value's size is 0: timestamp,key,key size,value size,client,operation,ttl.
	{layout{columns: place(colTime, 1, colKey, 2, colSize, 4, colOp, 6), fields: 7}, func(f []csvField) bool {
		return f[0].isNumber() && f[2].isNumber() && f[3].isNumber() && f[6].isNumber() && f[5].isOp()
	}},
	// The Storage Performance Council's format, which UMass publishes traces in; the block
	// is the unit's own, and so a part of the key: unit,block,size,opcode,time.
	{layout{columns: place(colKey, 1, colKey2, 2, colSize, 3, colOp, 4, colTime, 5), fields: 5}, func(f []csvField) bool {
		return f[0].isNumber() && f[1].isNumber() && f[2].isNumber() && f[3].isOp() && f[4].isTime()
	}},
	// Alibaba's block traces (Li et al., IISWC 2020), with offsets of each device: device,opcode,offset,length,microseconds.
	{layout{columns: place(colKey, 1, colOp, 2, colKey2, 3, colSize, 4, colTime, 5), fields: 5, unit: 1_000}, func(f []csvField) bool {
		return f[0].isNumber() && f[1].isOp() && f[2].isNumber() && f[3].isNumber() && f[4].isNumber()
	}},
	// MSR Cambridge (Narayanan et al., FAST 2008), with the times of Windows: ticks of 100 ns since 1601,host,disk,Read or Write,offset,size,response time.
	{layout{columns: place(colTime, 1, colKey, 3, colOp, 4, colKey2, 5, colSize, 6), fields: 7, unit: 100, before: 11_644_473_600}, func(f []csvField) bool {
		return f[0].isNumber() && f[2].isNumber() && f[3].isOp() && f[4].isNumber() && f[5].isNumber()
	}},
	// vegeta encode --to csv: nanoseconds,status,latency,sent,received,error,body,attack,number,method,address,headers.
	{layout{columns: place(colTime, 1, colStatus, 2, colSize, 5, colOp, 10, colKey, 11), fields: 12}, func(f []csvField) bool {
		return f[0].isTime() && f[1].isNumber() && f[2].isNumber() && f[4].isNumber() && f[9].isOp()
	}},
	{layout{columns: place(colTime, 1, colKey, 2, colSize, 3), fields: 3}, func(f []csvField) bool {
		return f[0].isTime() && len(f[1].text) > 0 && (len(f[2].text) == 0 || f[2].isNumber())
	}},
	{layout{columns: place(colTime, 1, colKey, 2), fields: 2}, func(f []csvField) bool {
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
	var fields [maxColumns]csvField
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
	var fields [maxColumns]csvField
	n, bad := split(line, t.separator, &fields)
	found := layout{fields: n}
	var unused []string
	for i, f := range fields[:n] {
		name := string(bytes.ToLower(f.text))
		for _, sign := range []string{" ", "-", "_"} {
			name = strings.ReplaceAll(name, sign, "")
		}
		column, known := columnNames[name]
		if !known || found.columns[column] != 0 {
			unused = append(unused, string(f.text))
			continue
		}
		found.columns[column] = i + 1
	}
	if bad.reason != "" || found.columns[colTime] == 0 || found.columns[colKey] == 0 {
		return false
	}
	t.layout, t.header, t.unused = found, true, unused
	return true
}

// findLayout tells the layout of a table without a header from a line that can be read
// by it. It is told once: a line of another length after that is a flaw, and not the
// first of another table.
func (t *table) findLayout(line []byte) bool {
	var fields [maxColumns]csvField
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
func (t *table) plain(fields []csvField) (entry, flaw) {
	if n := len(fields); n != 2 && n != 3 || t.layout.fields > 3 {
		return entry{}, flaw{1, "a line is time,key,size or time,key; a key with commas stands in quotes"}
	}
	plain := layout{columns: place(colTime, 1, colKey, 2), fields: len(fields)}
	if len(fields) == 3 {
		plain.columns[colSize] = 3
	}
	return t.read(&plain, fields)
}

// read reads the fields of a line where a layout has them. What a line does not say is
// left as it is: a request without an operation is a read, and one without a size has
// that of its key's other requests.
func (t *table) read(l *layout, fields []csvField) (e entry, bad flaw) {
	get := func(c column) (csvField, bool) {
		if l.columns[c] == 0 {
			return csvField{}, false
		}
		f := fields[l.columns[c]-1]
		return f, len(f.text) > 0
	}
	// k6 writes a line for every figure of a request, and the duration is one of all.
	if f, ok := get(colMetric); ok && string(f.text) != "http_req_duration" {
		return entry{}, flaw{}
	}
	when := fields[l.columns[colTime]-1]
	if e.at, bad = l.time(when); bad.reason != "" {
		return entry{}, bad
	}
	f, ok := get(colKey)
	if !ok {
		return entry{}, flaw{fields[l.columns[colKey]-1].column, "the key is empty"}
	}
	e.key = f.text
	if f, ok = get(colKey2); ok {
		t.key = append(append(append(t.key[:0], e.key...), ':'), f.text...)
		e.key = t.key
	}
	e.op = Read
	if f, ok = get(colOp); ok {
		e.method = f.text
		if e.op, ok = opOf(f.text); !ok {
			return e, flaw{f.column, unknownOp}
		}
	}
	bad = l.size(get, &e)
	return e, bad
}

// unknownOp is the flaw of a line that may be well under the setting methods.
const unknownOp = "the operation is none that is known: name it in the trace's reads, writes or skip"

// size reads the size, and the status where there is one. An empty size is none: many
// logs know none for an error or a redirect, and the request was made all the same. A
// size of 0 is what traces of caches have for a miss, and so it is the weakest of all.
func (l *layout) size(get func(column) (csvField, bool), e *entry) flaw {
	f, ok := get(colSize)
	if !ok {
		return flaw{}
	}
	// A size with a unit or decimals is not guessed at.
	if e.size, ok = number(f.text); !ok {
		return flaw{f.column, "the size is no whole number of bytes"}
	}
	e.sized = sizedFully
	if e.size == 0 {
		e.sized = sizedZero
	}
	if f, ok = get(colStatus); ok {
		if status, isNumber := number(f.text); isNumber {
			e.setAnswer(int(status), e.size)
		}
	}
	return flaw{}
}

// time reads an instant: in the layout's unit, or as [csvTime] has it. A layout has a unit
// where its numbers are too small, or too old, to show it.
func (l *layout) time(f csvField) (int64, flaw) {
	if l.unit == 0 {
		return csvTime(f)
	}
	n, ok := number(f.text)
	per := second / l.unit
	seconds := n/per - l.before
	if !ok || seconds < 0 || seconds >= maxSeconds {
		return 0, flaw{f.column, "the time is no whole number, or not between 1970 and 2262"}
	}
	return seconds*second + n%per*l.unit, flaw{}
}
