// Package trace reads recorded traffic: an access log of Apache or nginx, or a
// table of time, key and size, plain or compressed with gzip.
//
// A trace is read as it is used, in memory that does not grow with it:
//
//	file -> lines -> parser -> reorder -> requests in the order of time
//
// Two faults of real traces are put right on the way. Logs are out of order,
// because a server writes an entry when its request ends, with the time at which
// it began: the reorder holds a minute. And their times know no more than the
// second: requests that share one are spread evenly over it.
//
// The package knows no run, no class and no clock. When a request comes in a run,
// and which of them still do, is package workloads' affair.
package trace

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// enoughLines is from how many lines on the share of bad ones is judged. A
// shorter trace is judged at its end: the first line of three being bad says
// nothing of a file.
const enoughLines = 100

// Config is which trace is read, and how strictly.
type Config struct {
	File   string
	Format string  // "log", "csv", or "auto", which is also ""
	MaxBad float64 // share of the lines that may be unreadable, 0 to 1
}

// Request is one request of a trace.
type Request struct {
	At    int64 // nanoseconds since 1970
	Key   string
	Size  int // of the answer, in bytes
	Write bool
}

// Reader reads the requests of one trace in the order of time. It is not safe for
// concurrent use. It reads ahead by a minute of the trace, in which it may meet an
// error that belongs to a later request than the next: the error comes at once, since
// a file that is damaged is not worth the wait.
type Reader struct {
	Config
	file   io.Closer // nil before it is opened and after it is closed
	lines  *lines
	parser parser
	stats  Stats

	order   reorder
	pending Request // read, and too new to be added
	waiting bool    // there is a pending one
	ended   bool    // the file has

	batch []Request // released; batch[0] is the current request
}

// NewReader makes a reader. The file is opened by the first Next and not before,
// so that a run that never comes to it needs no file.
func NewReader(c Config) *Reader {
	return &Reader{Config: c, stats: Stats{File: c.File}, order: reorder{most: maxHeld}}
}

// Next goes on to the next request, which is valid until the following call. At
// the end the error is io.EOF; any other names file, line and column, and says
// what to do. After either the file is closed.
func (r *Reader) Next() (*Request, error) {
	if len(r.batch) > 0 {
		r.batch = r.batch[1:]
	}
	if len(r.batch) == 0 {
		if err := r.refill(); err != nil {
			r.Close() // it was only read: nothing can be lost
			return nil, err
		}
	}
	return &r.batch[0], nil
}

// refill reads on until a batch can be released: until a request is read that is too
// new to be held beside the oldest, or the file ends. At the end it is io.EOF.
func (r *Reader) refill() error {
	if r.lines == nil {
		if err := r.open(); err != nil {
			return err
		}
	}
	for {
		if !r.waiting && !r.ended {
			if err := r.readRequest(); err != nil {
				return err
			}
		}
		switch {
		case r.ended && r.order.held == 0: // nothing is pending either: the end leaves nothing
			return io.EOF
		case r.ended || r.order.full(r.pending.At):
			r.batch = r.order.release()
			return nil
		}
		if !r.order.add(r.pending) {
			r.stats.Late++
		}
		r.waiting = false
	}
}

// open opens the file and tells its format.
func (r *Reader) open() error {
	text, file, err := openFile(r.File)
	if err != nil {
		return err
	}
	r.file, r.lines = file, newLines(text)
	beginning := r.lines.peek()
	if len(beginning) == 0 {
		r.parser = accessLog{} // nothing, or an error that reading will meet
		return nil
	}
	r.parser, err = r.format(beginning)
	return err
}

// readRequest makes the next good line the pending request, or notes the end. The
// key is copied here and not before: the parser's is a part of the reader's buffer.
func (r *Reader) readRequest() error {
	for {
		line, err := r.lines.next()
		if errors.Is(err, io.EOF) {
			r.ended = true
			return r.finish()
		}
		if err != nil {
			return readError(r.File, r.lines.number, err)
		}
		if len(trimBlanks(line)) == 0 {
			continue
		}
		// The first line of a table may be its header, also where the format is named and
		// was not told from it.
		if t, ok := r.parser.(*table); ok && r.stats.Lines == 0 && t.columns == 0 && t.header(line) {
			continue
		}
		r.stats.Lines++
		e, bad := r.parser.parse(line)
		if bad.reason != "" {
			r.stats.addBad(r.lines.number, bad)
		}
		if r.stats.Lines >= enoughLines {
			if err := r.judge(); err != nil {
				return err
			}
		}
		if bad.reason == "" {
			r.stats.addGood(r.lines.number, e.at)
			r.pending, r.waiting = Request{At: e.at, Key: string(e.key), Size: e.size, Write: e.write}, true
			return nil
		}
	}
}

// finish looks at the trace when all of it has been read: a short one has not been
// judged before, and one without a request is hardly meant.
func (r *Reader) finish() error {
	if err := r.judge(); err != nil {
		return err
	}
	if r.stats.Lines == r.stats.Bad {
		return fmt.Errorf("%s:%d:1: there is no request in it", r.File, r.lines.number)
	}
	return nil
}

// judge is an error if too many lines are bad. It quotes the first bad line, which
// shows best what the file is instead. Too many bad lines are no accident: the file is
// then hardly what its format says, and a replay of the rest would look like a result.
func (r *Reader) judge() error {
	if float64(r.stats.Bad) <= r.MaxBad*float64(r.stats.Lines) {
		return nil
	}
	first := r.stats.FirstBad[0]
	return fmt.Errorf("%s:%d:%d: %s; %d of %d lines cannot be read, and max_bad allows %g%%",
		r.File, first.Line, first.Column, first.Reason, r.stats.Bad, r.stats.Lines, r.MaxBad*100)
}

// Stats is the counts so far.
func (r *Reader) Stats() Stats {
	s := r.stats
	s.FirstBad = slices.Clone(s.FirstBad)
	return s
}

// Close closes the file, if it is open. It may be called again, and Next after it has
// no more than what was read ahead.
func (r *Reader) Close() error {
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	r.file, r.ended = nil, true
	return err
}
