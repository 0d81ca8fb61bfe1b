package trace

import "bytes"

// haproxy reads the HTTP log of HAProxy (option httplog), behind what syslog puts in front:
//
//	... 10.0.0.1:33317 [14/Nov/2023:22:13:20.039] http-in static/srv1 10/0/30/69/109 200 800 - - ---- 1/1/1/1/0 0/0 "GET /p/0 HTTP/1.1"
//
// Its times are those of the server's clock on the wall, without a zone, and are taken for
// UTC: by itself such a log is right, and beside another one it may be hours away.
type haproxy struct{}

func tellHAProxy(line []byte) parser {
	if _, bad := (haproxy{}).parse(line); bad.reason != "" {
		return nil
	}
	return haproxy{}
}

// parse reads a line from the time on, and the request from the quotes on: captured headers
// in braces may be between them. A request that HAProxy could not read, <BADREQ>, is a
// line that cannot be read.
func (haproxy) parse(line []byte) (e entry, bad flaw) {
	open := bytes.Index(line, []byte(" [")) + 1
	length := bytes.IndexByte(line[open:], ']')
	if open == 0 || length < 0 {
		return entry{}, flaw{1, "no [time] after the client"}
	}
	// A zone of its own has no place in the format, and [logTime] asks for one.
	var when [40]byte
	text := append(append(when[:0], line[open+1:open+length]...), " +0000"...)
	if e.at, bad = logTime(text); bad.reason != "" {
		return entry{}, flaw{open + 1 + bad.column, "a time is written [17/May/2015:10:05:03.250]"}
	}
	var fields [5]field // frontend, server, timers, status, bytes
	at := open + length + 1
	for i := range fields {
		at = skipBlanks(line, at)
		end := fieldEnd(line, at)
		fields[i] = field{line[at:end], at + 1}
		at = end
	}
	if bytes.Count(fields[2].text, []byte("/")) != 4 {
		return entry{}, flaw{fields[2].column, "no five timers of a request of HTTP"}
	}
	status, ok := number(bytes.TrimPrefix(fields[3].text, []byte("-"))) // -1: none was sent
	size, sized := number(bytes.TrimPrefix(fields[4].text, []byte("+")))
	if !ok || !sized {
		return entry{}, flaw{fields[3].column, "no status and size after the timers"}
	}
	quote := bytes.IndexByte(line[at:], '"')
	if quote < 0 {
		return entry{}, flaw{at + 1, "no request in quotes at the end"}
	}
	request := bytes.TrimSuffix(line[at+quote+1:], []byte(`"`)) // a long one is cut off, with its quote
	if bad = requestLine(request, &e); bad.reason != "" {
		bad.column += at + quote + 1
		return entry{}, bad
	}
	e.setAnswer(int(status), size)
	return e, flaw{}
}

// squid reads the native log of Squid, which Apache Traffic Server writes as well:
//
//	1700000000.039 28 10.0.0.1 TCP_HIT/200 800 GET http://www.example.com/p/0 - NONE/- text/html
//
// The time is that of the end, which is what the log is in the order of; the request came
// the second field earlier, in milliseconds.
type squid struct{}

func tellSquid(line []byte) parser {
	if _, bad := (squid{}).parse(line); bad.reason != "" {
		return nil
	}
	return squid{}
}

// parse reads the fields by their number, as none of them has blanks: what a client sends
// in an address is escaped.
func (squid) parse(line []byte) (e entry, bad flaw) {
	var fields [7]field // time, milliseconds, client, result/status, bytes, method, address
	at := 0
	for i := range fields {
		at = skipBlanks(line, at)
		end := fieldEnd(line, at)
		fields[i] = field{line[at:end], at + 1}
		at = end
	}
	if e.at, bad = fields[0].instant(); bad.reason != "" {
		return entry{}, bad
	}
	took, isTime := number(fields[1].text)
	result, code, _ := bytes.Cut(fields[3].text, []byte("/"))
	status, isStatus := number(code)
	size, isSize := number(fields[4].text)
	switch {
	case !isTime:
		return entry{}, flaw{fields[1].column, "no milliseconds after the time"}
	case !isStatus || len(result) == 0:
		return entry{}, flaw{fields[3].column, "no result and status, such as TCP_HIT/200"}
	case !isSize:
		return entry{}, flaw{fields[4].column, "no size after the status"}
	case len(fields[6].text) == 0:
		return entry{}, flaw{len(line) + 1, "no address after the method"}
	}
	e.at = max(e.at-min(took, maxSeconds/2)*int64(1e6), 0)
	e.key = fields[6].text
	e.setMethod(fields[5].text)
	e.setAnswer(int(status), size)
	return e, flaw{}
}

// envoy reads the default log of Envoy, and of Istio:
//
//	[2023-11-14T22:13:20.039Z] "GET /p/0 HTTP/1.1" 200 - 0 800 28 28 "-" "curl/8" "..." "www.example.com" "10.1.0.5:8080"
//
// After the status are flags, and the bytes that were received and sent.
type envoy struct{}

