package world

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/queue"
	"github.com/herdlab/herdlab/internal/world/gauge"
	"github.com/herdlab/herdlab/internal/world/station"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/workloads"
)

// Box is one application server: synchronous workers behind a bounded queue,
// a few cores that their CPU costs compete for, and a strategy.
//
// A worker is a place, not a process: a job that finds one free is run by a
// process of its own, which goes on with what is queued before it ends. So a job
// that waits in the queue costs no process, and the order is first come, first
// served.
//
// A crash may find workers in the middle of a job. Nobody stops them: they run on,
// cut off from cache and origin, and learn at the end, by the number of the box's
// life, that the box is another one by now.
type Box struct {
	clock  Clock
	cfg    FleetConfig
	number int

	mu       sync.Mutex
	programs []*Program      // of its processes; none from a crash to the next Install: nothing is accepted
	idle     queue.Ring[int] // workers without a job, by their numbers, where there are several processes
	queue    queue.Ring[*Job]
	busy     int               // workers that have a job; jobs are queued only when all have
	working  map[*Job]struct{} // their jobs; kept where a crash is to come
	life     int               // counts crashes
	seq      uint64            // of the latest job
	dialing  int               // jobs whose client has sent a SYN and got no answer
	drops    int64             // of SYNs
	closed   bool
	cpu      *station.Station
	troubled int // jobs timed out or rejected since the last health check

	workers, waiting *gauge.Gauge // of busy, and of the queue
}

// NewBox returns a box without a program; install one before the first Submit.
func NewBox(clk Clock, cfg FleetConfig) *Box {
	b := &Box{clock: clk, cfg: cfg, cpu: station.New(cfg.Cores)}
	b.rest()
	return b
}

// rest has all workers idle. One that has been so for longest is next: which one the kernel
// wakes of those that wait for a connection is nobody's to choose.
func (b *Box) rest() {
	b.idle = queue.Ring[int]{}
	for i := 0; b.cfg.Processes > 1 && i < b.cfg.Workers; i++ {
		b.idle.Push(i)
	}
}

// Watch has gauges of a board hear what the box has to do. Work, which takes as long as it
// takes, is known when it is over: the cores of a box that does real work, on a disk, have
// none; and neither has an accept queue that is the kernel's.
func (b *Box) Watch(on *gauge.Board, wall bool) {
	b.workers = on.Add(metrics.Workers, metrics.Workers, b.cfg.Workers, &b.mu)
	if places := b.cfg.Places(); places > 0 && !(wall && b.cfg.Full == FullDrop) {
		b.waiting = on.Add(metrics.AcceptQueue, metrics.AcceptQueue, places, &b.mu)
	}
	if b.cfg.Cores > 0 && !(wall && b.cfg.Disk != nil) {
		b.cpu.Watch(on.Add(metrics.Cores, metrics.Cores, b.cfg.Cores, &b.mu))
	}
}

// Number is its place among the boxes of its world.
func (b *Box) Number() int { return b.number }

// Install sets what serves the jobs that a worker takes from now on: a program for each
// process.
func (b *Box) Install(programs ...*Program) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.programs = programs
}

// Submit hands a job to a worker or queues it, and reports false, without
// calling Done, where it is refused. A bounded queue is what keeps the wait of those
// inside bounded; what becomes of the others is for the fleet's configuration to say.
func (b *Box) Submit(j *Job) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	j.syns, j.left = 0, false
	return b.admit(j)
}

// admit reports false where a job is refused. One whose SYN is dropped is not: its
// client hears nothing, and goes on dialing.
func (b *Box) admit(j *Job) bool {
	b.seq++
	j.life, j.seq = b.life, b.seq
	switch {
	case b.closed && !j.Inside, len(b.programs) == 0: // no bad mark: the health check sees that there is no program
		j.Trace.Refused(b.number, "it is down")
		return false
	case b.busy < b.cfg.Workers:
		b.busy++
		b.workers.Set(b.now(), int64(b.busy))
		if j.worker = 0; b.idle.Len() > 0 {
			j.worker = b.idle.Pop()
		}
		b.assign(j)
		b.clock.Go("worker", j.process(b))
	case b.queue.Len() < b.cfg.Places():
		b.queue.Push(j)
		b.waiting.Set(b.now(), int64(b.queue.Len()))
		j.Trace.Queued(b.number, b.queue.Len())
	case b.cfg.Full == FullDrop:
		return b.drop(j)
	default:
		j.Trace.Refused(b.number, "the accept queue is full")
		b.troubled++
		return false
	}
	return true
}

