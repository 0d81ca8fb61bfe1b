// Package timeline follows single requests through a modelled world, and writes down what
// takes their time.
//
// Nothing is followed in an ordinary run. A run in virtual time can be repeated exactly, so
// that whoever wants to know what became of a request runs it again with a [Recorder]. Each
// try at a request then carries a [Try], beside the job to the box, and from there on as
// the context of all that the strategy asks for. So it is seen where it asks, at the cache,
// at the origin and at the clock on which it waits, and knows nothing of it.
//
// All of it is free of effects: whatever a followed run does, it does as the other one did,
// event by event. Nil pointers and contexts that carry no Try note nothing.
package timeline

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

// Clock tells the time, and which process runs: by a number that is 0 outside all of them,
// and the name it was started under.
type Clock interface {
	Now() time.Time
	Process() (id uint32, name string)
}

// Recorder follows the requests of one run. Only the processes of a virtual clock may use
// it, one at a time.
type Recorder struct {
	clock  Clock
	begun  time.Time
	wanted map[int64]*metrics.Timeline // by number

	// What requests do to each other is told by what all of them do, not those alone that
	// are wanted.
	loads map[string][]*doing // under way, of a key
	locks map[string]*doing   // held, as far as the requests know
}

// doing is what a request does for others to wait for. It is compared by its address: one
// request may load a key twice at once, in front and behind.
type doing struct {
	request int64
	since   time.Duration
}

// NewRecorder returns a recorder of the requests with these numbers.
func NewRecorder(clk Clock, numbers []int64) *Recorder {
	r := &Recorder{clock: clk, wanted: make(map[int64]*metrics.Timeline), loads: make(map[string][]*doing), locks: make(map[string]*doing)}
	for _, n := range numbers {
		r.wanted[n] = &metrics.Timeline{Number: n, Tries: []metrics.Try{}}
	}
	return r
}

// Begin has instants count from now.
func (r *Recorder) Begin(now time.Time) { r.begun = now }

// now is the instant on the run's clock.
func (r *Recorder) now() time.Duration { return r.clock.Now().Sub(r.begun) }

// Timeline is what became of a request that was wanted; nil if there was none.
func (r *Recorder) Timeline(number int64) *metrics.Timeline { return r.wanted[number] }

// Try begins another try at a request that arrived at an instant.
func (r *Recorder) Try(number int64, n int, key string, at time.Duration) *Try {
	t := &Try{run: r, number: number, n: n, key: key, arrived: at, timeline: r.wanted[number]}
	t.ctx = carrier{context.Background(), t}
	if t.timeline != nil {
		t.timeline.Tries = append(t.timeline.Tries, metrics.Try{FromMS: t.now(), Steps: []metrics.Step{}})
	}
	return t
}

// Try is one try at a request. It is nil for requests that nobody follows, and its methods
// then do nothing.
type Try struct {
	run      *Recorder
	number   int64 // of the request
	n        int   // of the try, from 1
	key      string
	arrived  time.Duration     // the request, on the run's clock
	timeline *metrics.Timeline // nil if it is not wanted
	ctx      context.Context   // with the try in it, made once
	worker   uint32            // the process that has it: what others do takes none of its time
	queued   Span              // in the accept queue
	open     []Span            // under way, in the order of their beginning
}

// Span is a step under way. The zero value notes nothing. It is a value with the number of
// the step and not a pointer to it: the steps of a try move when their list grows.
type Span struct {
	try     *Try
	step    int // of the try; -1 where the request is not wanted
	what    string
	key     string
	process uint32 // that takes it
	doing   *doing // of a load, which others may wait for
}

// Context carries the try to all that is asked for on its behalf.
func (t *Try) Context() context.Context {
	if t == nil {
		return context.Background()
	}
	return t.ctx
}

// now is in ms since the request arrived. It is below 0 for nothing: no try begins before.
func (t *Try) now() float64 { return ms(t.run.now() - t.arrived) }

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

// try is the record of it; the request is wanted.
func (t *Try) try() *metrics.Try { return &t.timeline.Tries[t.n-1] }

