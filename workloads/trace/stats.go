package trace

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// BadLine is a line of a trace that cannot be read. Line and column are those of the
// file, as an editor counts them, empty lines and the header included.
type BadLine struct {
	Line   int64 // from 1
	Column int   // in bytes, from 1
	Reason string
}

// FileStats is what was found in one file.
type FileStats struct {
	File string
	// Such as [AccessLog]; "" of an empty file.
	Format string

	// Read; empty lines and headers do not count.
	Lines int64
	// Of Lines, those that cannot be read.
	Bad      int64
	FirstBad []BadLine // the first five
	// The line after its last.
	Ends int64

	// Requests that come more than a minute after a later one: they were put in their place.
	Back     int64
	BackLine int64 // the first of them

	// Its times have no zone, and were taken for UTC.
	NoZone bool
	// Columns that are not looked at.
	Unused []string
}

// Count is how often something was met.
type Count struct {
	Name string
	N    int64
}

// Stats is what was found in a trace: what a reader of the results has to know before
// believing them.
type Stats struct {
	Files []FileStats

	Requests int64
	Writes   int64 // of Requests
	// Of Writes, those of keys that nobody reads: they may ask for something by POST.
	Unread int64
	// Of Requests and of what was left out, by its name as it is written; the most frequent first.
	Methods []Count
	// Of Methods, those that are neither reads nor writes.
	Skipped []Count

	Keys int
	// Of Keys, those that are read and of which no line says how large the value is.
	Unsized int
	// Of Keys, those with a parameter by which advertisers count, and the parameters.
	Tracked  int
	Tracking []Count
	// The mean of the others' values, which those have; 1,000 bytes if there are none.
	UsualSize int

	// The median of those that lines state, which is not looked at; 0 if there are none.
	TTL time.Duration
	// The earliest and the latest time.
	First, Last time.Time

	// Gap is the longest time without a request, and GapFile and GapLine the request that
	// ends it. It is told where it is an hour or more.
	Gap     time.Duration
	GapFile string
	GapLine int64
}

// shownBad is how many bad lines are kept: as many as a reader looks at.
const shownBad = 5

// addBad counts a line that cannot be read, and keeps the first few to be shown.
func (s *FileStats) addBad(line int64, f flaw) {
	s.Bad++
	if len(s.FirstBad) < shownBad {
		s.FirstBad = append(s.FirstBad, BadLine{line, f.column, f.reason})
	}
}

// calendar is which hours of a trace have requests, whatever the order of its lines is:
// where it has none the replay waits, which is seldom meant. It cannot be told from one
// line to the next, since a gap in one file may be filled by another. An hour is short
// enough to find what is worth to be told, and 400 days have ten thousand of them.
type calendar struct {
	hours map[int64]*hour // since 1970
	// The one that was added to last, as a rule also the next.
	last *hour
	of   int64
}

// hour is the first and the last request in it. Of the first there is also where it
// stands, for it may be the one that comes after a gap.
type hour struct {
	first, last int64 // instants
	source      int   // of the first
	line        int64
}

// add notes a request.
func (c *calendar) add(at int64, source int, line int64) {
	if of := at / int64(time.Hour); c.last == nil || of != c.of {
		c.of, c.last = of, c.hours[of]
		if c.last == nil {
			c.last = &hour{first: at, last: at, source: source, line: line}
			c.hours[of] = c.last
		}
	}
	if at < c.last.first {
		c.last.first, c.last.source, c.last.line = at, source, line
	}
	c.last.last = max(c.last.last, at)
}

// report says when the trace begins and ends, and how long it is silent in between. Within
// two hours that follow each other a silence is less than two hours long, and is found
// as well, if it is an hour or more.
func (c *calendar) report(s *Stats) {
	var before *hour
	for _, h := range slices.Sorted(maps.Keys(c.hours)) {
		next := c.hours[h]
		if before == nil {
			s.First = time.Unix(0, next.first).UTC()
		} else if gap := time.Duration(next.first - before.last); gap >= time.Hour && gap > s.Gap {
			s.Gap, s.GapFile, s.GapLine = gap, s.Files[next.source].File, next.line
		}
		before = next
	}
	if before != nil {
		s.Last = time.Unix(0, before.last).UTC()
	}
}

// frequent is the counts of names, the most frequent first.
func frequent(counts map[string]*int64) (list []Count) {
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, Count{name, *counts[name]})
	}
	slices.SortStableFunc(list, func(a, b Count) int { return cmp.Compare(b.N, a.N) })
	return list
}

// medianTTL is the ttl that half of the requests which state one have at most. It is told
// and not used: how long a value lives is what strategies are compared by.
func medianTTL(counts map[int64]int64) time.Duration {
	var all, sum int64
	for _, n := range counts {
		all += n
	}
	for _, ttl := range slices.Sorted(maps.Keys(counts)) {
		if sum += counts[ttl]; 2*sum >= all {
			return time.Duration(min(ttl, maxSeconds)) * time.Second
		}
	}
	return 0
}
