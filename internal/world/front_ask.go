package world

import (
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

// after has f called once d has passed.
func (f *Front) after(v *visit, d time.Duration, call func()) {
	v.timers++
	f.clock.AfterFunc(d, call)
}

// ask sends v's question to the cache. It sees the node as it is now.
func (f *Front) ask(v *visit) {
	v.stage, v.answer = asking, f.line.Ask(v.name)
	v.entry = v.answer.Entry
	if v.answer.Hangs || v.answer.Wait > f.cfg.Timeout {
		f.hang(v)
		return
	}
	f.after(v, v.answer.Wait, v.step)
}

// hang has v wait for an answer until the time-out.
func (f *Front) hang(v *visit) {
	v.stage = hanging
	f.hanging = append(f.hanging, v)
	f.after(v, f.cfg.Timeout, v.expire)
}

// heard is the cache's answer: a page, which is given back; 404 for a miss; or
// 502 where the node refused or broke the connection.
func (f *Front) heard(v *visit) *Job {
	if !f.line.Refused(v.answer) && v.answer.Found {
		v.outcome = metrics.FreshHit
		return v.answered()
	}
	f.fallBack(v)
	return nil
}

// onExpire is the time-out of a question, a 504, if it still hangs.
func (f *Front) onExpire(v *visit) {
	if j := f.expired(v); j != nil {
		j.Done(j)
	}
}

func (f *Front) expired(v *visit) (done *Job) {
	f.mu.Lock()
	defer f.mu.Unlock()
	v.timers--
	switch {
	case v.ended:
		f.recycle(v)
	case v.stage != hanging: // it was answered in time
	case v.left:
		done = v.answered()
	default:
		f.line.TimedOut()
		f.fallBack(v)
	}
	for len(f.hanging) > 0 && f.hanging[0].stage != hanging {
		f.hanging = f.hanging[1:]
	}
	return done
}

// nodeChanged is told when the node goes on, and answers what it was asked, or
// dies.
func (f *Front) nodeChanged() {
	f.mu.Lock()
	defer f.mu.Unlock()
	waiting := f.hanging
	f.hanging = nil
	for _, v := range waiting {
		if v.stage == hanging && !v.ended && !v.left {
			f.ask(v)
		}
	}
}
