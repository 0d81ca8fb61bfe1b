package trace

import "bytes"

// jsonLines reads an object of JSON a line, as servers log it (nginx by a log_format,
// Caddy, Traefik, Envoy, varnishncsa) and as tools for load tests write what they did
// (vegeta, k6). A field is known by its own name, however deep it is, since every program
// nests it elsewhere: uri, request.uri, data.tags.url. See [columnNames].
//
// It is read by hand, in one pass that keeps nothing, as encoding/json would take most of
// the time of a trace.
type jsonLines struct {
	// For keys that are put together.
	room []byte
	// For texts with escapes, of the line.
	text []byte
}

// tellJSON takes an object with a time and a key for a line of such a log.
func tellJSON(line []byte) parser {
	if start := skipBlanks(line, 0); start == len(line) || line[start] != '{' {
		return nil
	}
	p := new(jsonLines)
	if e, bad := p.parse(line); bad.reason != "" || e.key == nil {
		return nil
	}
	return p
}

// parse reads a line. One that is no request, such as Caddy's about its certificates, has
// neither key nor status, and is passed over.
func (p *jsonLines) parse(line []byte) (e entry, bad flaw) {
	s := jsonScanner{line: line, text: p.text[:0]}
	if !s.object(0) || skipBlanks(line, s.at) != len(line) {
		return entry{}, flaw{s.at + 1, "this is no object of JSON on one line"}
	}
	p.text = s.text
	if _, isPoint := s.record.get(colMetric); isPoint && string(s.kind.text) == "Metric" { // k6 declares each once
		return entry{}, flaw{}
	}
	_, hasKey := s.record.get(colKey)
	_, hasRequest := s.record.get(colRequest)
	if _, hasStatus := s.record.get(colStatus); !hasKey && !hasRequest && !hasStatus {
		return entry{}, flaw{}
	}
	e, p.room, bad = s.record.entry(p.room)
	return e, bad
}

// jsonScanner goes through a line and notes the fields that are known.
type jsonScanner struct {
	line   []byte
	at     int
	record record
	kind   field // "type" of k6
	text   []byte
}

// deepestJSON is how many objects and lists may be in one another. A line of a log has
// four; one of a million brackets is an attack on the stack.
const deepestJSON = 32

// object reads one that begins at the position, and reports whether it was one. Where it
// was not, the position is where that was seen, for the message.
func (s *jsonScanner) object(depth int) bool {
	if !s.sign('{') || depth > deepestJSON {
		return false
	}
	if s.sign('}') {
		return true
	}
	for {
		name, ok := s.quoted()
		if !ok || !s.sign(':') || !s.value(name.text, depth) {
			return false
		}
		if s.sign('}') {
			return true
		}
		if !s.sign(',') {
			return false
		}
	}
}

// value reads the value of a name, which is nil for what nobody looks at.
func (s *jsonScanner) value(name []byte, depth int) bool {
	s.at = skipBlanks(s.line, s.at)
	if s.at == len(s.line) {
		return false
	}
	switch s.line[s.at] {
	case '{':
		if isHeaders(name) { // a header may have any name
			return s.skip(depth + 1)
		}
		return s.object(depth + 1)
	case '[':
		// No server writes what a request is about as a list.
		return s.skip(depth + 1)
	}
	f, ok := s.scalar()
	if !ok || name == nil {
		return ok
	}
	switch c, known := columnOf(name); {
	case string(name) == "type": // of k6's line
		s.kind = f
	case !known:
	case c == colTime && bytes.EqualFold(name, []byte("msec")): // finer than what stands beside it
		s.record.fields[c] = f
	default:
		s.record.set(c, f)
	}
	return true
}

// isHeaders reports whether an object is the headers of a request or an answer.
func isHeaders(name []byte) bool { return bytes.HasSuffix(bytes.ToLower(name), []byte("headers")) }

// skip reads a list or an object of which nothing is looked at.
func (s *jsonScanner) skip(depth int) bool {
	if depth > deepestJSON {
		return false
	}
	open := s.line[s.at]
	s.at++
	// A list and an object differ in their end, and in the names.
	end := byte('}')
	if open == '[' {
		end = ']'
	}
	if s.sign(end) {
		return true
	}
	for {
		if open == '{' {
			if _, ok := s.quoted(); !ok || !s.sign(':') {
				return false
			}
		}
		s.at = skipBlanks(s.line, s.at)
		switch {
		case s.at == len(s.line):
			return false
		case s.line[s.at] == '{' || s.line[s.at] == '[':
			if !s.skip(depth + 1) {
				return false
			}
		default:
			if _, ok := s.scalar(); !ok {
				return false
			}
		}
		if s.sign(end) {
			return true
		}
		if !s.sign(',') {
			return false
		}
	}
}

// sign reads a sign, if it comes next. JSON has blanks around signs, also tabs.
func (s *jsonScanner) sign(c byte) bool {
	s.at = skipBlanks(s.line, s.at)
	if s.at == len(s.line) || s.line[s.at] != c {
		return false
	}
	s.at++
	return true
}

// scalar reads a text, a number or a word; null is no text at all. A number is not looked
// at closely, since what it is for says what it may be.
func (s *jsonScanner) scalar() (field, bool) {
	if s.line[s.at] == '"' {
		return s.quoted()
	}
	start := s.at
	for s.at < len(s.line) && bytes.IndexByte([]byte(",}] \t"), s.line[s.at]) < 0 {
		s.at++
	}
	word := s.line[start:s.at]
	if string(word) == "null" {
		return field{}, true
	}
	return field{word, start + 1}, len(word) > 0
}

// quoted reads a text in quotes. It is copied only where it has escapes, of which those
// that addresses have are replaced; \u is left as it is, for a key need not be read.
func (s *jsonScanner) quoted() (field, bool) {
	s.at = skipBlanks(s.line, s.at)
	if s.at == len(s.line) || s.line[s.at] != '"' {
		return field{}, false
	}
	start := s.at + 1
	escaped := false
	for s.at = start; s.at < len(s.line) && s.line[s.at] != '"'; s.at++ {
		if s.line[s.at] == '\\' {
			escaped = true
			s.at++
		}
	}
	if s.at >= len(s.line) {
		s.at = len(s.line)
		return field{}, false
	}
	text := s.line[start:s.at]
	s.at++
	if escaped {
		text = s.unescape(text)
	}
	return field{text, start + 1}, true
}

// unescape is a text without its escapes, in the scanner's own room.
func (s *jsonScanner) unescape(text []byte) []byte {
	from := len(s.text)
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && bytes.IndexByte([]byte(`"\/`), text[i+1]) >= 0 {
			i++
		}
		s.text = append(s.text, text[i])
	}
	return s.text[from:]
}
