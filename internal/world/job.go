package world

import (
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/strategies"
)

// Job is one attempt at a request, as a box sees it.
type Job struct {
	Key   string // "" for a bystander, which never touches the cache
	Cache int    // the named cache of the key, by its number

	Session bool // the key is a user's session
	User    int  // who asks, at a front; 0 is nobody

	Write bool
	Cost  time.Duration // CPU time beside the fleet's own

	// Done is called once, when the box has an answer. It must not wait.
	Done func(*Job)

	// The answer.
	Outcome metrics.Outcome
	Stored  strategies.Instant // when the value served entered the cache; zero without one
	Version uint64             // of the value served
	Data    []byte             // the value served
	Side    metrics.Side       // of the box that served it

	at   *Box     // that runs it
	run  func()   // work(j) at that box, made once for all the uses of this Job
	in   *Program // that serves it
	life int      // of the box that took it
	seq  uint64   // order of arrival at the box
	lost bool     // in a crash: Done was called without an answer
	owner
}

// Lost reports whether Done was called without an answer, because the box
// crashed: its old worker may go on with j, which must not be used again.
func (j *Job) Lost() bool { return j.lost }

// process is the body of a process that has box b work on j.
func (j *Job) process(b *Box) func() {
	j.at = b
	if j.run == nil {
		j.run = func() { j.at.work(j) }
	}
	return j.run
}

// owner is what the client keeps in its jobs.
type owner struct {
	request *request
	visit   *visit // of the front that has it
	box     *Box
	turn    uint32 // counts the uses of this Job; a note of an earlier one is void
}
