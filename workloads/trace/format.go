package trace

import (
	"bytes"
	"fmt"
)

// entry is what one line of a trace says. The zero entry is a line that is no request
// and no flaw either, such as a header or a comment.
type entry struct {
	// Nanoseconds since 1970.
	at int64
	// Part of the line, or a copy.
	key []byte
	// As it is written; nil where the format knows none.
	method []byte
	op     Op
	size   int64
	ttl    int64 // in seconds; 0 if there is none
	sized  sized
	// The size is that of an answer: of a write's it says nothing of the value.
	answer bool
}

// sized is how far a line's size is believed to be that of the key's value, the least
// first. A key's is the best of all its lines, and what is said less well does not count:
// most keys of a log have one whole answer at least, and what a cache holds is that.
type sized uint8

const (
	// It is that of something else: an answer without a body, or a part of one.
	notSized sized = iota
	// Nothing was sent, which an empty value and a miss have in common.
	sizedZero
	// Of another answer than the usual one, such as an error page.
	sizedWeak
	sizedFully // it is the value's
)

// flaw is why a line cannot be read. The zero flaw is none. It is no error, which
// would be an allocation for every line that somebody else's tool has spoilt.
type flaw struct {
	column int // in bytes, from 1
	reason string
}

// parser reads the lines of one file. What it returns is valid until the line
// is overwritten: the recorder copies the keys that are new, and so the other lines
// cost no allocation.
type parser interface {
	// parse is called for lines that are not blank, from the first one on, also where an
	// earlier one had a flaw.
	parse(line []byte) (entry, flaw)
}

// several is a parser whose lines may have more requests than one.
type several interface {
	// next is a further request of the line that was parsed last, and reports whether there
	// is one.
	next() (entry, bool)
}

// format is a kind of trace.
type format struct {
	// As a scenario names it.
	name string
	// What it is, as messages have it.
	about string

	// told is a new parser if a line is one of the format, else nil. It is asked for the
	// lines of a file's beginning, one after another, since a log may begin with what was
	// cut off.
	// A parser that was told from one line is to read the file from its first.
	told func(line []byte) parser

	// Named is a new parser where the format was named and need not be told.
	named func() parser

	// Its times are of a place that is not told, and are taken for UTC. A format is to have
	// it only where its program cannot write a zone.
	noZone bool
}

// AccessLog is what the access logs of web servers are called among the files' formats.
const AccessLog = "access log"

// formats are told in this order. A new one is a file and a line here.
func formats() []format {
	return []format{
		{name: "log", about: AccessLog, told: tellLog, named: func() parser { return new(accessLog) }},
		{name: "haproxy", about: "log of HAProxy", told: tellHAProxy, named: func() parser { return haproxy{} }, noZone: true},
		{name: "envoy", about: "log of Envoy", told: tellEnvoy, named: func() parser { return envoy{} }},
		{name: "squid", about: "log of Squid", told: tellSquid, named: func() parser { return squid{} }},
		{name: "elb", about: "log of an AWS load balancer", told: tellELB, named: func() parser { return elb{} }},
		{name: "wikibench", about: "trace of Wikipedia of 2007", told: tellWikiBench, named: func() parser { return wikiBench{} }},
		{name: "monitor", about: "MONITOR of Redis", told: tellMonitor, named: func() parser { return new(monitor) }},
		{name: "pairs", about: "pairs of name=value", told: tellPairs, named: func() parser { return new(pairs) }},
		{name: "json", about: "JSON", told: tellJSON, named: func() parser { return new(jsonLines) }},
		{name: "w3c", about: "W3C log", told: tellW3C, named: func() parser { return new(w3c) }},
		{name: "csv", about: "table", told: tellTable, named: func() parser { return new(table) }},
	}
}

// FormatNames are the words for the formats, without that for any of them, which is auto
// or nothing.
func FormatNames() (names []string) {
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// format finds the format of a file: the one that is named, or the first that can
// read a line of its beginning. It is asked line by line and not format by format: a
// table of logs' lines is a table if its first line is the header.
func (c Config) format(file string, beginning []byte) (parser, *format, error) {
	all := formats()
	for i := range all {
		if all[i].name == c.Format {
			return all[i].named(), &all[i], nil
		}
	}
	for line := range bytes.Lines(beginning) {
		line = bytes.TrimRight(line, "\r\n")
		if len(trimBlanks(line)) == 0 {
			continue
		}
		for i := range all {
			if p := all[i].told(line); p != nil {
				return p, &all[i], nil
			}
		}
	}
	return nil, nil, fmt.Errorf("%s:1:1: this is no trace that is known: %s", file, seemsToBe(beginning))
}

// Op is what a request does with its key. To a cache there is nothing else: a delete and
// an update both leave a copy that must not be served.
type Op uint8

const (
	// Nothing that is replayed.
	Skip Op = iota
	Read    // asks for the value
	// Changes the value, or removes it.
	Write
)

// ParseOp reads the word for an operation.
func ParseOp(word string) (Op, bool) {
	switch word {
	case "skip":
		return Skip, true
	case "read":
		return Read, true
	case "write":
		return Write, true
	}
	return Skip, false
}

// opOf is what a method of HTTP or an operation of a cache or a disk does, in any case;
// not ok of a word that is none of them.
//
// What changes the value drops the copies of it, and so does what removes it: both are
// writes. A method that neither asks for a page nor changes it, such as the OPTIONS by
// which a browser asks for leave, is left out.
//
// The set of a cache's trace is a write as well. Where it is the cache's own, after a
// miss, that is wrong, and nothing in the line tells the one from the other: a trace whose
// sets follow misses is read with set among what is skipped.
func opOf(method []byte) (Op, bool) {
	var buf [16]byte
	if len(method) > len(buf) {
		return Skip, false
	}
	word := buf[:len(method)]
	for i, c := range method {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		word[i] = c
	}
	switch string(word) {
	case "get", "head", "query", "search", "propfind", "report",
		"gets", "gat", "gats", "mget", "get_lease", "get_multi", "read", "r", "rs", "load", "lookup",
		"28", "88", "08": // read of SCSI, as in the traces of disks
		return Read, true
	case "post", "put", "patch", "delete", "purge", "ban", "mkcol", "move", "copy", "proppatch", "lock", "unlock",
		"set", "add", "replace", "append", "prepend", "cas", "incr", "decr", "touch", "del", "remove", "set_lease", "invalidate", "update", "store",
		"write", "w", "ws", "2a", "8a", "0a":
		return Write, true
	case "options", "trace", "connect":
		return Skip, true
	}
	return Skip, false
}

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
