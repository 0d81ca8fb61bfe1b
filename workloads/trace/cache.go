package trace

import "bytes"

// monitor reads what redis-cli MONITOR prints, which is every command with its time:
//
//	1700000000.039131 [0 10.0.0.1:51234] "SET" "page:1" "val1" "EX" "300"
//
// The key is the first word after the command; a command of several keys is one request
// for each.
type monitor struct {
	// Of a command of several keys, those that are to come.
	rest []byte
	// What they have in common.
	entry entry
}

// tellMonitor takes a line with a command for one of redis-cli.
func tellMonitor(line []byte) parser {
	if e, bad := new(monitor).parse(line); bad.reason != "" || e.method == nil {
		return nil // OK, which comes first, tells nothing
	}
	return new(monitor)
}

// A command that is in neither of the two tables below is a write: new commands of Redis
// that change something are more than those that do not, and to take a read for a write
// drops a copy, where the reverse serves an old one.

// monitorSkips are the commands that are no request for a key: of the connection, of the
// server and of scripts, whose first word is no key.
var monitorSkips = map[string]bool{
	"AUTH": true, "HELLO": true, "PING": true, "ECHO": true, "SELECT": true, "QUIT": true, "CLIENT": true, "COMMAND": true, "RESET": true,
	"INFO": true, "CONFIG": true, "CLUSTER": true, "REPLCONF": true, "PSYNC": true, "DEBUG": true, "MONITOR": true, "ROLE": true, "READONLY": true, "READWRITE": true,
	"LATENCY": true, "SLOWLOG": true, "MEMORY": true, "TIME": true, "DBSIZE": true, "KEYS": true, "SCAN": true, "RANDOMKEY": true, "WAIT": true, "ACL": true, "MODULE": true,
	"MULTI": true, "EXEC": true, "DISCARD": true, "WATCH": true, "UNWATCH": true, "FLUSHALL": true, "FLUSHDB": true,
	"SUBSCRIBE": true, "UNSUBSCRIBE": true, "PSUBSCRIBE": true, "PUNSUBSCRIBE": true, "PUBLISH": true, "SPUBLISH": true, "SSUBSCRIBE": true, "PUBSUB": true,
	"SCRIPT": true, "EVAL": true, "EVALSHA": true, "EVAL_RO": true, "EVALSHA_RO": true, "FCALL": true, "FUNCTION": true,
}

// monitorReads are the commands that change nothing.
var monitorReads = map[string]bool{
	"GET": true, "MGET": true, "GETRANGE": true, "STRLEN": true, "EXISTS": true, "TTL": true, "PTTL": true, "TYPE": true, "OBJECT": true, "DUMP": true, "GETBIT": true, "BITCOUNT": true,
	"HGET": true, "HMGET": true, "HGETALL": true, "HEXISTS": true, "HLEN": true, "HKEYS": true, "HVALS": true, "HSCAN": true, "HSTRLEN": true,
	"LRANGE": true, "LINDEX": true, "LLEN": true, "LPOS": true, "SMEMBERS": true, "SISMEMBER": true, "SMISMEMBER": true, "SCARD": true, "SSCAN": true, "SRANDMEMBER": true,
	"ZRANGE": true, "ZREVRANGE": true, "ZRANGEBYSCORE": true, "ZREVRANGEBYSCORE": true, "ZSCORE": true, "ZMSCORE": true, "ZRANK": true, "ZREVRANK": true, "ZCARD": true, "ZCOUNT": true, "ZSCAN": true,
	"XRANGE": true, "XREVRANGE": true, "XLEN": true, "PFCOUNT": true, "GEOPOS": true, "GEODIST": true, "GEOSEARCH": true,
}

