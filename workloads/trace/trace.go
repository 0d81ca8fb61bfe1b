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

import "errors"

// DefaultSize is the size of values of which a trace says nothing, in bytes.
const DefaultSize = 1000

// ErrStopped is a trace that was not read to its end because Config.Stop said so.
var ErrStopped = errors.New("stopped while reading the trace")

// Config is which trace is read, and how strictly.
type Config struct {
	// Or patterns; "-" is standard input. All of them are one trace.
	Files []string
	// One of [FormatNames], or "auto", which is also "".
	Format string
	// Share of a file's lines that may be unreadable, 0 to 1.
	MaxBad float64
	// What methods and operations do, in capitals, where it is not the usual.
	Methods map[string]Op
	// Methods and operations, in capitals, if not all are wanted.
	Only []string
	// Keys end before their question mark.
	DropQuery bool
	// Parameters of the query that are no part of the key, by name; a star at the end stands
	// for anything.
	Ignore []string
	// Asked now and then whether to stop; may be nil.
	Stop func() bool
}

// Recording is a trace that was read. It is safe for concurrent use.
type Recording struct {
	spool spool
	keys  []string // by number
	// Of the first value of every key that was stated.
	sizes []int64
	sized []sized // how well it is known
	// By source: its times are whole seconds.
	coarse  []bool
	spreads bool // some are
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
		calendar: calendar{hours: make(map[int64]*hour)}, methods: make(map[string]*int64), skipped: make(map[string]*int64), tracking: make(map[string]*int64), ttls: make(map[int64]int64),
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
