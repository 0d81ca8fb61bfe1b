package trace

import "bytes"

// accessLog reads the common log format, which began with the NCSA httpd, and
// the combined one of Apache and nginx, which has more at the end of the line:
//
//	host ident user [17/May/2015:10:05:03 +0000] "GET /a?b HTTP/1.1" 200 203023
//
// The key is the target of the request, path and query, as it is written; behind the
// site, where the log has that before the client (Apache's vhost_combined), since the
// same path is another page there. Whatever the status is, somebody asked; it says what
// the size is of.
type accessLog struct {
	// Site and path, of the line read last.
	page []byte
}

// tellLog takes a line that can be read for one of an access log. No other format has the
// time in brackets and the request in quotes, status and size after it.
func tellLog(line []byte) parser {
	log := new(accessLog)
	if _, bad := log.parse(line); bad.reason != "" {
		return nil
	}
	return log
}

// parse finds the time by the bracket after a blank, and not by counting fields:
// the user may have blanks in its name, and an address of IPv6 brackets. So it reads also
// what people put before the time and after the size, such as the time that a request
// took: of a log_format of one's own it needs the order of time, request, status and size.
func (l *accessLog) parse(line []byte) (entry, flaw) {
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
		return l.parseEpoch(line)
	}
	length := bytes.IndexByte(line[open:], ']') + 1
	if length == 0 {
		return entry{}, flaw{open + 1, logTimeForm}
	}
	var e entry
	var bad flaw
	// Those that share a second are spread over it later.
	if e.at, bad = logTime(line[open+1 : open+length-1]); bad.reason != "" {
		return entry{}, flaw{open + 1 + bad.column, bad.reason}
	}
	i, bad := logRequest(line, open+length, &e)
	if bad.reason != "" {
		return entry{}, bad
	}
	if site := logSite(line, host); site != nil && e.key[0] == '/' {
		l.page = append(append(l.page[:0], site...), e.key...)
		e.key = l.page
	}
	bad = logAnswer(line, i, &e)
	return e, bad
}

// parseEpoch reads a line whose time is nginx's $msec: seconds since 1970 with three
// decimals, somewhere before the request.
func (l *accessLog) parseEpoch(line []byte) (e entry, bad flaw) {
	quote := bytes.IndexByte(line, '"')
	if quote < 0 {
		return entry{}, flaw{indexBlank(line) + 1, "no [time] after the client"}
	}
	for at := 0; at < quote; at = skipBlanks(line, at) {
		end := fieldEnd(line, at)
		f := field{line[at:end], at + 1}
		if len(f.text) == len("1700000000.039") && f.text[10] == '.' && f.isTime() {
			e.at, _ = f.instant()
			break
		}
		at = end
	}
	if e.at == 0 {
		return entry{}, flaw{indexBlank(line) + 1, "no [time] after the client"}
	}
	at, bad := logRequest(line, quote, &e)
	if bad.reason != "" {
		return entry{}, bad
	}
	bad = logAnswer(line, at, &e)
	return e, bad
}

// logSite is the site in front of a line whose first field ends at end, without its
// port; nil if there is none, but the client is there at once. It is told by the second
// field, which is then the client's address.
func logSite(line []byte, end int) []byte {
	next := skipBlanks(line, end)
	client := line[next:fieldEnd(line, next)]
	if len(client) < 3 || !isAddress(client) || isAddress(line[:end]) {
		return nil
	}
	site := line[:end]
	if colon := bytes.LastIndexByte(site, ':'); colon > 0 {
		site = site[:colon]
	}
	return site
}

// isAddress reports whether b looks like an address of IPv4 or IPv6: digits and signs,
// or hexadecimal ones with colons. It need not be right of what is neither: a field that
// is taken for one by mistake costs the site in front of it, and so nothing where the
// log is of one site.
func isAddress(b []byte) bool {
	points, colons, letters := 0, 0, 0
	for _, c := range b {
		switch {
		case c == '.':
			points++
		case c == ':':
			colons++
		case isDigit(c):
		case 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F':
			letters++
		default:
			return false
		}
	}
	return points == 3 && letters == 0 && colons <= 1 || colons >= 2
}

