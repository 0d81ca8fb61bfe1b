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
	n := f.tier.nodes[0]
	v.stage, v.found = asking, false
	v.condition = n.condition.Load()
	wait := f.tier.cfg.RTT
	switch stateOf(v.condition) {
	case hangs:
		f.hang(v)
		return
	case up:
		n.mu.Lock()
		e, ok, wire := n.get(f.space, v.name, f.clock.Now())
		n.mu.Unlock()
		v.entry, v.found = e, ok
		wait += wire
	}
	if wait > f.cfg.Timeout {
		f.hang(v)
		return
	}
	f.after(v, wait, v.step)
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
	n := f.tier.nodes[0]
	switch {
	case stateOf(v.condition) == refuses || n.condition.Load() != v.condition:
		n.failed()
	case v.found:
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
		f.tier.nodes[0].failed()
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
