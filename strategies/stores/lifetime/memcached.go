package lifetime

import "time"

// Memcached is the clock of one memcached: it ticks once a second from the start
// of the process, and items expire at a tick. What is to live for n seconds lives
// for more than n-1 and up to n of them (memcached.c, clock_handler and realtime).
type Memcached struct{ Started time.Time }

// Expires is when an item is gone that was stored at now with an exptime. An
// instant that is not after now is an item that nobody ever gets.
func (m Memcached) Expires(exptime int64, now time.Time) (at time.Time, never bool) {
	switch {
	case exptime == 0:
		return time.Time{}, true
	case exptime < 0:
		return now, false
	case exptime <= Month:
		return m.tick(now).Add(time.Duration(exptime) * time.Second), false
	case exptime <= m.Started.Unix(): // an instant, and a day in 1970 more often than not
		return now, false
	}
	at = time.Unix(exptime, 0)
	if last := m.tick(at); last.Before(at) {
		at = last.Add(time.Second)
	}
	return at, false
}

// tick is the last tick at an instant, or before it.
func (m Memcached) tick(at time.Time) time.Time {
	since := at.Sub(m.Started)
	into := since % time.Second
	if into < 0 {
		into += time.Second
	}
	return at.Add(-into)
}
