package strategies

import "time"

// Instant is a point in time as a cache keeps it: nanoseconds since the Unix
// epoch, from 1678 to 2262. Zero is no time at all. (A time.Time is three times
// as large, and an entry is copied on its way through every read.)
type Instant int64

// At is the instant of t.
func At(t time.Time) Instant { return Instant(t.UnixNano()) }

// Time is the instant as package time has it, in UTC.
func (i Instant) Time() time.Time { return time.Unix(0, int64(i)).UTC() }

// Age is the time from i to now.
func (i Instant) Age(now time.Time) time.Duration { return time.Duration(now.UnixNano() - int64(i)) }

// IsZero reports whether i is no time at all.
func (i Instant) IsZero() bool { return i == 0 }
