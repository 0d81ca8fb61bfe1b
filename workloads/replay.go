package workloads

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/herdlab/herdlab/workloads/trace"
)

// Trace is recorded traffic: access logs and tables of time, key and size, plain or
// packed.
type Trace struct {
	File   string   `yaml:"file" required:"true" doc:"path of the file, or a pattern such as logs/*.gz; - is standard input"`
	Files  []string `yaml:"files" doc:"further files of the same traffic: all are merged by time"`
	Format string   `yaml:"format" default:"auto" enum:"auto,log,haproxy,envoy,squid,elb,wikibench,monitor,pairs,json,w3c,csv" doc:"auto: told from the first lines of each file; log: an access log, common or combined; monitor: of redis-cli; pairs: name=value; json: an object a line; csv: a table with a time, a key and what else its header names of size, op and status"`
	Speed  float64  `yaml:"speed" default:"1" min:"0.000001" max:"1000000" doc:"how many times faster than recorded to replay it. The lives and waits of strategies stay as they are: 10 is the traffic of ten times as many users"` // 0 is 1
	MaxBad float64  `yaml:"max_bad" default:"5%" unit:"share" min:"0" max:"1" doc:"share of unreadable lines of a file above which the replay stops"`
	Query  string   `yaml:"query" default:"keep" enum:"keep,drop" doc:"drop: keys end before their question mark, so that an address is one key whatever its query"`

	IgnoreQuery []string `yaml:"ignore_query" doc:"parameters of the query that are no part of the key, such as fbclid or utm_*"`

	Reads  []string `yaml:"reads" doc:"methods of HTTP and operations of a cache that are reads, besides GET, HEAD and the like"`
	Writes []string `yaml:"writes" doc:"those that are writes, besides POST, PUT, DELETE, set and the like"`
	Skip   []string `yaml:"skip" doc:"those that are left out, besides OPTIONS: such as set, where it is the cache's own, after a miss"`
	Only   []string `yaml:"only" doc:"those that the class has, if not all: the rest is left to other classes"`
}

func (t *Trace) check(c Class) error {
	err := cmp.Or(
		refuse(t.File == "", "trace.file", "a trace needs a file"),
		refuse(t.Format != "" && t.Format != "auto" && !slices.Contains(trace.FormatNames(), t.Format), "trace.format",
			"%q is none of auto, %s", t.Format, strings.Join(trace.FormatNames(), ", ")),
		refuse(!(t.Speed >= 0 && t.Speed <= 1e6), "trace.speed", "%v is no speed: write one above 0; 1 is as recorded", t.Speed),
		refuse(t.Query != "" && t.Query != "keep" && t.Query != "drop", "trace.query", "%q is neither keep nor drop", t.Query),
		refuse(c.Keys != nil, "keys", "a trace has keys of its own: remove keys"),
		refuse(c.Writes != 0, "writes", "a trace says itself what is a write: remove writes"),
		checkShare("trace.max_bad", t.MaxBad),
	)
	said := make(map[string]string)
	for _, list := range []struct {
		field string
		names []string
	}{{"reads", t.Reads}, {"writes", t.Writes}, {"skip", t.Skip}} {
		for _, name := range list.names {
			other, twice := said[strings.ToUpper(name)]
			err = cmp.Or(err, refuse(twice, "trace."+list.field, "%s is in %s as well: it can be one of them", name, other))
			said[strings.ToUpper(name)] = list.field
		}
	}
	return err
}

func (t *Trace) pacers(Class, time.Duration) []pacer { return nil }

// Paths are the trace's files, patterns replaced by what matches them. A trace from
// standard input, or a pipe, is among them too, and can be read once.
func (t *Trace) Paths() ([]string, error) { return trace.Expand(append([]string{t.File}, t.Files...)) }

// config is how the trace is read.
func (t *Trace) config() trace.Config {
	c := trace.Config{
		Files: append([]string{t.File}, t.Files...), Format: t.Format, MaxBad: t.MaxBad, DropQuery: t.Query == "drop", Ignore: t.IgnoreQuery,
		Methods: make(map[string]trace.Op),
	}
	for _, list := range []struct {
		op    trace.Op
		names []string
	}{{trace.Read, t.Reads}, {trace.Write, t.Writes}, {trace.Skip, t.Skip}} {
		for _, name := range list.names {
			c.Methods[strings.ToUpper(name)] = list.op
		}
	}
	for _, name := range t.Only {
		c.Only = append(c.Only, strings.ToUpper(name))
	}
	return c
}

// Recordings are traces that were read: each once, for all the runs that replay it. It is
// safe for concurrent use.
type Recordings struct {
	Stop func() bool // asked while a trace is read; nil is never

	mu  sync.Mutex
	all map[string]*recording // by what is read and how
}