// Answered notes that the client has an answer, or gives up. Steps of the try may still
// begin and end: a box is not told of clients that leave.
func (t *Try) Answered(o metrics.Outcome) {
	if t == nil || t.timeline == nil {
		return
	}
	t.try().Outcome, t.try().ToMS = o, t.now()
}

// Queued notes that the try waits in a box for a worker, at some place of the queue: the
// first is 1. Who leaves the queue is taken, or lost with its box.
func (t *Try) Queued(box, place int) {
	if t != nil {
		t.queued = t.begin("queue", "")
		t.queued.say(func(s *metrics.Step) { s.Where, s.Result = where("box", box), fmt.Sprintf("place %d", place) })
	}
}

// Refused notes that a box does not take it, and why.
func (t *Try) Refused(box int, why string) {
	if t != nil {
		s := t.begin("refused", "")
		s.say(func(s *metrics.Step) { s.Where = where("box", box) })
		s.End(why, nil)
	}
}

// Taken notes that a worker of a box has taken it.
func (t *Try) Taken(box int) {
	if t == nil {
		return
	}
	t.queued.end()
	t.queued = Span{}
	s := t.begin("worker", "")
	s.say(func(s *metrics.Step) { s.Where = where("box", box) })
	s.end()
}

// Worked notes that the process that runs now is the worker's. Taken cannot know: it may be
// the arrival, or the worker's job before this one, that hands it over.
func (t *Try) Worked() {
	if t != nil {
		t.worker, _ = t.run.clock.Process()
	}
}

// Begin begins a step that the box or the front takes.
func (t *Try) Begin(what, key string) Span {
	if t == nil {
		return Span{}
	}
	return t.begin(what, key)
}

func where(what string, i int) string { return fmt.Sprintf("%s %d", what, i) }

// begin begins a step. Those of requests that are not wanted are begun as well: they are
// what wanted ones may wait for.
func (t *Try) begin(what, key string) Span {
	id, name := t.run.clock.Process()
	s := Span{try: t, step: -1, what: what, key: key, process: id}
	if what == "load" {
		s.doing = &doing{t.number, t.run.now()}
		t.run.loads[key] = append(t.run.loads[key], s.doing)
	}
	if t.timeline != nil {
		step := metrics.Step{What: what, Key: key, FromMS: t.now()}
		if id != t.worker && id != 0 && !arrival(what) {
			step.Beside = name
		}
		if what == "wait" {
			step.Result = t.run.waitsFor(t)
		}
		step.ToMS = step.FromMS
		of := t.try()
		s.step, of.Steps = len(of.Steps), append(of.Steps, step)
	}
	t.open = append(t.open, s)
	return s
}

// arrival is whether such a step is taken before there is a worker, by whichever process
// finds it due.
func arrival(what string) bool {
	return what == "front" || what == "queue" || what == "refused" || what == "worker"
}

// waitsFor says for whose load a try waits, as far as it can be told: the first of those
// that are under way for its key. A strategy that waits tells nobody what for, and one that
// looks at the cache again and again does not know it either.
func (r *Recorder) waitsFor(t *Try) string {
	for _, l := range r.loads[t.key] {
		if l.request != t.number {
			return l.say("the load of")
		}
	}
	return ""
}

// say says who does what since when.
func (d *doing) say(what string) string {
	return fmt.Sprintf("%s request %d, since %.6f s", what, d.request, d.since.Seconds())
}

// say adds to the step, if its request is wanted.
func (s Span) say(what func(*metrics.Step)) {
	if s.try != nil && s.step >= 0 {
		what(&s.try.try().Steps[s.step])
	}
}

// end ends the step.
func (s Span) end() {
	t := s.try
	if t == nil {
		return
	}
	s.say(func(step *metrics.Step) { step.ToMS = t.now() })
	for i, o := range t.open {
		if o.step == s.step && o.what == s.what && o.process == s.process {
			t.open = append(t.open[:i], t.open[i+1:]...)
			break
		}
	}
	if s.doing == nil {
		return
	}
	under := t.run.loads[s.key]
	for i, d := range under {
		if d == s.doing {
			t.run.loads[s.key] = append(under[:i], under[i+1:]...)
			break
		}
	}
	if len(t.run.loads[s.key]) == 0 {
		delete(t.run.loads, s.key)
	}
}

