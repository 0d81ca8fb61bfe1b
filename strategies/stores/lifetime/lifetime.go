// Package lifetime says what a number of seconds comes to on its way into a
// cache. A program writes a time-out; a library makes a number for the server of
// it; the server makes an instant of that. Each has a zero that means something
// else, and one year is a day of January 1971 to a server that nobody has told:
//
//	                 0                    None       omitted    31,536,000
//	Django           never cached         for ever   5 minutes  a year
//	Django to 1.5    5 minutes            5 minutes  5 minutes  a year
//	django-pylibmc   for ever             for ever   5 minutes  a year
//	johnny-cache     for ever             5 minutes  5 minutes  a year
//	Plain            for ever             for ever   for ever   gone already
//
// [Dialect] is the library and [Memcached] the server. For Redis, which counts
// milliseconds and has no zero, see [Redis].
package lifetime

import (
	"math"
	"time"
)

// Given is a time-out as a program writes it: so many seconds, or one of the
// words below.
type Given int64

// Words for a time-out.
const (
	None    Given = math.MinInt64     // Python's None
	Omitted Given = math.MinInt64 + 1 // nothing was written
)

// Default is the time-out of Django's caches whose configuration says nothing
// (django/core/cache/backends/base.py).
const Default Given = 300

// Forever is what django-cachemodel writes for an entry without end, one year
// (CACHE_FOREVER_TIMEOUT in cachemodel/__init__.py).
const Forever Given = 86400 * 365

// Month is the longest time that memcached counts from now, in seconds. Anything
// above is an instant of the Unix epoch (memcached.c, REALTIME_MAXDELTA).
const Month = 60 * 60 * 24 * 30

// Seconds is a duration as programs write it that know whole seconds only: rounded
// up, so that no time that was wanted is lost.
func Seconds(d time.Duration) Given {
	seconds := d / time.Second
	if d > seconds*time.Second {
		seconds++
	}
	return Given(seconds)
}

// Exptime is the number with which memcached keeps an item for so many seconds
// from now: that number, or an instant where it is above [Month].
func Exptime(seconds int64, now time.Time) int64 {
	if seconds > Month {
		return now.Unix() + seconds
	}
	return seconds
}

// Dialect is who turns a program's time-out into memcached's exptime.
type Dialect string

// The dialects. Their words are those of a scenario's fleet.cache.expiry.
const (
	// Plain sends what it was given, as most clients do. None, and nothing, are
	// its zero.
	Plain Dialect = "memcached"

	// Django is the memcached backend of Django since 1.6: zero is expired at
	// once, None for ever (get_backend_timeout, and _get_memcache_timeout before).
	Django Dialect = "django"

	// DjangoOld is that of Django up to 1.5, where all that is not true in Python
	// is the default.
	DjangoOld Dialect = "django-1.5"

	// DjangoPylibmc is the backend of django-pylibmc over Django's: zero is for
	// ever.
	DjangoPylibmc Dialect = "django-pylibmc"

	// Johnny is the backend of johnny-cache over Django's up to 1.5: zero is for
	// ever. Its middleware writes zero unless told otherwise, which any backend of
	// Django's own takes for something else.
	Johnny Dialect = "johnny-cache"
)

// Exptime is what the dialect sends to memcached at an instant. Below zero is
// expired at once, zero is for ever.
func (d Dialect) Exptime(g Given, now time.Time) int64 {
	old := d == DjangoOld || d == Johnny
	switch {
	case d == Plain && (g == None || g == Omitted):
		return 0
	case d == Plain:
		return int64(g)
	case g == 0 && (d == DjangoPylibmc || d == Johnny):
		return 0
	case g == None && !old:
		return 0
	case g == Omitted, old && (g == 0 || g == None):
		g = Default
	case g == 0:
		return -1
	}
	return Exptime(int64(g), now)
}

// Redis is the time for which Redis keeps a value that is to live for d: whole
// milliseconds, rounded up. Zero is for ever, and then Redis is told of no time: a
// time of zero or less it refuses (SET in t_string.c, "invalid expire time").
func Redis(d time.Duration) time.Duration {
	if d < 0 || d > math.MaxInt64-time.Millisecond {
		return d.Truncate(time.Millisecond)
	}
	return (d + time.Millisecond - 1).Truncate(time.Millisecond)
}

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
