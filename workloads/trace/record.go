package trace

import (
	"bytes"
	"strings"
)

// column is something that a format has a field for. A record is the fields of one line,
// whatever way the format writes them; what they mean is said here alone.
type column int

const (
	colTime column = iota
	// Where the time is that of a day.
	colDate
	// Of the request, the time where there is no other.
	colEnd
	// A key, or the address of a page.
	colKey
	// What makes a key together with the first, such as the number of a disk.
	colKey2
	// Of the address, without the question mark.
	colQuery
	// In front of an address without one.
	colHost
	// Method, address and protocol, as on the request line.
	colRequest
	colSize
	colOp // operation or method
	colStatus
	// How long a cache was told to keep the value, in seconds.
	colTTL
	// Of k6, which writes a line for every figure of a request.
	colMetric
	columnKinds
)

// columnNames are the words for the columns, in small letters and without blanks and signs:
// those of published traces, of servers' logs and of tools for load tests, and what people
// write. Where two fields of a line are of one kind, the first is it and the other is not
// looked at.
var columnNames = map[string]column{
	"time": colTime, "timestamp": colTime, "ts": colTime, "date": colDate, "datetime": colTime, "optime": colTime, "relativeunix": colTime,
	"msec": colTime, "startutc": colTime, "starttime": colTime, "receivedat": colTime, "@timestamp": colTime, "realtime": colTime,
	"timeiso8601": colEnd, "timelocal": colEnd, "startlocal": colEnd,
	"key": colKey, "id": colKey, "objid": colKey, "objectid": colKey, "obj": colKey, "object": colKey, "cachekey": colKey, "anonymizedkey": colKey, "hashedkey": colKey,
	"url": colKey, "uri": colKey, "path": colKey, "requesturi": colKey, "requestpath": colKey, "requesturl": colKey, "csuristem": colKey,
	"lbn": colKey, "lba": colKey, "offset": colKey, "block": colKey, "hashedhostpathquery": colKey, "hashedpathquery": colKey,
	"query": colQuery, "querystring": colQuery, "args": colQuery, "csuriquery": colQuery,
	"host": colHost, "requesthost": colHost, "authority": colHost, "vhost": colHost, "xhostheader": colHost, "cshost": colHost,
	"request": colRequest, "firstline": colRequest, "requestline": colRequest,
	"size": colSize, "valuesize": colSize, "objsize": colSize, "objectsize": colSize, "bytes": colSize, "responsesize": colSize, "length": colSize,
	"bodybytessent": colSize, "bytessent": colSize, "responsebytes": colSize, "downstreamcontentsize": colSize, "bytesin": colSize, "scbytes": colSize,
	"op": colOp, "operation": colOp, "optype": colOp, "method": colOp, "cmd": colOp, "command": colOp, "requestmethod": colOp, "csmethod": colOp,
	"status": colStatus, "code": colStatus, "responsecode": colStatus, "downstreamstatus": colStatus, "scstatus": colStatus, "statuscode": colStatus,
	"ttl": colTTL, "expiry": colTTL, "exptime": colTTL,
	"metricname": colMetric, "metric": colMetric,
}

// columnOf is which column a name stands for.
func columnOf(name []byte) (column, bool) {
	var small [32]byte
	n := 0
	for _, c := range name {
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case strings.IndexByte(" -_()", c) >= 0:
			continue
		}
		if n == len(small) {
			return 0, false
		}
		small[n] = c
		n++
	}
	c, known := columnNames[string(small[:n])]
	return c, known
}

// record is the fields of a line. An empty one, or a dash, is none.
type record struct {
	fields [columnKinds]field
	// Of the time, in nanoseconds; 0 if it is told by its size.
	unit int64
	// How many seconds before 1970 the time begins.
	before int64
}

// field is the text of a field, with the column of the line where it begins, from 1, for
// the message about it.
type field struct {
	text   []byte
	column int
}

func (f field) isNumber() bool { _, ok := number(f.text); return ok }
func (f field) isTime() bool   { _, bad := f.instant(); return bad.reason == "" }
func (f field) isOp() bool     { _, ok := opOf(f.text); return ok }

// set notes a field, unless the line has had one of its kind.
func (r *record) set(c column, f field) {
	if len(r.fields[c].text) == 0 {
		r.fields[c] = f
	}
}

// get is a field, if the line has it.
func (r *record) get(c column) (field, bool) {
	f := r.fields[c]
	return f, len(f.text) > 0 && string(f.text) != "-"
}

