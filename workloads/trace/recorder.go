package trace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// enoughLines is from how many lines on the share of bad ones is judged. A
// shorter file is judged at its end: the first line of three being bad says
// nothing of it.
const enoughLines = 100

// recorder makes a recording.
type recorder struct {
	Config
	*Recording
	numbers map[string]uint32 // of the keys
	// By key: somebody asks for it.
	reads    []bool
	writes   []uint32 // by key
	events   []event  // not kept yet
	calendar calendar
	methods  map[string]*int64
	skipped  map[string]*int64
	tracking map[string]*int64 // parameters, by the keys that have them first
	// How many requests state so many seconds: a program has few of them.
	ttls map[int64]int64

	room []byte // for a key whose query is cut

	// Of the file that is read. Whether its times are exact is known at its end, which is
	// why a run says of which file it is and not each request how exact it is.
	source int // its number, from 0
	// Its latest instant so far.
	latest int64
	// Some time of it had a fraction of a second.
	exact bool
}

// read reads one file.
func (r *recorder) read(path string) error {
	src, err := openSource(path)
	if err != nil {
		return err
	}
	defer src.Close() // it was only read: nothing can be lost
	r.stats.Files = append(r.stats.Files, FileStats{File: path})
	r.source, r.latest, r.exact = len(r.stats.Files)-1, 0, false
	if err := r.readLines(newLines(src)); err != nil {
		return err
	}
	r.coarse = append(r.coarse, !r.exact)
	return r.flush()
}

// readLines reads the text of the file.
func (r *recorder) readLines(text *lines) error {
	stats := &r.stats.Files[r.source]
	beginning := text.peek()
	var p parser = new(accessLog) // of nothing, or of an error that reading will meet
	if len(beginning) > 0 {
		told, format, err := r.format(stats.File, beginning)
		if err != nil {
			return err
		}
		p, stats.Format, stats.NoZone = told, format.about, format.noZone
	}
	for {
		// To ask costs a lock or so, and a thousand lines take a millisecond.
		if text.number%1024 == 0 && r.Stop != nil && r.Stop() {
			return ErrStopped
		}
		line, err := text.next()
		var e entry
		var bad flaw
		switch {
		case errors.Is(err, io.EOF):
			return r.endFile(p, text.number)
		case errors.Is(err, errLongLine):
			bad = flaw{1, err.Error()}
		case err != nil:
			return readError(stats.File, text.number, err)
		case len(trimBlanks(line)) == 0:
			continue
		default:
			e, bad = p.parse(line)
			if e, bad = r.decide(e, bad, text.number); e.op == Skip && e.method == nil && bad.reason == "" {
				continue // a header or a comment
			}
		}
		if err := r.take(e, bad, text.number); err != nil {
			return err
		}
		if more, ok := p.(several); ok {
			for e, ok := more.next(); ok; e, ok = more.next() {
				if e, bad = r.decide(e, flaw{}, text.number); e.op == Skip {
					continue
				}
				if err := r.take(e, bad, text.number); err != nil {
					return err
				}
			}
		}
	}
}

// decide says what a request does where the configuration says so, and not its line.
// What is not wanted is passed over like a comment, but for its time. A word that the
// format does not know is a flaw until the configuration says what it is, since to guess
// would make reads of writes.
func (r *recorder) decide(e entry, bad flaw, line int64) (entry, flaw) {
	if e.method == nil || len(r.Methods)+len(r.Only) == 0 {
		return e, bad
	}
	var upper [16]byte
	name := upper[:min(len(e.method), len(upper))]
	for i, c := range e.method[:len(name)] {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		name[i] = c
	}
	op, said := r.Methods[string(name)]
	if said {
		e.op = op
	}
	if said && bad.reason == unknownOp {
		bad = flaw{}
	}
	if bad.reason == "" && (said && op == Skip || len(r.Only) > 0 && !slices.Contains(r.Only, string(name))) {
		r.calendar.add(e.at, r.source, line)
		return entry{}, flaw{}
	}
	return e, bad
}

// take counts a line and keeps its request. The calendar has also what is left out: the
// trace began with its first line, whoever replays it.
func (r *recorder) take(e entry, bad flaw, line int64) error {
	stats := &r.stats.Files[r.source]
	stats.Lines++
	if bad.reason != "" {
		stats.addBad(line, bad)
	}
	if stats.Lines >= enoughLines {
		if err := r.judge(); err != nil {
			return err
		}
	}
	if bad.reason != "" {
		return nil
	}
	if e.method != nil {
		count(r.methods, e.method)
	}
	r.calendar.add(e.at, r.source, line)
	if e.ttl > 0 {
		r.ttls[e.ttl]++
	}
	if e.op == Skip {
		count(r.skipped, e.method)
		return nil
	}
	if e.at < r.latest-60*second {
		if stats.Back++; stats.Back == 1 {
			stats.BackLine = line
		}
	}
	r.latest = max(r.latest, e.at)
	r.exact = r.exact || e.at%second != 0
	r.stats.Requests++
	// Who posts to a page is answered by something else than the page.
	if e.op == Write && e.answer {
		e.sized = notSized
	}
	key := r.number(&e)
	if e.op == Write {
		r.stats.Writes++
		r.writes[key]++
	} else {
		r.reads[key] = true
	}
	r.events = append(r.events, event{at: e.at, size: e.size, key: key, write: e.op == Write, sized: e.sized})
	if len(r.events) == sortedAtOnce {
		return r.flush()
	}
	return nil
}

// count adds one to a name's. The map has pointers, so that a name is looked up without a
// copy of it, and only the first of its kind is allocated.
func count(counts map[string]*int64, name []byte) {
	n := counts[string(name)]
	if n == nil {
		n = new(int64)
		counts[string(name)] = n
	}
	*n++
}

