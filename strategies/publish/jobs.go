package publish

import (
	"time"

	"github.com/herdlab/herdlab/internal/queue"
)

// job is the publication of one key. There is at most one job for a key; its
// life is: waiting in line -> at work -> gone, or resting until it is tried
// again, or, where the key was written meanwhile, in line again.
type job struct {
	key      string
	version  uint64    // asked for
	since    time.Time // when the oldest write was that is not published yet
	failures int       // in a row
	state    jobState
	behind   *job // at work: the one for a write that came meanwhile
}

type jobState uint8

const (
	inLine jobState = iota
	atWork
	resting
)

// jobs is a publisher's queue. Not safe for concurrent use.
//
// It holds the one invariant of the strategy: after the last write of a key, a load
// that began after that write is stored, or the job is given up and counted. A write
// that comes while a job of its key is at work therefore makes one more:
//
//	write 1 -> job loads version 1
//	write 2 -> one more behind it: the load may have begun before the write
//	          job stores version 1, and is in line again for version 2
type jobs struct {
	bound int
	byKey map[string]*job
	line  queue.Ring[*job] // the jobs in line, the oldest first
	stats Stats            // whose Pending are the jobs that wait: in line, resting, or behind one at work
}

func newJobs(bound int) *jobs { return &jobs{bound: bound, byKey: make(map[string]*job)} }

// want takes a job in for a reader that misses key: one at work will do.
func (q *jobs) want(key string, now time.Time) bool {
	if j := q.byKey[key]; j != nil {
		q.stats.Collapsed++
		return true
	}
	return q.add(key, 0, now)
}

// add takes a job in for a write, lets it collapse with one that waits, or
// drops it. One at work will not do: it may have loaded before the write.
func (q *jobs) add(key string, version uint64, now time.Time) bool {
	j := q.byKey[key]
	waits := j
	if j != nil && j.state == atWork {
		waits = j.behind
	}
	switch {
	case waits != nil:
		waits.version = max(waits.version, version)
		q.stats.Collapsed++
		return true
	case q.stats.Pending >= q.bound:
		q.stats.Dropped++
		return false
	}
	added := &job{key: key, version: version, since: now}
	if j != nil {
		j.behind = added
	} else {
		q.byKey[key] = added
		q.enterLine(added)
	}
	q.stats.Pending++
	q.stats.Jobs++
	return true
}

// enterLine puts j at the end of the line.
func (q *jobs) enterLine(j *job) {
	j.state = inLine
	q.line.Push(j)
}

// next takes the first job out of the line, or nil.
func (q *jobs) next(now time.Time) *job {
	if q.line.Len() == 0 {
		return nil
	}
	j := q.line.Pop()
	j.state = atWork
	q.stats.Pending--
	q.stats.AgeMax = max(q.stats.AgeMax, now.Sub(j.since))
	return j
}

// done ends a job that was at work, and enters the one behind it.
func (q *jobs) done(j *job) {
	delete(q.byKey, j.key)
	if j.behind != nil {
		q.byKey[j.key] = j.behind
		q.enterLine(j.behind)
	}
}

// failed ends an attempt. A job with another write behind it does not rest: the
// attempt for that write is due anyway, and is the next one for both. It reports whether the job is to rest before the
// next one: no if another write is behind it, or if it was the last attempt.
func (q *jobs) failed(j *job, attempts int) (rest bool) {
	j.failures++
	switch {
	case j.behind != nil:
		j.behind.since = j.since // that write is still not published
		q.done(j)
	case j.failures >= attempts:
		q.stats.Failed++
		q.done(j)
	default:
		q.stats.Retried++
		q.stats.Pending++
		j.state = resting
		return true
	}
	return false
}

// age is how long the oldest write has waited for its publication to begin.
// It looks at every job: a metric, for now and then.
func (q *jobs) age(now time.Time) time.Duration {
	var age time.Duration
	for _, j := range q.byKey {
		switch {
		case j.state != atWork:
			age = max(age, now.Sub(j.since))
		case j.behind != nil:
			age = max(age, now.Sub(j.behind.since))
		}
	}
	return age
}