// entry is what the record says. What it does not say is left as it is: a request without
// an operation is a read, and one without a size has that of its key's other requests. The
// key is put together in room, where it has parts, which is returned.
func (r *record) entry(room []byte) (e entry, _ []byte, bad flaw) {
	// k6 has a line for every figure of a request, and the duration is one of all requests:
	// of those that failed as well.
	if f, ok := r.get(colMetric); ok && string(f.text) != "http_req_duration" {
		return entry{}, room, flaw{}
	}
	if e.at, bad = r.time(); bad.reason != "" {
		return entry{}, room, bad
	}
	e.op = Read
	if f, ok := r.get(colRequest); ok && len(r.fields[colKey].text) == 0 {
		if bad = requestLine(f.text, &e); bad.reason != "" {
			bad.column += f.column - 1
			return entry{}, room, bad
		}
	}
	if e.key == nil {
		f, ok := r.get(colKey)
		if !ok {
			return entry{}, room, flaw{max(f.column, 1), "the key is empty"}
		}
		e.key = f.text
	}
	room = r.join(&e, room)
	if bad = r.op(&e); bad.reason != "" {
		return e, room, bad
	}
	if ttl, ok := r.get(colTTL); ok {
		e.ttl, _ = number(ttl.text) // of what else there may be, none is to be told
	}
	return e, room, r.size(&e)
}

// time is when the request came.
func (r *record) time() (int64, flaw) {
	when, ok := r.get(colTime)
	if !ok {
		when, ok = r.get(colEnd)
	}
	if !ok {
		when, ok = r.get(colDate)
	}
	if !ok {
		return 0, flaw{max(when.column, 1), "there is no time"}
	}
	day, hasDay := r.get(colDate)
	switch {
	case hasDay && len(when.text) < len("2015-05-17"): // of W3C, and so of UTC
		return dayTime(day, when)
	case r.unit == 0:
		return when.instant()
	}
	n, ok := number(when.text)
	per := second / r.unit
	seconds := n/per - r.before
	if !ok || seconds < 0 || seconds >= maxSeconds {
		return 0, flaw{when.column, "the time is no whole number, or not between 1970 and 2262"}
	}
	return seconds*second + n%per*r.unit, flaw{}
}

// join puts the key together. The same path is another page on another site, so that the
// host is a part of it where a path alone is the address.
func (r *record) join(e *entry, room []byte) []byte {
	host, hasHost := r.get(colHost)
	query, hasQuery := r.get(colQuery)
	more, hasMore := r.get(colKey2)
	hasHost = hasHost && len(e.key) > 0 && e.key[0] == '/'
	hasQuery = hasQuery && bytes.IndexByte(e.key, '?') < 0
	if !hasHost && !hasQuery && !hasMore {
		return room
	}
	room = room[:0]
	if hasHost {
		room = append(room, host.text...)
	}
	room = append(room, e.key...)
	if hasMore {
		room = append(append(room, ':'), more.text...)
	}
	if hasQuery {
		room = append(append(room, '?'), query.text...)
	}
	e.key = room
	return room
}

// op reads the operation. A word that is none is a method of HTTP where there is a status,
// and these are known well enough; of a cache it may be anything.
func (r *record) op(e *entry) flaw {
	f, ok := r.get(colOp)
	if !ok || e.method != nil {
		return flaw{}
	}
	e.method = f.text
	if e.op, ok = opOf(f.text); ok {
		return flaw{}
	}
	if _, isWeb := r.get(colStatus); isWeb {
		e.setMethod(f.text)
		return flaw{}
	}
	return flaw{f.column, unknownOp}
}

// unknownOp is the flaw of a line that may be well by the configuration.
const unknownOp = "the operation is none that is known: name it in the trace's reads, writes or skip"

// size reads the size, and the status where there is one. An empty size is none: many
// logs know none for an error or a redirect, and the request was made all the same. A
// size of 0 is what traces of caches have for a miss, and so it is the weakest of all.
func (r *record) size(e *entry) flaw {
	f, ok := r.get(colSize)
	if ok {
		// A size with a unit or decimals is not guessed at.
		if e.size, ok = number(f.text); !ok {
			return flaw{f.column, "the size is no whole number of bytes"}
		}
		e.sized = sizedFully
		if e.size == 0 {
			e.sized = sizedZero
		}
	}
	if f, ok := r.get(colStatus); ok {
		status, isNumber := number(f.text)
		if !isNumber || status > 999 {
			return flaw{f.column, "the status is no number of three digits"}
		}
		if e.sized != notSized {
			e.setAnswer(int(status), e.size)
		}
	}
	return flaw{}
}
