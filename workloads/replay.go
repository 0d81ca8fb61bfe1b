package workloads

import (
	"cmp"
	"io"
	"time"

	"github.com/herdlab/herdlab/workloads/trace"
)

// Trace is recorded traffic: an access log of Apache or nginx in the common or
// combined format, or a table of time, key and size. Both may be compressed with
// gzip.
type Trace struct {
	File   string  `yaml:"file" required:"true" doc:"path of the file"`
	Format string  `yaml:"format" default:"auto" enum:"auto,log,csv" doc:"log: an access log, common or combined; csv: time,key,size with seconds or RFC 3339 times; auto: recognised from the first lines"`
	Speed  float64 `yaml:"speed" default:"1" min:"0.000001" max:"1000000" doc:"how many times faster than recorded to replay it"` // 0 is 1
	MaxBad float64 `yaml:"max_bad" default:"5%" unit:"share" min:"0" max:"1" doc:"share of unreadable lines above which the replay stops"`
}

func (t *Trace) check(c Class) error {
	return cmp.Or(
		refuse(t.File == "", "trace.file", "a trace needs a file"),
		refuse(t.Format != "" && t.Format != "auto" && t.Format != "log" && t.Format != "csv", "trace.format",
			"%q is none of auto, log and csv", t.Format),
		refuse(!(t.Speed >= 0 && t.Speed <= 1e6), "trace.speed", "%v is no speed: write one above 0; 1 is as recorded", t.Speed),
		refuse(c.Keys != nil, "keys", "a trace has keys of its own: remove keys"),
		refuse(c.Writes != 0, "writes", "a trace says itself what is a write: remove writes"),
		checkShare("trace.max_bad", t.MaxBad),
	)
}

func (t *Trace) pacers(Class, time.Duration) []pacer { return nil }

// replay is the requests of a trace. The first comes at the beginning of the
// class's active time, the others as much later as in the trace.
type replay struct {
	Class
	reader *trace.Reader
	sizing sizing // in place of the trace's sizes, where the class has a size
	speed  float64
	until  time.Duration

	now   *trace.Request // the request advanced to; nil before the first
	first int64          // its instant, nanoseconds since 1970
	cut   bool           // the trace goes on past the end
}

// newReplay readies the replay of a class within its active time.
func newReplay(c Class, until time.Duration) *replay {
	t := c.Trace
	reader := trace.NewReader(trace.Config{File: t.File, Format: t.Format, MaxBad: t.MaxBad})
	return &replay{Class: c, reader: reader, sizing: newSizing(c.Size), speed: cmp.Or(t.Speed, 1), until: until}
}

func (r *replay) advance() (time.Duration, error) {
	now, err := r.reader.Next()
	if err != nil {
		return 0, err
	}
	if r.now == nil {
		r.first = now.At
	}
	r.now = now
	since := float64(now.At-r.first) / r.speed
	if since >= float64(r.until-r.From) {
		r.cut = true
		r.Close() // it was only read: nothing can be lost
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

func (r *replay) Close() error { return r.reader.Close() }
