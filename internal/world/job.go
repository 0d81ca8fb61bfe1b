package world

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/timeline"
	"github.com/herdlab/herdlab/strategies"
)

// Job is one attempt at a request, as a box sees it. Whoever submits one may use it
// again after Done, but not after a crash: see [Job.Lost].
type Job struct {
	Request // Key is "" for a bystander, which never touches the cache

	// Done is called once, when the box has an answer. It must not wait.
	Done func(*Job)

	// Inside says that the job was in the box's queue before it was submitted, where that is
	// the kernel's: it is served even if the box is closed meanwhile.
	Inside bool

	// Owner is whatever the one who submits keeps of the job. No box looks at it.
	Owner any

	// Trace, if not nil, notes what becomes of the job.
	Trace *timeline.Try

	// The answer.
	Outcome metrics.Outcome
	Stored  strategies.Instant // when the value served entered the cache; zero without one
	Version uint64             // of the value served
	Data    []byte             // the value served
	Side    metrics.Side       // of the box that served it

	box     *Box     // that works on it
	run     func()   // what process returns, made once for all the uses of this Job
	again   func()   // what redial returns, likewise
	worker  int      // of the box that works on it
	program *Program // that serves it: the one installed when a worker took it
	life    int      // of the box when it arrived; a crash since then has lost it
	seq     uint64   // order of arrival at the box
	lost    bool     // in a crash: Done was called without an answer
	syns    int      // that were dropped
	left    bool     // its client waits no more

	after *strategies.Deferred // what the worker does when it has answered; nil where no strategy leaves any
}

// Lost reports whether Done was called without an answer, because the box
// crashed: its old worker may go on with j, which must not be used again.
func (j *Job) Lost() bool { return j.lost }

// process is the body of a process that has box b work on j, and then on what is
// queued. It is a closure over j alone, so that a Job that is used again costs no
// allocation.
//
// The strategy is called from here, and not from a method of its own for each step: a
// processor foresees where a function returns to, but not on another stack than that
// which it was on. Every frame below a wait costs each request about 10 ns.
func (j *Job) process(b *Box) func() {
	j.box = b
	if j.run == nil {
		j.run = func() {
			box := j.box
			for at := j; at != nil; at = box.end(at) {
				if box.begin(at) {
					at.answer(at.program.Strategies[at.Cache].Get(at.context(), at.Key))
				}
			}
		}
	}
	return j.run
}

// context is that of the job. Where strategies leave work for later it has the place for it,
// a new one each time: the job may be used again while that is done.
func (j *Job) context() context.Context {
	if j.after == nil {
		return j.Trace.Context()
	}
	return strategies.WithDeferred(j.Trace.Context(), j.after)
}

// redial has box b dialed again.
func (j *Job) redial(b *Box) func() {
	j.box = b
	if j.again == nil {
		j.again = func() { j.box.dial(j) }
	}
	return j.again
}

// answer makes a strategy's answer the job's own.
func (j *Job) answer(r strategies.Result, err error) {
	j.Outcome = metrics.Answered(r.Outcome)
	if err == nil {
		j.Stored, j.Version, j.Data = r.Stored, r.Version, r.Data
	}
}

// What a kernel does that hears nothing from the one it calls. Linux sends a SYN again
// after an initial time-out of 1 s (RFC 6298), which it doubles each time; since 6.5 the
// first tcp_syn_linear_timeouts repetitions come a second apart and do not count
// (net/ipv4/tcp_timer.c). In Linux 6.18 they were sent after 1, 2, 3, 4, 5, 7 and 11 s, as
// exactly as its timers are: those of some seconds strike up to a sixteenth late.
const (
	synTimeout = time.Second
	synRetries = 6 // tcp_syn_retries
)

// synPause is how long a kernel waits for an answer to the n-th SYN, and whether it sends
// another one then, or gives up.
func synPause(n, linear int) (pause time.Duration, more bool) {
	return synTimeout << max(n-linear-1, 0), n <= synRetries+linear
}
