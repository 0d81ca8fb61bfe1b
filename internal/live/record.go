package live

import (
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

// finishedRequest is how a request ended, as whoever sent it knows it.
type finishedRequest struct {
	Seq     int            // its number in the plan
	Record  metrics.Record // without Staleness
	Version uint64         // of the value served
	Front   frontCounts
}

// ledger makes the records of a run of how its requests ended. It hears of one
// at a time.
type ledger struct {
	record     func(*metrics.Record)
	superseded func(key string, version uint64) (time.Time, bool) // nil where nobody knows
	progress   func(*metrics.Record)                              // or nil
	front      func(frontCounts)                                  // nil without a front
}

// add records the end of a request for key, in a run that began at started.
func (l *ledger) add(key string, started time.Time, e *finishedRequest) {
	r := &e.Record
	if r.Age >= 0 && l.superseded != nil {
		done := started.Add(r.Done)
		if at, ok := l.superseded(key, e.Version); ok && at.Before(done) {
			r.Staleness = done.Sub(at)
		}
	}
	if l.front != nil {
		l.front(e.Front)
	}
	l.record(r)
	if l.progress != nil {
		l.progress(r)
	}
}
