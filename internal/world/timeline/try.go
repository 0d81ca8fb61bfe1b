package timeline

import (
	"context"
	"fmt"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

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
	box      int               // that has it, once a worker does
	worker   uint32            // the process that has it: what others do takes none of its time
	dialing  Span              // while its SYNs are dropped
	queued   Span              // in the accept queue
	open     []Span            // under way, in the order of their beginning
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

// try is the record of it; the request is wanted.
func (t *Try) try() *metrics.Try { return &t.timeline.Tries[t.n-1] }

// Answered notes that the client has an answer, or gives up. Steps of the try may still
// begin and end: a box is not told of clients that leave.
func (t *Try) Answered(o metrics.Outcome) {
	if t == nil || t.timeline == nil {
		return
	}
	t.try().Outcome, t.try().ToMS = o, t.now()
	t.dialing.say(func(s *metrics.Step) { s.ToMS = t.now() })
	t.queued.say(func(s *metrics.Step) { s.ToMS = t.now() }) // lost with its box, or taken later
}

// Dropped notes that a box has dropped the n-th SYN of the try. One step stands for all of
// them, from the first to the one that is taken: the client's kernel waits in between, and
// the client cannot tell that from a slow network.
func (t *Try) Dropped(box, n int) {
	if t == nil {
		return
	}
	if n == 1 {
		t.dialing = t.begin("connect", "")
	}
	t.dialing.say(func(s *metrics.Step) {
		s.Where, s.Result = where("box", box), fmt.Sprintf("SYN dropped, %d so far", n)
	})
}

// dialed ends the dialing, if there was any: the connection is made, or refused.
func (t *Try) dialed() {
	t.dialing.end()
	t.dialing = Span{}
}

// Queued notes that the try waits in a box for a worker, at some place of the queue: the
// first is 1. Who leaves the queue is taken, or lost with its box.
func (t *Try) Queued(box, place int) {
	if t != nil {
		t.dialed()
		t.queued = t.begin("queue", "")
		t.queued.say(func(s *metrics.Step) { s.Where, s.Result = where("box", box), fmt.Sprintf("place %d", place) })
	}
}

// Refused notes that a box does not take it, and why.
func (t *Try) Refused(box int, why string) {
	if t != nil {
		t.dialed()
		s := t.begin("refused", "")
		s.say(func(s *metrics.Step) { s.Where = where("box", box) })
		s.End(why, nil)
	}
}

// Taken notes that a worker of a box has taken it. From now on it is never handed on: the
// worker keeps it to the end, whether or not anybody waits.
func (t *Try) Taken(box int) {
	if t == nil {
		return
	}
	t.box = box
	t.dialed()
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

// Begin begins a step that the box or the front takes. Whoever begins one ends it: what is
// left open, because a box crashed in the middle, lasts no time.
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
	if t.timeline != nil {
		step := metrics.Step{What: what, Key: key, FromMS: t.now(), ToMS: t.now()}
		if id != t.worker && id != 0 && !arrival(what) {
			step.Beside = name
		}
		of := t.try()
		s.step, of.Steps = len(of.Steps), append(of.Steps, step)
	}
	switch what {
	case "load":
		s.doing = &doing{t.number, t.box, t.run.now()}
		t.run.loads[key] = append(t.run.loads[key], s.doing)
		for _, w := range t.run.waits {
			w.waitsFor(key, s.doing)
		}
	case "wait", "join":
		for _, d := range t.run.loads[t.key] {
			s.waitsFor(t.key, d)
		}
		if s.step >= 0 {
			t.run.waits = append(t.run.waits, s)
		}
	}
	t.open = append(t.open, s)
	return s
}

// arrival is whether such a step is taken before there is a worker, by whichever process
// finds it due.
func arrival(what string) bool {
	return what == "front" || what == "connect" || what == "queue" || what == "refused" || what == "worker"
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
