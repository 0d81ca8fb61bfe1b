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
	Hangs bool          // it never comes, unless the node does
	Wait  time.Duration // until it is there

	condition int64 // of the node when it was asked
}

// Ask reads a key. It sees the node as it is now, and its answer is under way for
// Wait; whether it arrives is known only then, and [Line.Refused] says it.
func (l *Line) Ask(key string) Answer {
	a := Answer{condition: l.node.condition.Load(), Wait: l.rtt}
	switch stateOf(a.condition) {
	case hangs:
		a.Hangs = true
	case up:
		l.node.mu.Lock()
		entry, ok, wire := l.node.get(l.space, key, l.clock.Now())
		l.node.mu.Unlock()
		a.Entry, a.Found, a.Wait = entry, ok, l.rtt+wire
	}
	return a
}

// Refused reports, when the wait for an answer is over, whether the node refused to
// be asked or broke off meanwhile, which counts as an error of the tier.
func (l *Line) Refused(a Answer) bool {
	if stateOf(a.condition) != refuses && l.node.condition.Load() == a.condition {
		return false
	}
	l.node.failed()
	return true
}

// TimedOut counts a question that was waited for in vain, as an error of the tier.
func (l *Line) TimedOut() { l.node.failed() }
