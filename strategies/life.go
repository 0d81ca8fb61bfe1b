package strategies

import "time"

// life is when copies end.
type life struct {
	ttl, tick time.Duration // a tick of 0 is none
	jitter    *jitter       // nil is none
}

// end is when a copy of now ends. With a tick it is the tick by which whole ticks
// have passed since the last one: the clocks of all boxes tick together, by the
// Unix epoch.
func (l *life) end(now time.Time) time.Time {
	ttl := l.jitter.spread(l.ttl)
	if l.tick == 0 {
		return now.Add(ttl)
	}
	ticks := (ttl + l.tick - 1) / l.tick
	into := time.Duration(now.UnixNano()) % l.tick
	return now.Add(ticks*l.tick - into)
}
