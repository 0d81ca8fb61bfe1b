package workloads

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// enoughLines is from how many lines on the share of bad ones is judged. A
// shorter trace is judged at its end.
const enoughLines = 100

// replay is the requests of a trace. The first comes at the beginning of the
// class's active time, the others as much later as in the trace.
type replay struct {
	Trace
	class string
	size  *sizing // instead of the trace's sizes; nil keeps them
	from  time.Duration
	until time.Duration

	file   io.Closer // nil before it is opened and after it is closed
	lines  *lines
	parser parser
	stats  TraceStats

	order   reorder
	pending recorded // read, and too new to be added
	waiting bool     // there is a pending one
	ended   bool     // the file has

	batch []recorded // released; batch[0] is the request advanced to
	first int64      // instant of the first request, nanoseconds since 1970
	begun bool
}

func newReplay(c Class, until time.Duration) *replay {
	r := &replay{Trace: *c.Trace, class: c.Class, from: c.From, until: until}
	r.stats = TraceStats{Class: c.Class, File: c.Trace.File}
	r.order.most = maxHeld
	if r.Speed == 0 {
		r.Speed = 1
	}
	if c.Size != nil {
		s := newSizing(c.Size)
		r.size = &s
	}
	return r
}

func (r *replay) advance() (time.Duration, error) {
	if len(r.batch) > 0 {
		r.batch = r.batch[1:]
	}
	if len(r.batch) == 0 {
		if err := r.refill(); err != nil {
			r.Close() // it was only read: nothing can be lost
			return 0, err
		}
	}
	at := r.batch[0].at
	if !r.begun {
		r.begun, r.first = true, at
	}
	since := float64(at-r.first) / r.Speed
	if since >= float64(r.until-r.from) {
		r.Close()
		return 0, io.EOF
	}
	if r.Speed == 1 {
		return r.from + time.Duration(at-r.first), nil
	}
	return r.from + time.Duration(since), nil
}

func (r *replay) take(req *Request) {
	now := &r.batch[0]
	req.Key, req.Op, req.Size, req.User = now.key, now.op, now.size, 0
	if r.size != nil {
		req.Size = r.size.of(now.key)
	}
}

// refill reads on until a batch can be released. At the end it is io.EOF.
func (r *replay) refill() error {
	if r.lines == nil {
		if err := r.open(); err != nil {
			return err
		}
	}
	for {
		if !r.waiting && !r.ended {
			if err := r.read(); err != nil {
				return err
			}
		}
		switch {
		case r.ended && r.order.held == 0:
			return io.EOF
		case r.ended || r.order.full(r.pending.at):
			r.batch = r.order.release()
			return nil
		}
		if !r.order.add(r.pending) {
			r.stats.Late++
		}
		r.waiting = false
	}
}

func (r *replay) open() error {
	text, file, err := openTrace(r.File)
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

// read makes the next good line the pending request, or notes the end.
func (r *replay) read() error {
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
		if t, ok := r.parser.(*table); ok && r.stats.Lines == 0 && t.columns == 0 && t.header(line) {
			continue
		}
		r.stats.Lines++
		e, bad := r.parser.parse(line)
		if bad.reason != "" {
			r.stats.bad(r.lines.number, bad)
		}
		if r.stats.Lines >= enoughLines {
			if err := r.judge(); err != nil {
				return err
			}
		}
		if bad.reason == "" {
			r.stats.good(e.at)
			r.pending, r.waiting = recorded{at: e.at, key: string(e.key), size: e.size, op: e.op}, true
			return nil
		}
	}
}

// finish looks at the trace when all of it has been read.
func (r *replay) finish() error {
	if err := r.judge(); err != nil {
		return err
	}
	if r.stats.Lines == r.stats.Bad {
		return fmt.Errorf("%s:%d:1: there is no request in it", r.File, r.lines.number)
	}
	return nil
}

// judge is an error if too many lines are bad.
func (r *replay) judge() error {
	if float64(r.stats.Bad) <= r.MaxBad*float64(r.stats.Lines) {
		return nil
	}
	first := r.stats.FirstBad[0]
	return fmt.Errorf("%s:%d:%d: %s; %d of %d lines cannot be read, and max_bad allows %g%%",
		r.File, first.Line, first.Column, first.Reason, r.stats.Bad, r.stats.Lines, r.MaxBad*100)
}

// snapshot is the counts so far.
func (r *replay) snapshot() TraceStats {
	s := r.stats
	s.FirstBad = slices.Clone(s.FirstBad)
	return s
}

func (r *replay) Close() error {
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	r.file, r.ended = nil, true
	return err
}