// drop ignores a SYN. The client's kernel sends it again when it has heard nothing for a
// while, and reports a failure when it has sent enough of them. A place that becomes free
// in between is for whoever comes first: those who wait outside have no order.
func (b *Box) drop(j *Job) bool {
	b.drops++
	j.syns++
	j.Trace.Dropped(b.number, j.syns)
	pause, _ := synPause(j.syns, b.cfg.Linear)
	b.dialing++
	b.clock.AfterFunc(pause, j.redial(b))
	return true
}

// dial is a job's next SYN, unless its client has left or its kernel has sent enough:
// then no more is sent.
func (b *Box) dial(j *Job) {
	b.mu.Lock()
	b.dialing--
	taken := false
	j.Outcome = metrics.Timeout
	if _, more := synPause(j.syns, b.cfg.Linear); more && !j.left {
		j.Outcome = metrics.Rejected
		taken = b.admit(j)
	}
	b.mu.Unlock()
	if !taken {
		j.Done(j)
	}
}

// Leave is told by whoever submitted a job that its client has left and closed the
// connection. A box that has taken it does not notice; the kernel of the client does.
func (b *Box) Leave(j *Job) {
	b.mu.Lock()
	defer b.mu.Unlock()
	j.left = true
}

// assign notes that a worker has j, which is served to its end by the program that
// is installed now: a deploy in between does not change it.
func (b *Box) assign(j *Job) {
	j.program, j.after = b.programs[j.worker%len(b.programs)], nil
	if j.program.Defers {
		j.after = new(strategies.Deferred)
	}
	j.Trace.Taken(b.number)
	if b.working != nil {
		b.working[j] = struct{}{}
	}
}

// end ends a worker's job and gives the next one, if there is one. An answer after a
// crash reaches nobody.
func (b *Box) end(j *Job) (next *Job) {
	if j.after != nil && j.after.Pending() {
		j = b.endDeferred(j)
	}
	counts, next := b.release(j)
	if counts { // after the lock is let go of: Done may submit the next job
		j.Done(j)
	}
	return next
}

// endDeferred answers j, and then has its worker do what the strategy left it, in the name
// of a job that nobody waits for: whoever has the answer may use j again.
func (b *Box) endDeferred(j *Job) (rest *Job) {
	after := j.after
	b.mu.Lock()
	rest = &Job{Done: func(*Job) {}, program: j.program, worker: j.worker, life: j.life, seq: j.seq}
	counts := j.life == b.life
	if counts && b.working != nil {
		delete(b.working, j)
		b.working[rest] = struct{}{}
	}
	b.mu.Unlock()
	if counts {
		j.Done(j)
	}
	after.Run()
	return rest
}

// release reports whether the answer to j counts, and gives its worker the next job.
// The worker stays busy in between, so that no arrival overtakes the queue.
func (b *Box) release(j *Job) (counts bool, next *Job) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if j.life != b.life {
		return false, nil
	}
	if b.working != nil {
		delete(b.working, j)
	}
	if b.queue.Len() == 0 {
		b.busy--
		b.workers.Set(b.now(), int64(b.busy))
		if b.cfg.Processes > 1 {
			b.idle.Push(j.worker)
		}
		return true, nil
	}
	next = b.queue.Pop()
	b.waiting.Set(b.now(), int64(b.queue.Len()))
	next.worker = j.worker
	b.assign(next)
	return true, next
}

// begin begins to answer j, and reports whether the rest is the strategy's: all else is
// answered here. The CPU time comes first, as that of parsing and routing does; what
// the strategy waits for takes none.
func (b *Box) begin(j *Job) (asks bool) {
	j.Trace.Worked()
	if cost := j.Cost + b.cfg.CPU; cost > 0 {
		span := j.Trace.Begin("cpu", "")
		_ = b.SpendThen(background, cost, 0)
		span.EndQueued(cost)
	}
	j.Stored, j.Version, j.Data, j.Side = 0, 0, nil, j.program.side()
	switch {
	case j.Key == "":
		j.Outcome = metrics.Served
	case j.Session:
		j.program.serveSession(j, b.clock.Now)
	case j.Op == workloads.Write:
		j.Outcome = j.program.write(j.Trace.Context(), j.Cache, j.Key)
	default:
		return true
	}
	return false
}

