package strategies

import "time"

// Every decision about time is one of these: a function of the instant and of
// nothing else that moves.

// forever is the bound of a value that never grows too old.
const forever time.Duration = 0

// Backoff is the pause after a number of failures in a row: first, then doubled
// by every failure, up to most.
func Backoff(failures int, first, most time.Duration) time.Duration {
	pause := first
	for range failures - 1 {
		if pause >= most/2 {
			return most
		}
		pause *= 2
	}
	return min(pause, most)
}

// pollPause is the time to the next look of a request that has waited since begun and
// does so for limit at most, and whether there is any left. The pause is poll on
// average: drawn, a number in [0, poll), spreads those who wait over half of it to one
// and a half. The last look is at the limit itself.
func pollPause(now, begun time.Time, limit, poll, drawn time.Duration) (time.Duration, bool) {
	left := limit - now.Sub(begun)
	return min(poll/2+drawn, left), left > 0
}

// lockLost reports whether a lock that was last known to be held at since, and
// lives for life, may have another owner by now.
func lockLost(now, since time.Time, life time.Duration) bool { return now.Sub(since) >= life }

// life is how long copies live.
type life struct {
	ttl, tick time.Duration // a tick of 0 is none
	jitter    *jitter       // nil is none
}

// endOf is when a copy of now ends. With a tick it is the tick by which whole ticks
// have passed since the last one: the clocks of all boxes tick together, by the
// Unix epoch.
func (l *life) endOf(now time.Time) time.Time {
	ttl := l.jitter.spread(l.ttl)
	if l.tick == 0 {
		return now.Add(ttl)
	}
	ticks := (ttl + l.tick - 1) / l.tick
	into := time.Duration(now.UnixNano()) % l.tick
	return now.Add(ticks*l.tick - into)
}
