package tier

import (
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// Line is a connection to the first node of a tier, for a program that knows no ring
// and keeps its own time: a web server that asks memcached by itself. Safe
// for concurrent use.
type Line struct {
	clock clock.Clock
	node  *node
	space keyspace
	rtt   time.Duration
}

// Line returns a connection for the keys under prefix. Changed, which must not wait,
// hears when the node dies, hangs or comes back; it is set before the first of that.
func (t *Tier) Line(prefix string, changed func()) *Line {
	t.nodes[0].changed = changed
	return &Line{clock: t.clock, node: t.nodes[0], space: t.spaces.withPrefix(prefix), rtt: t.cfg.RTT}
}

// Answer is what a node says to a question, if nothing comes between.
type Answer struct {
	Entry strategies.Entry
	Found bool
	Hangs bool          // it never comes, unless the node goes on
	Wait  time.Duration // until it is there

	condition int64    // of the node when it was asked
	hang      *hang    // of the node; nil where it does not
	waits     *command // in its socket; nil where none came in
}

// Ask reads a key. It sees the node as it is now, and its answer is under way for
// Wait; whether it arrives is known only then, and [Line.Refused] says it.
func (l *Line) Ask(key string) Answer {
	l.node.mu.Lock()
	defer l.node.mu.Unlock()
	a := Answer{condition: l.node.condition.Load(), Wait: l.rtt}
	switch stateOf(a.condition) {
	case hangs:
		a.Hangs, a.hang = true, l.node.hung
		a.waits = a.hang.take(request{verb: opGet, space: l.space, key: key})
	case up:
		var wire time.Duration
		a.Entry, a.Found, wire = l.node.get(l.space, key, l.clock.Now())
		a.Wait += wire
	}
	return a
}

// Again is what becomes of a question that hung, now that the node has changed: the
// answer, where the node goes on and has found it in its socket, or else that of another
// question.
func (l *Line) Again(a Answer, key string) Answer {
	if a.waits == nil || !a.waits.done {
		return l.Ask(key)
	}
	said := &a.waits.reply
	return Answer{Entry: said.entry, Found: said.ok, Wait: l.rtt + said.wire, condition: l.node.condition.Load()}
}

// Refused reports, when the wait for an answer is over, whether the node refused to
// be asked or broke off meanwhile, which counts as an error of the tier.
func (l *Line) Refused(a Answer) bool {
	if !l.node.broken(a.condition) {
		return false
	}
	l.node.failed()
	return true
}

// TimedOut counts a question that was waited for in vain, as an error of the tier.
func (l *Line) TimedOut(a Answer) {
	if a.hang != nil {
		l.node.mu.Lock()
		a.hang.leave(a.waits)
		l.node.mu.Unlock()
	}
	l.node.failed()
}