// number is the number of a request's key, which gets one if it is new, and notes the
// first size that the trace states of it: the one that requests have which come before
// anything is said of their key's size. A better statement takes the place of a weaker
// one, for a page that was once answered by an error is no page of the error's size. The
// first is that of the files' order, which is nearly that of time.
func (r *recorder) number(e *entry) uint32 {
	key := r.withoutQuery(e.key)
	n, known := r.numbers[string(key)]
	if !known {
		n = uint32(len(r.keys))
		text := string(key)
		r.numbers[text] = n
		r.keys, r.sizes, r.sized = append(r.keys, text), append(r.sizes, 0), append(r.sized, notSized)
		r.reads, r.writes = append(r.reads, false), append(r.writes, 0)
		if name := trackingOf(key); name != nil {
			r.stats.Tracked++
			count(r.tracking, name)
		}
	}
	if e.sized > r.sized[n] {
		r.sizes[n], r.sized[n] = e.size, e.sized
	}
	return n
}

// withoutQuery is a key without what of its query is not wanted: all of it, as in a cache
// whose key has none, or some parameters, as those by which advertisers count.
func (r *recorder) withoutQuery(key []byte) []byte {
	path, query, asks := bytes.Cut(key, []byte("?"))
	switch {
	case !asks || len(path) == 0 || !r.DropQuery && len(r.Ignore) == 0:
		return key
	case r.DropQuery:
		return path
	}
	r.room = append(r.room[:0], path...)
	sign := byte('?')
	for parameter := range bytes.SplitSeq(query, []byte("&")) {
		name, _, _ := bytes.Cut(parameter, []byte("="))
		if !slices.ContainsFunc(r.Ignore, func(pattern string) bool { return matches(name, pattern) }) {
			r.room = append(append(r.room, sign), parameter...)
			sign = '&'
		}
	}
	return r.room
}

// trackingOf is the first parameter of a key's query by which advertisers count clicks and
// no page differs; nil if there is none.
func trackingOf(key []byte) []byte {
	_, query, asks := bytes.Cut(key, []byte("?"))
	if !asks {
		return nil
	}
	for parameter := range bytes.SplitSeq(query, []byte("&")) {
		name, _, _ := bytes.Cut(parameter, []byte("="))
		for _, known := range []string{"utm_*", "fbclid", "gclid", "gbraid", "wbraid", "dclid", "msclkid", "yclid", "igshid", "mc_cid", "mc_eid", "_ga", "_gl"} {
			if matches(name, known) {
				return name
			}
		}
	}
	return nil
}

// matches reports whether a name is that of a pattern.
func matches(name []byte, pattern string) bool {
	if prefix, any := strings.CutSuffix(pattern, "*"); any {
		return bytes.HasPrefix(name, []byte(prefix))
	}
	return string(name) == pattern
}

// flush keeps the requests that are held: a million of them, or those that are left at the
// end of a file, as a run is of one file.
func (r *recorder) flush() error {
	err := r.spool.add(r.source, r.events)
	r.events = r.events[:0]
	return err
}

// endFile looks at a file when all of it has been read: a short one has not been judged
// before. One without a request is no error beside others: rotation leaves such files.
func (r *recorder) endFile(p parser, line int64) error {
	if err := r.judge(); err != nil {
		return err
	}
	stats := &r.stats.Files[r.source]
	stats.Ends = line
	if t, ok := p.(*table); ok {
		stats.Unused = t.unused
	}
	return nil
}

// finish looks at the whole trace.
func (r *recorder) finish() error {
	s := &r.stats
	s.TTL, s.Tracking = medianTTL(r.ttls), frequent(r.tracking)
	s.Methods, s.Skipped = frequent(r.methods), frequent(r.skipped)
	if s.Requests == 0 {
		return r.refuseEmpty()
	}
	r.calendar.report(s)
	r.spreads = slices.Contains(r.coarse, true)
	s.Keys = len(r.keys)
	sum, known := int64(0), 0
	for i, how := range r.sized {
		if !r.reads[i] {
			s.Unread += int64(r.writes[i])
		}
		if how == notSized {
			// What is only written is in no cache.
			if r.reads[i] {
				s.Unsized++
			}
			continue
		}
		sum += r.sizes[i]
		known++
	}
	// The mean of keys and not of requests: those that are not known are seldom asked for.
	s.UsualSize = DefaultSize
	if known > 0 {
		s.UsualSize = int(sum / int64(known))
	}
	return nil
}

// refuseEmpty is the error of a trace without a request, which is hardly meant. A run of it
// would be a report without a figure.
func (r *recorder) refuseEmpty() error {
	first := &r.stats.Files[0]
	if len(r.stats.Skipped) > 0 {
		var names []string
		for _, m := range r.stats.Skipped {
			names = append(names, m.Name)
		}
		return fmt.Errorf("%s:1:1: there is no request in it but %s, which is left out: name it in the trace's reads or writes to replay it",
			first.File, strings.Join(names, " and "))
	}
	return fmt.Errorf("%s:%d:1: there is no request in it", first.File, first.Ends)
}

// judge is an error if too many lines are bad. It quotes the first bad line, which
// shows best what the file is instead. Too many bad lines are no accident: the file is
// then hardly what its format says, and a replay of the rest would look like a result.
func (r *recorder) judge() error {
	s := &r.stats.Files[r.source]
	if float64(s.Bad) <= r.MaxBad*float64(s.Lines) {
		return nil
	}
	first := s.FirstBad[0]
	return fmt.Errorf("%s:%d:%d: %s; %d of %d lines cannot be read, and max_bad allows %g%%",
		s.File, first.Line, first.Column, first.Reason, s.Bad, s.Lines, r.MaxBad*100)
}
