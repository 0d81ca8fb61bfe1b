// Package trace reads recorded traffic: access logs and tables, plain or packed.
//
//	files -> text -> parser -> runs in the order of time -> requests
//
// A trace is read once, whatever it is read from and however many runs replay it. What it
// says of a request is then kept in eight bytes or so, on the disk where that is much; in
// memory are the keys, each once, and nothing that grows with the requests.
//
// What real traces get wrong is put right on the way. Logs are out of order, because a
// server writes an entry when its request ends, with the time at which it began, and
// several of them are one after another: all are put in the order of time. Their times
// know no more than the second: requests that share one are spread evenly over it. And
// many lines say how many bytes were sent, which are not those of the page: of a 304, of
// HEAD, of a part, of an error. Such a request has the size that other lines state of
// its key.
//
// # Formats
//
// The format of a file is told from its first lines, whatever its name is, so that files
// of several kinds can be one trace. A format is a [parser], which has a line and makes
// an entry of it, or says what is wrong with it and where; it knows neither files nor
// the lines before. A new one is a file with such a parser and a line in [formats].
//
// A line that cannot be read is counted and left out, for real logs have some: what a
// scanner sent, what a crash tore, what a disk filled with zeros. Where they are more than
// a share of the file, the file is another one than was thought, and is refused.
//
// # Order
//
// Requests are replayed in the order of their times, however the lines are ordered, and
// nothing is ever moved to another time or dropped to keep that order. It takes a sort of
// the whole trace in the worst case, and next to nothing in the usual one; see [run].
//
// The package knows no run, no class and no clock. When a request comes in a run,
// and which of them still do, is package workloads' affair.
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

// DefaultSize is the size of values of which a trace says nothing, in bytes.
const DefaultSize = 1000

// ErrStopped is a trace that was not read to its end because Config.Stop said so.
var ErrStopped = errors.New("stopped while reading the trace")

// Config is which trace is read, and how strictly.
type Config struct {
	Files     []string      // or patterns; "-" is standard input. All of them are one trace
	Format    string        // one of [FormatNames], or "auto", which is also ""
	MaxBad    float64       // share of a file's lines that may be unreadable, 0 to 1
	Methods   map[string]Op // what methods and operations do, in capitals, where it is not the usual
	Only      []string      // methods and operations, in capitals, if not all are wanted
	DropQuery bool          // keys end before their question mark
	Stop      func() bool   // asked now and then whether to stop; may be nil
}

// Recording is a trace that was read. It is safe for concurrent use.
type Recording struct {
	spool   spool
	keys    []string // by number
	sizes   []int64  // of the first value of every key that was stated
	sized   []sized  // how well it is known
	coarse  []bool   // by source: its times are whole seconds
	spreads bool     // some are
	stats   Stats
}

// Open reads a trace to its end. An error names file, line and column, and says what to
// do. To read it all before any of it is used takes as long as to read it once, and has
// it that a torn file is known before anything runs, sizes are known before the first
// request, and standard input can be replayed by many runs.
func Open(c Config) (*Recording, error) {
	files, err := Expand(c.Files)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, errors.New("trace: no file is named")
	}
	r := &recorder{
		Config: c, Recording: new(Recording), numbers: make(map[string]uint32),
		calendar: calendar{hours: make(map[int64]*hour)}, methods: make(map[string]*int64), skipped: make(map[string]*int64),
	}
	for _, file := range files {
		if err := r.read(file); err != nil {
			r.spool.Close()
			return nil, err
		}
	}
	if err := r.finish(); err != nil {
		r.spool.Close()
		return nil, err
	}
	return r.Recording, nil
}

// Stats is what was found in it.
func (r *Recording) Stats() Stats { return r.stats }

// Close ends the use of the recording and of its readers.
func (r *Recording) Close() error { return r.spool.Close() }

// recorder makes a recording.
type recorder struct {
	Config
	*Recording
	numbers  map[string]uint32 // of the keys
	reads    []bool            // by key: somebody asks for it
	writes   []uint32          // by key
	events   []event           // not kept yet
	calendar calendar
	methods  map[string]*int64
	skipped  map[string]*int64

	// Of the file that is read. Whether its times are exact is known at its end, which is
	// why a run says of which file it is and not each request how exact it is.
	source int   // its number, from 0
	latest int64 // its latest instant so far
	exact  bool  // some time of it had a fraction of a second
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
		p, stats.Format = told, format.about
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

// count adds one to a name's.
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
	key := e.key
	if r.DropQuery { // all of it, as a cache does whose key has none
		if path, _, _ := bytes.Cut(key, []byte("?")); len(path) > 0 {
			key = path
		}
	}
	n, known := r.numbers[string(key)]
	if !known {
		n = uint32(len(r.keys))
		text := string(key)
		r.numbers[text] = n
		r.keys, r.sizes, r.sized = append(r.keys, text), append(r.sizes, 0), append(r.sized, notSized)
		r.reads, r.writes = append(r.reads, false), append(r.writes, 0)
	}
	if e.sized > r.sized[n] {
		r.sizes[n], r.sized[n] = e.size, e.sized
	}
	return n
}

// flush keeps the requests that are held.
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
			s.Unsized++
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

// refuseEmpty is the error of a trace without a request, which is hardly meant.
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