// logRequest reads the request in quotes that begins at or after i, and returns
// where it ends. A quote within it is escaped by a backslash, by Apache and nginx
// alike. The protocol at its end may be missing, as in HTTP/0.9, and the path may
// have blanks, as no client should send and some do.
func logRequest(line []byte, i int, e *entry) (end int, bad flaw) {
	i = skipBlanks(line, i)
	if i == len(line) || line[i] != '"' {
		return 0, flaw{i + 1, "no request in quotes after the time"}
	}
	start := i + 1
	for i = start; i < len(line) && line[i] != '"'; i++ {
		if line[i] == '\\' {
			i++
		}
	}
	if i >= len(line) {
		return 0, flaw{start, "the quotes of the request do not close"}
	}
	bad = requestLine(line[start:i], e)
	if bad.reason != "" {
		bad.column += start
	}
	return i + 1, bad
}

// requestLine reads GET /a?b HTTP/1.1.
func requestLine(request []byte, e *entry) flaw {
	method := indexBlank(request)
	if method <= 0 {
		return flaw{1, "the request has no method and path"}
	}
	// Scanners and broken clients send anything. What does not look like a method is a
	// bad line, and not a write of a key that nobody has.
	for k, c := range request[:method] {
		if !('A' <= c && c <= 'Z') && c != '-' && c != '_' {
			return flaw{k + 1, "the request does not begin with a method"}
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
		return flaw{method + 1, "the request has no path"}
	}
	e.setMethod(request[:method])
	e.key = target
	return flaw{}
}

// setMethod says what a request of HTTP does. A method that is not known changes
// something, for those that do not are few and known (RFC 9110 9.2.1). A cache drops a
// page when it is written so (RFC 9111 4.4).
func (e *entry) setMethod(method []byte) {
	op, known := opOf(method)
	if !known {
		op = Write
	}
	e.method, e.op = method, op
}

// logAnswer reads the status and the size that begin at or after i. The status must be
// there, as a sign that the line is whole.
func logAnswer(line []byte, i int, e *entry) flaw {
	i = skipBlanks(line, i)
	text := line[i:fieldEnd(line, i)]
	status, ok := number(text)
	if !ok || status > 999 {
		return flaw{i + 1, "no status after the request"}
	}
	i = skipBlanks(line, i+len(text))
	text = line[i:fieldEnd(line, i)]
	size := int64(0)
	if string(text) != "-" { // there was no body
		if size, ok = number(text); !ok {
			return flaw{i + 1, "no size after the status"}
		}
	}
	e.setAnswer(int(status), size)
	return flaw{}
}

// setAnswer says how large the page is by the size of an answer of HTTP, if that says
// anything of it:
//
//	200, 203       it is the page
//	nothing, 204   the page is empty, or nobody counted: believed where nothing else is said
//	206, 416       a part of it, as players and downloads ask for
//	304            the client has it already
//	1xx            the connection is another protocol's from here on
//	408, 444, 499  the client had gone, or was sent away (nginx, HAProxy, IIS)
//	others         something in its place: an error, or the way to another page
//
// Of a page that is only ever answered by the last kind, as what is not there, that is
// what a cache keeps. The method must have been set before.
func (e *entry) setAnswer(status int, size int64) {
	e.size, e.answer = size, true
	switch {
	case bytes.EqualFold(e.method, []byte("HEAD")): // no page was sent
		e.sized = notSized
	case status < 200 || status == 304 || status == 206 || status == 416 || status == 499 || status == 408 || status == 444 || status == 0:
		e.sized = notSized
	case size == 0:
		e.sized = sizedZero
	case status == 200 || status == 203:
		e.sized = sizedFully
	default:
		e.sized = sizedWeak
	}
}
