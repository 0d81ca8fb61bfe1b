package world

import (
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/strategies"
)

// Job is one attempt at a request, as a box sees it. Whoever submits one may use it
// again after Done, but not after a crash: see [Job.Lost].
type Job struct {
	Request // Key is "" for a bystander, which never touches the cache

	// Done is called once, when the box has an answer. It must not wait.
	Done func(*Job)

	// Owner is whatever the one who submits keeps of the job. No box looks at it.
	Owner any

	// The answer.
	Outcome metrics.Outcome
	Stored  strategies.Instant // when the value served entered the cache; zero without one
	Version uint64             // of the value served
	Data    []byte             // the value served
	Side    metrics.Side       // of the box that served it

	box     *Box     // that works on it
	run     func()   // box.work(j), made once for all the uses of this Job
	program *Program // that serves it: the one installed when a worker took it
	life    int      // of the box when it arrived; a crash since then has lost it
	seq     uint64   // order of arrival at the box
	lost    bool     // in a crash: Done was called without an answer
}

// Lost reports whether Done was called without an answer, because the box
// crashed: its old worker may go on with j, which must not be used again.
func (j *Job) Lost() bool { return j.lost }

// process is the body of a process that has box b work on j. It is a closure over
// j alone, so that a Job that is used again costs no allocation.
func (j *Job) process(b *Box) func() {
	j.box = b
	if j.run == nil {
		j.run = func() { j.box.work(j) }
	}
	return j.run
}