// parse reads a line. The value of a SET is in it, and so is its size; what a GET found is
// not, which has the size of the key's other requests.
func (m *monitor) parse(line []byte) (e entry, bad flaw) {
	m.rest = nil
	if string(line) == "OK" {
		return entry{}, flaw{}
	}
	end := indexBlank(line)
	if end < 0 {
		return entry{}, flaw{1, "no time at the beginning"}
	}
	if e.at, bad = (field{line[:end], 1}).instant(); bad.reason != "" {
		return entry{}, bad
	}
	closed := bytes.IndexByte(line[end:], ']')
	if skipBlanks(line, end) == len(line) || line[skipBlanks(line, end)] != '[' || closed < 0 {
		return entry{}, flaw{end + 1, "no [database client] after the time"}
	}
	command, rest, ok := nextWord(line[end+closed+1:])
	if !ok || len(command) == 0 || len(command) > 32 {
		return entry{}, flaw{end + closed + 2, "no command in quotes after the client"}
	}
	name := string(bytes.ToUpper(command))
	e.method = command
	key, rest, ok := nextWord(rest)
	switch {
	case monitorSkips[name]:
		return e, flaw{}
	case !ok || len(key) == 0:
		return e, flaw{end + closed + 2, "the command has no key"}
	}
	e.key, e.op = key, Write
	if monitorReads[name] {
		e.op = Read
	}
	switch name {
	case "SET", "SETNX", "GETSET", "APPEND":
		if value, _, ok := nextWord(rest); ok {
			e.size, e.sized = int64(len(value)), sizedFully
		}
	case "MGET", "DEL", "UNLINK", "EXISTS", "TOUCH":
		m.rest, m.entry = rest, e
	case "MSET", "MSETNX": // keys and values in turn
		_, rest, _ = nextWord(rest)
		m.rest, m.entry = rest, e
	}
	return e, flaw{}
}

// next is the request for a further key of the command that was read last. They come at
// the same instant, as they did.
func (m *monitor) next() (entry, bool) {
	if len(m.rest) == 0 {
		return entry{}, false
	}
	key, rest, ok := nextWord(m.rest)
	if !ok || len(key) == 0 {
		m.rest = nil
		return entry{}, false
	}
	if len(m.entry.method) > 1 && (m.entry.method[1] == 'S' || m.entry.method[1] == 's') {
		_, rest, _ = nextWord(rest)
	}
	m.rest = rest
	e := m.entry
	e.key = key
	return e, true
}

// nextWord is the text of the first quotes, with its escapes, and what comes after it.
func nextWord(text []byte) (word, rest []byte, ok bool) {
	start := skipBlanks(text, 0)
	if start == len(text) || text[start] != '"' {
		return nil, nil, false
	}
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return text[start+1 : i], text[i+1:], true
		}
	}
	return nil, nil, false
}

// pairs reads fields that are written name=value, as memcached's watch prints what is
// fetched and stored, and many programs their logs (logfmt):
//
//	ts=1700000000.039131 gid=0 type=item_get key=page:/p/0 status=found clsid=3 cfd=28 size=800
type pairs struct {
	room []byte
}

// tellPairs takes a line for one of such a log if it has a time and a key. A program that
// logs so logs other things as well, and so a line without a key tells nothing.
func tellPairs(line []byte) parser {
	if e, bad := new(pairs).parse(line); bad.reason != "" || e.key == nil {
		return nil
	}
	return new(pairs)
}

// parse reads a line. What memcached's watch calls the type is the operation; its status
// is a word, and not that of HTTP.
func (p *pairs) parse(line []byte) (e entry, bad flaw) {
	if string(line) == "OK" {
		return entry{}, flaw{}
	}
	var r record
	var kind []byte
	for at := skipBlanks(line, 0); at < len(line); {
		equals := bytes.IndexByte(line[at:], '=')
		if equals < 1 || indexBlank(line[at:at+equals]) >= 0 {
			return entry{}, flaw{at + 1, "a field is written name=value"}
		}
		name := line[at : at+equals]
		f, next := pairValue(line, at+equals+1)
		if next < 0 {
			return entry{}, flaw{at + equals + 2, "the quotes do not close"}
		}
		switch c, known := columnOf(name); {
		case string(name) == "type":
			kind = f.text
		case string(name) == "status" && !f.isNumber(): // found, stored and the like
		case known:
			r.set(c, f)
		}
		at = skipBlanks(line, next)
	}
	if kind != nil && len(r.fields[colOp].text) == 0 {
		switch string(kind) {
		case "item_get":
			r.fields[colOp].text = []byte("get")
		case "item_store":
			r.fields[colOp].text = []byte("set")
		case "deleted":
			r.fields[colOp].text = []byte("delete")
		default: // evictions and the like, which nobody asks for
			return entry{}, flaw{}
		}
	}
	e, p.room, bad = r.entry(p.room)
	return e, bad
}

// pairValue is the value that begins at a position, and where it ends; -1 if it does not.
func pairValue(line []byte, at int) (field, int) {
	if at == len(line) || line[at] != '"' {
		end := fieldEnd(line, at)
		return field{line[at:end], at + 1}, end
	}
	for i := at + 1; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '"':
			return field{line[at+1 : i], at + 2}, i + 1
		}
	}
	return field{}, -1
}
