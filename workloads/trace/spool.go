package trace

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
)

// event is a request as it is kept: 24 bytes while it is sorted. In the spool it is two
// or three numbers of variable length (encoding/binary), eight bytes or so of most logs:
//
//	nanoseconds since the event before it | key<<3 | sized<<1 | write | size, if it is sized
//
// The first number is why the spool can be read from the beginning of a run alone, and
// forward: the first event of a run is that of the run's first instant.
type event struct {
	// Nanoseconds since 1970.
	at    int64
	size  int64
	key   uint32 // its number
	write bool
	sized sized
}

const (
	// sortedAtOnce is how many requests are sorted in memory: 24 MB of them. A log is out
	// of order by as much as requests last, for an entry is written when its request ends,
	// with the time at which it began; logs that were put together are out of order by
	// hours.
	sortedAtOnce = 1 << 20

	// keptInMemory is how many bytes of requests are kept in memory, about eight million
	// of them. What comes after is in a temporary file.
	keptInMemory = 64 << 20
)

// run is requests in the order of time, ties in that of the files.
//
// A trace is a number of runs, which are merged as they are read:
//
//	a log in order        two logs, one after the other
//	|--0--|               |--0--|
//	     |--1--|               |--1--|
//	          |--2--|     |--2--|
//	               t ->        |--3--|
//
// Of a log in order each begins where the one before it ends, or a little earlier, as
// requests that took long are written late; no more than two are read at the same time.
// Of many logs one run of each is, with 32 KiB of room. A run is of one file, so that a
// file of a minute is a run of a minute.
type run struct {
	source      int // of which file
	from, until int64
	first, last int64 // instants
}

// spool keeps the requests of a trace, in runs. It is written once and then read by many,
// at the same time, and so it has no position: every [cursor] has its own.
type spool struct {
	runs   []run
	memory []byte
	// What does not fit into memory, all of it; nil if there is none.
	file *os.File
	size int64

	// Of the run that is written.
	encoded []byte
}

// add sorts the requests, all of one file, and keeps them as a run. It may change their
// order. The sort is stable, since requests that share an instant come in the order of
// the file: within a second that is all that is known of their order.
func (s *spool) add(source int, events []event) error {
	if len(events) == 0 {
		return nil
	}
	earlier := func(a, b event) int { return cmp.Compare(a.at, b.at) }
	if !slices.IsSortedFunc(events, earlier) {
		slices.SortStableFunc(events, earlier)
	}
	r := run{source: source, from: s.size, first: events[0].at, last: events[len(events)-1].at}
	text := s.encoded[:0]
	before := r.first
	for i := range events {
		e := &events[i]
		text = binary.AppendUvarint(text, uint64(e.at-before))
		head := uint64(e.key)<<3 | uint64(e.sized)<<1
		if e.write {
			head |= 1
		}
		text = binary.AppendUvarint(text, head)
		if e.sized >= sizedWeak {
			text = binary.AppendUvarint(text, uint64(e.size))
		}
		before = e.at
	}
	s.encoded = text // its room is kept for the next run
	if err := s.write(text); err != nil {
		return err
	}
	r.until = s.size
	s.runs = append(s.runs, r)
	return nil
}

// write adds to what is kept. When it becomes too much, all of it moves to the disk: a
// spool is in one place or the other, and a cursor need not look in two.
func (s *spool) write(text []byte) error {
	s.size += int64(len(text))
	if s.file == nil && s.size <= keptInMemory {
		s.memory = append(s.memory, text...)
		return nil
	}
	if s.file == nil {
		file, err := os.CreateTemp("", "herdlab-trace-*")
		if err != nil {
			return fmt.Errorf("trace: a long one needs a temporary file: %w; set TMPDIR to a folder that can be written", err)
		}
		s.file = file
		// Without a name it is gone with the process, however that ends; where an open file
		// cannot lose its name, Close removes it.
		_ = os.Remove(file.Name())
		text = append(s.memory, text...)
		s.memory = nil
	}
	if _, err := s.file.Write(text); err != nil {
		return fmt.Errorf("trace: the temporary file cannot be written: %w; set TMPDIR to a disk with more room", err)
	}
	return nil
}

// Close removes what is kept.
func (s *spool) Close() error {
	s.memory, s.runs = nil, nil
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	_ = os.Remove(s.file.Name())
	s.file = nil
	return err
}

// cursor reads a run.
type cursor struct {
	event // the current one

	spool *spool
	run   *run
	// Of what is not in text yet.
	from int64
	text []byte // read and not decoded
	// For text, where that is not a part of memory.
	room []byte
}

// open returns a cursor before the first request of a run.
func (s *spool) open(r *run) *cursor {
	c := &cursor{spool: s, run: r, from: r.from}
	c.at = r.first
	if s.file == nil {
		c.text, c.from = s.memory[r.from:r.until], r.until
	}
	return c
}

// longest is how many bytes an event takes at most: three numbers.
const longest = 3 * binary.MaxVarintLen64

// next goes on to the next request, and reports whether there is one. What is left of the
// text may end within a request only where the file has more of the run, so that a text
// of the longest request's length is enough to read one.
func (c *cursor) next() (bool, error) {
	if len(c.text) < longest && c.from < c.run.until {
		if err := c.fill(); err != nil {
			return false, err
		}
	}
	if len(c.text) == 0 {
		return false, nil
	}
	c.at += int64(c.number())
	head := c.number()
	c.write, c.sized, c.key, c.size = head&1 != 0, sized(head>>1&3), uint32(head>>3), 0
	if c.sized >= sizedWeak {
		c.size = int64(c.number())
	}
	return true, nil
}

// number takes a number off the text. Most have one byte, as that of a size that was not
// stated or of an instant that is the same second's.
func (c *cursor) number() uint64 {
	if b := c.text[0]; b < 0x80 { // as most are
		c.text = c.text[1:]
		return uint64(b)
	}
	n, length := binary.Uvarint(c.text)
	c.text = c.text[length:]
	return n
}

// fill reads more of the file. Many cursors share it, so that none has a position in it.
func (c *cursor) fill() error {
	if c.room == nil {
		c.room = make([]byte, 1<<15)
	}
	n := copy(c.room, c.text)
	more := min(int64(len(c.room)-n), c.run.until-c.from)
	if _, err := c.spool.file.ReadAt(c.room[n:n+int(more)], c.from); err != nil {
		return fmt.Errorf("trace: the temporary file cannot be read: %w", err)
	}
	c.from += more
	c.text = c.room[:n+int(more)]
	return nil
}