// recording is a trace that is read by the first who needs it; others wait.
type recording struct {
	once sync.Once
	*trace.Recording
	err error
}

// open is a trace, which is read if it was not.
func (r *Recordings) open(t *Trace) (*trace.Recording, error) {
	config := t.config()
	name := fmt.Sprint(config)
	config.Stop = r.Stop
	r.mu.Lock()
	one := r.all[name]
	if one == nil {
		if r.all == nil {
			r.all = make(map[string]*recording)
		}
		one = new(recording)
		r.all[name] = one
	}
	r.mu.Unlock()
	one.once.Do(func() { one.Recording, one.err = trace.Open(config) })
	return one.Recording, one.err
}

// Stats reads a trace, if it was not, and says what was found in it.
func (r *Recordings) Stats(t *Trace) (trace.Stats, error) {
	recording, err := r.open(t)
	if err != nil {
		return trace.Stats{}, err
	}
	return recording.Stats(), nil
}

// Length is how long the replay of a trace takes, rounded up to a second. A trace that
// cannot be replayed, all of it, is an error.
func (r *Recordings) Length(t *Trace) (time.Duration, error) {
	const day, ever = 24 * time.Hour, 400 * 24 * time.Hour
	all := newReplay(Class{Trace: t}, ever, r)
	last := time.Duration(0)
	for {
		at, err := all.advance()
		switch {
		case errors.Is(err, io.EOF) && all.cut == 0:
			return last.Truncate(time.Second) + time.Second, nil
		case errors.Is(err, io.EOF):
			comes := fmt.Sprintf("comes %d days", all.stats.Gap/day)
			if all.stats.Gap < 2*day {
				comes = fmt.Sprintf("comes %v", all.stats.Gap)
			}
			return 0, fmt.Errorf("%s:%d:1: a request %s after the one before it, and a replay lasts up to 400 days: if the times are of two clocks, make them one; else remove what lies apart, or raise --speed",
				all.stats.GapFile, all.stats.GapLine, comes)
		case err != nil:
			return 0, err
		case r.Stop != nil && r.Stop():
			return 0, trace.ErrStopped
		}
		last = at
	}
}

// Close ends the use of all of them.
func (r *Recordings) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var err error
	for _, one := range r.all {
		if one.Recording != nil {
			err = cmp.Or(err, one.Recording.Close())
		}
	}
	r.all = nil
	return err
}

// replay is the requests of a trace. Its beginning is that of the class's active time,
// also where its first lines are another class's.
type replay struct {
	Class
	from   *Recordings
	sizing sizing // in place of the trace's sizes, where the class has a size
	speed  float64
	until  time.Duration

	stats  trace.Stats
	reader *trace.Reader  // nil before the trace is open
	now    *trace.Request // the request advanced to; nil before the first
	first  int64          // the beginning of the trace, nanoseconds since 1970
	cut    int64          // requests of the trace that come after the end
}

// newReplay readies the replay of a class within its active time.
func newReplay(c Class, until time.Duration, from *Recordings) *replay {
	return &replay{Class: c, from: from, sizing: newSizing(c.Size), speed: cmp.Or(c.Trace.Speed, 1), until: until}
}

// open reads the trace, if nobody has.
func (r *replay) open() error {
	if r.reader != nil {
		return nil
	}
	recording, err := r.from.open(r.Trace)
	if err != nil {
		return err
	}
	r.reader, r.stats = recording.Reader(), recording.Stats()
	r.first = r.stats.First.UnixNano()
	return nil
}

func (r *replay) advance() (time.Duration, error) {
	if err := r.open(); err != nil {
		return 0, err
	}
	now, err := r.reader.Next()
	if err != nil {
		return 0, err
	}
	r.now = now
	since := float64(now.At-r.first) / r.speed
	if since >= float64(r.until-r.From) {
		r.cut = r.reader.Left() + 1
		return 0, io.EOF
	}
	if r.speed == 1 { // float64 has 53 bits, and a trace may last longer than 2^53 ns, which is 104 days
		return r.From + time.Duration(now.At-r.first), nil
	}
	return r.From + time.Duration(since), nil
}

func (r *replay) take(req *Request) {
	req.Key, req.Rank, req.Op, req.Size, req.User = r.now.Key, 0, Read, r.now.Size, 0
	if r.now.Write {
		req.Op = Write
	}
	if r.Size != nil {
		req.Size = r.sizing.of(r.now.Key)
	}
}

// Close leaves the recording open, which others read.
func (r *replay) Close() error { return nil }