func tellEnvoy(line []byte) parser {
	if _, bad := (envoy{}).parse(line); bad.reason != "" {
		return nil
	}
	return envoy{}
}

// parse reads a line. The order of what comes after the request is that of the defaults; of
// a format of one's own, JSON is to be preferred.
func (envoy) parse(line []byte) (e entry, bad flaw) {
	end := bytes.IndexByte(line, ']')
	if line[0] != '[' || end < 0 {
		return entry{}, flaw{1, "no [time] at the beginning"}
	}
	if e.at, bad = (field{line[1:end], 2}).rfcTime(); bad.reason != "" {
		return entry{}, bad
	}
	at, bad := logRequest(line, end+1, &e)
	if bad.reason != "" {
		return entry{}, bad
	}
	status, at, ok := nextNumber(line, at)
	if !ok {
		return entry{}, flaw{at + 1, "no status after the request"}
	}
	// Flags are a word, and Istio has more of them before the bytes, in quotes or not.
	at = fieldEnd(line, skipBlanks(line, at))
	for at = skipBlanks(line, at); at < len(line) && !isDigit(line[at]); {
		at = skipBlanks(line, fieldEnd(line, at))
	}
	_, at, _ = nextNumber(line, at)
	sent, at, ok := nextNumber(line, at)
	if !ok {
		return entry{}, flaw{at + 1, "no bytes received and sent after the flags"}
	}
	e.setAnswer(int(status), sent)
	return e, flaw{}
}

// nextNumber is the number that comes next, and where it ends.
func nextNumber(line []byte, at int) (n int64, end int, ok bool) {
	at = skipBlanks(line, at)
	end = fieldEnd(line, at)
	n, ok = number(line[at:end])
	return n, end, ok
}

// wikiBench reads the traces of Wikipedia of 2007 (Urdaneta et al.): a number, seconds since
// 1970, the address, and - or save, which is a page that its reader changed.
type wikiBench struct{}

func tellWikiBench(line []byte) parser {
	if _, bad := (wikiBench{}).parse(line); bad.reason != "" {
		return nil
	}
	return wikiBench{}
}

// parse reads a line. The authors left out what is no read and no save.
func (wikiBench) parse(line []byte) (e entry, bad flaw) {
	_, at, ok := nextNumber(line, 0)
	if !ok {
		return entry{}, flaw{1, "no number at the beginning"}
	}
	at = skipBlanks(line, at)
	end := fieldEnd(line, at)
	if e.at, bad = (field{line[at:end], at + 1}).instant(); bad.reason != "" {
		return entry{}, bad
	}
	at = skipBlanks(line, end)
	end = fieldEnd(line, at)
	if !bytes.HasPrefix(line[at:end], []byte("http")) {
		return entry{}, flaw{at + 1, "no address after the time"}
	}
	e.key, e.op = line[at:end], Read
	if string(trimBlanks(line[end:])) == "save" {
		e.op = Write
	}
	return e, flaw{}
}

// elb reads the access logs of the load balancers of AWS. That of an Application Load
// Balancer begins with the kind of the request, and that of a classic one with the time:
//
//	h2 2023-11-14T22:13:20.067Z app/lb/50dc 10.0.0.1:2817 10.0.1.5:80 0.000 0.028 0.000 200 200 34 800 "GET https://www.example.com:443/p/0 HTTP/1.1" "curl/8" ...
//
// The time is that of the answer; the request came earlier by the three times after the
// addresses, of which -1 says that it got no further.
type elb struct{}

func tellELB(line []byte) parser {
	if _, bad := (elb{}).parse(line); bad.reason != "" {
		return nil
	}
	return elb{}
}

// parse reads a line. The bytes that were sent have the headers among them, which makes
// pages larger by some hundred bytes than they are.
func (elb) parse(line []byte) (e entry, bad flaw) {
	var fields [11]field // time, balancer, client, target, three times, two statuses, bytes received and sent
	at := 0
	for i := 0; i < len(fields); i++ {
		at = skipBlanks(line, at)
		end := fieldEnd(line, at)
		fields[i] = field{line[at:end], at + 1}
		at = end
		if i == 0 && !bytes.HasSuffix(fields[0].text, []byte("Z")) && fields[0].column == 1 {
			i-- // the kind of the request comes before the time
		}
	}
	if e.at, bad = fields[0].rfcTime(); bad.reason != "" {
		return entry{}, bad
	}
	for _, took := range fields[4:7] {
		if part, bad := took.instant(); bad.reason == "" {
			e.at = max(e.at-part, 0)
		}
	}
	status, isStatus := number(fields[7].text)
	size, isSize := number(fields[10].text)
	if !isStatus || status > 999 || !isSize {
		return entry{}, flaw{max(fields[7].column, 1), "no statuses and bytes after the times"}
	}
	if _, bad = logRequest(line, at, &e); bad.reason != "" {
		return entry{}, bad
	}
	e.setAnswer(int(status), size)
	return e, flaw{}
}