// End ends the step with its result, or with an error.
func (s Span) End(result string, err error) {
	if s.try == nil {
		return
	}
	if err != nil {
		result = err.Error()
	}
	s.say(func(step *metrics.Step) { step.Result = cmp.Or(result, step.Result) })
	s.end()
}

// EndFound ends a read that found a value of some age. Whether that is fresh, its strategy
// decides and nobody else.
func (s Span) EndFound(age time.Duration) {
	s.End("found", nil)
	s.say(func(step *metrics.Step) { step.AgeMS = new(ms(age)) })
}

// EndQueued ends a step that would have taken no longer than cost, had it not had to wait.
func (s Span) EndQueued(cost time.Duration) {
	if s.try == nil {
		return
	}
	s.end()
	s.say(func(step *metrics.Step) { step.QueuedMS = max(0, step.ToMS-step.FromMS-ms(cost)) })
}

// EndLock ends a try for a lock: got by this request, or held by whoever was the last to
// get it.
func (s Span) EndLock(got bool, err error) {
	if s.try == nil {
		return
	}
	run := s.try.run
	holder := run.locks[s.key]
	switch {
	case err != nil:
		s.End("", err)
	case got:
		run.locks[s.key] = &doing{s.try.number, run.now()}
		s.End("got it", nil)
	case holder != nil:
		s.End(holder.say("held by"), nil)
	default:
		s.End("held by another", nil)
	}
}

// EndUnlock ends the release of a lock. One that has expired by then may be another's.
func (s Span) EndUnlock(held bool, err error) {
	if s.try == nil {
		return
	}
	if held {
		delete(s.try.run.locks, s.key)
	}
	s.End(map[bool]string{true: "freed", false: "was not held any more"}[held], err)
}

// carrier is a context that carries a try. It is never cancelled, as is the context of work
// that nobody follows: whether one can be is what a virtual clock treats differently.
type carrier struct {
	context.Context
	try *Try
}

// key is what a context has a try under.
type key struct{}

// Value is the try for its key.
func (c carrier) Value(k any) any {
	if k == (key{}) {
		return c.try
	}
	return c.Context.Value(k)
}

// from is the try that a context carries, or nil.
func from(ctx context.Context) *Try {
	t, _ := ctx.Value(key{}).(*Try)
	return t
}

// Begin begins a step on behalf of whatever try a context carries. The shared parts of a
// fleet, such as warmers and publishers, work for nobody's.
func Begin(ctx context.Context, what, key string) Span { return from(ctx).Begin(what, key) }

// Asked notes that the operation under way asks a cache node, and how long its bytes are on
// the node's link.
func Asked(ctx context.Context, node int, link time.Duration) {
	if t := from(ctx); t != nil {
		t.asked(node, link)
	}
}

// asked finds the operation by the process that makes it, as a process makes one at a time.
// One that fails over to another node asks twice.
func (t *Try) asked(node int, link time.Duration) {
	id, _ := t.run.clock.Process()
	for i := len(t.open) - 1; i >= 0; i-- {
		if t.open[i].process == id {
			t.open[i].say(func(s *metrics.Step) {
				s.QueuedMS += ms(link)
				switch at := where("node", node); s.Where {
				case "":
					s.Where = at
				default:
					s.Where += ", then " + at
				}
			})
			return
		}
	}
}

// Waits notes how long the load under way waits at the origin until its turn. Another
// process may be the one that asks the origin, where the box does not wait for ever.
func Waits(ctx context.Context, queued time.Duration) {
	t := from(ctx)
	if t == nil {
		return
	}
	for i := len(t.open) - 1; i >= 0; i-- { // the latest: it has only just begun
		if t.open[i].what == "load" {
			t.open[i].say(func(s *metrics.Step) { s.QueuedMS = ms(queued) })
			return
		}
	}
}
