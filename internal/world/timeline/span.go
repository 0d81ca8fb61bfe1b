package timeline

import (
	"cmp"
	"slices"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

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

// waitsFor says that a wait, if it is one for the key, is for such a load: the first that
// is under way, or that begins meanwhile, and who joins a call joins one of its own box.
// More cannot be told: a strategy that waits tells nobody what for, and one that looks at
// the cache again and again does not know it either.
func (s Span) waitsFor(key string, d *doing) {
	t := s.try
	if t.key != key || t.number == d.request || s.what == "join" && d.box != t.box {
		return
	}
	s.say(func(step *metrics.Step) { step.Result = cmp.Or(step.Result, d.say("the load of")) })
}

// say adds to the step, if its request is wanted.
func (s Span) say(what func(*metrics.Step)) {
	if s.try != nil && s.step >= 0 {
		what(&s.try.try().Steps[s.step])
	}
}

// At says where it is taken, where that is no node of the cache.
func (s Span) At(where string) Span {
	s.say(func(step *metrics.Step) { step.Where = where })
	return s
}

// end ends the step, and with a load the reason for which others may wait. It may be called
// again: the last end counts.
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
	t.run.waits = slices.DeleteFunc(t.run.waits, func(w Span) bool { return w == s })
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

// End ends the step with its result, or with an error, which is the result then: a strategy
// may well go on after it. Without either, what was said before stands.
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
// get it. That is the truth as long as requests alone take locks; others, such as a
// warmer, are not known here.
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
		run.locks[s.key] = &doing{s.try.number, s.try.box, run.now()}
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