// SpendThen uses CPU time, and then takes more without the cores. The place in the
// queue before the cores is taken at once, and one sleep is all the wait.
func (b *Box) SpendThen(ctx context.Context, cost, more time.Duration) error {
	b.mu.Lock()
	now := b.clock.Now().UnixNano()
	start := b.cpu.Reserve(now, cost)
	b.mu.Unlock()
	return b.clock.Sleep(ctx, time.Duration(start-now)+cost+more)
}

// now is the instant, for the gauges.
func (b *Box) now() int64 { return b.clock.Now().UnixNano() }

// jobCount is the number of jobs queued, worked on, or on their way: a balancer counts
// the connections that it has asked for.
func (b *Box) jobCount() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.busy + b.queue.Len() + b.dialing
}

// Drops is how many SYNs found the accept queue full so far.
func (b *Box) Drops() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.drops
}

// Close has further jobs refused. Those inside are served, whoever waits for them:
// a run ends when its last process does.
func (b *Box) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
}

// ExpectCrash makes the box keep the list of its jobs under way, which a crash
// needs. Without it a job costs no entry of a map.
func (b *Box) ExpectCrash() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.working == nil {
		b.working = make(map[*Job]struct{})
	}
}

// Crash loses everything inside the box: its clients see their connections
// reset (Rejected), what its strategy still does reaches nobody, so that the
// locks it held live out their time, and it asks nothing more of the origin. The
// box is back, with new workers, when the caller installs something.
func (b *Box) Crash() {
	b.mu.Lock()
	b.life++
	for _, p := range b.programs {
		p.Kill()
	}
	b.programs = nil
	var lost []*Job
	for j := range b.working {
		lost = append(lost, j)
	}
	for b.queue.Len() > 0 {
		lost = append(lost, b.queue.Pop())
	}
	clear(b.working)
	b.busy = 0
	b.rest()
	b.workers.Set(b.now(), 0)
	b.waiting.Set(b.now(), 0)
	b.mu.Unlock()
	// In the order of their arrival, not of the map: the clients' retries follow it.
	slices.SortFunc(lost, func(a, b *Job) int { return cmp.Compare(a.seq, b.seq) })
	for _, j := range lost {
		j.lost = true
		j.Done(j)
	}
}

// Work does something real on one of the box's cores, when one is free, and says
// how long it took. Others find the core taken for as long as was guessed, which
// is put right when the work is done.
func (b *Box) Work(guess time.Duration, do func()) (took time.Duration) {
	b.mu.Lock()
	now := b.clock.Now().UnixNano()
	start := b.cpu.Reserve(now, guess)
	b.mu.Unlock()
	if wait := time.Duration(start - now); wait > 0 {
		_ = b.clock.Sleep(background, wait)
	}
	begun := b.clock.Now()
	do()
	took = b.clock.Now().Sub(begun)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cpu.Correct(took - guess)
	return took
}

// Demand is the CPU time that was asked of the box so far, that of jobs which still
// wait for a core included: it can grow faster than time does.
func (b *Box) Demand() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cpu.Busy()
}

// Trouble notes a timed-out request of this box, for the health check.
func (b *Box) Trouble() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.troubled++
}

// laws is the law that is broken: a job is queued only while every worker has one,
// and all of them end.
func (b *Box) laws(ended bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	queued := b.queue.Len()
	switch {
	case b.busy < 0 || b.busy > b.cfg.Workers:
		return fmt.Errorf("%d of %d workers are busy", b.busy, b.cfg.Workers)
	case queued > b.cfg.Places():
		return fmt.Errorf("%d jobs are queued, in a queue of %d", queued, b.cfg.Places())
	case queued > 0 && b.busy < b.cfg.Workers:
		return fmt.Errorf("%d jobs are queued, and only %d of %d workers are busy", queued, b.busy, b.cfg.Workers)
	case b.working != nil && len(b.working) != b.busy:
		return fmt.Errorf("%d jobs are worked on by %d workers", len(b.working), b.busy)
	case ended && b.busy > 0:
		return fmt.Errorf("%d workers are busy after the end", b.busy)
	}
	return nil
}
