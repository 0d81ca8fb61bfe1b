package trace

import "time"

// BadLine is a line of a trace that cannot be read. Line and column are those of the
// file, as an editor counts them, empty lines and the header included.
type BadLine struct {
	Line   int64 // from 1
	Column int   // in bytes, from 1
	Reason string
}

// Stats is what has been read of a trace so far, lookahead included: what a reader of
// the results has to know before believing them.
type Stats struct {
	File string

	Lines      int64     // read; empty lines and a header do not count
	Bad        int64     // of Lines, those that cannot be read
	FirstBad   []BadLine // the first five
	OutOfOrder int64     // requests earlier than one before them
	Late       int64     // of those, too late (a minute) to be put in their place: moved later

	Gap     time.Duration // the longest from the latest time so far to a line's
	GapLine int64         // that line

	First, Last time.Time // the earliest and the latest time; zero without requests
}

// shownBad is how many bad lines are kept: as many as a reader looks at.
const shownBad = 5

// addBad counts a line that cannot be read, and keeps the first few to be shown.
func (s *Stats) addBad(line int64, f flaw) {
	s.Bad++
	if len(s.FirstBad) < shownBad {
		s.FirstBad = append(s.FirstBad, BadLine{line, f.column, f.reason})
	}
}

// addGood counts a request, in the order of the file. Out of order is what came
// before the latest one so far, whether or not the reorder can put it right.
func (s *Stats) addGood(line, at int64) {
	t := time.Unix(0, at).UTC()
	if gap := t.Sub(s.Last); !s.First.IsZero() && gap > s.Gap {
		s.Gap, s.GapLine = gap, line
	}
	if t.Before(s.Last) {
		s.OutOfOrder++
	} else {
		s.Last = t
	}
	if s.First.IsZero() || t.Before(s.First) {
		s.First = t
	}
}
