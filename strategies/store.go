package strategies

import (
	"context"
	"time"
)

// Entry is a value as a cache keeps it.
type Entry struct {
	Value

	// Stored is the instant of the Set, by the clock of the box that set it.
	Stored Instant

	// Cost is how long the load took: what a miss will cost again. It is not
	// negative.
	Cost time.Duration

	// Expired says that a write came since: the value is no longer fresh, however
	// young it is, but may be served where a stale one may.
	Expired bool
}

// YoungerThan reports whether e may be served under a bound: its age is less
// than the bound, or the bound is zero, which is none. An entry from the future, the
// work of a clock that is ahead, is young.
func (e *Entry) YoungerThan(now time.Time, bound time.Duration) bool {
	return bound == forever || e.Stored.Age(now) < bound
}

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

// Store is a cache shared by some boxes: Redis, memcached, a directory, a
// simulated tier. Implementations are safe for concurrent use.
type Store interface {
	// Get returns the entry of key and whether there is one.
	Get(ctx context.Context, key string) (Entry, bool, error)

	// Set stores e under key for ttl, or for ever if ttl is zero.
	Set(ctx context.Context, key string, e Entry, ttl time.Duration) error

	// Delete removes key. Removing an absent key is no error.
	Delete(ctx context.Context, key string) error
}

// NewerSetter is a Store that can refuse to overwrite a newer version in one
// atomic step.
type NewerSetter interface {
	// SetNewer stores e unless the entry under key has a higher version, and
	// reports whether it stored.
	SetNewer(ctx context.Context, key string, e Entry, ttl time.Duration) (bool, error)
}

// Locker hands out locks that expire, in the manner of Redis SET NX PX and a
// compare-and-delete script. Safe for concurrent use.
type Locker interface {
	// TryLock takes the lock of key for ttl under token if nobody holds it.
	TryLock(ctx context.Context, key, token string, ttl time.Duration) (bool, error)

	// Unlock frees the lock of key if token still holds it, and reports whether
	// it did.
	Unlock(ctx context.Context, key, token string) (bool, error)
}

// Extender is a Locker whose locks can be prolonged by their owner.
type Extender interface {
	// Extend makes the lock of key last ttl from now if token still holds it,
	// and reports whether it did.
	Extend(ctx context.Context, key, token string, ttl time.Duration) (bool, error)
}

// Leaser is a Store that hands out leases: a request that finds nothing is given a token,
// and with the token it can store, once, and only if nothing has happened to the
// key since. Any other change of the key takes its lease back: a Set, a Delete,
// a Retire.
type Leaser interface {
	// Lease returns the entry of key, or hands out the lease of key, unless that
	// was handed out less than every ago. A lease that is handed out again is
	// the same one, by the token of its first holder: both can store, as both
	// have read what is current. It ends by itself when it has not been handed
	// out for twice every.
	Lease(ctx context.Context, key, token string, every time.Duration) (Lease, error)

	// SetLeased stores e for ttl, or for ever if ttl is zero, if token is the
	// lease of key, which ends with it. It reports whether it did.
	SetLeased(ctx context.Context, key, token string, e Entry, ttl time.Duration) (bool, error)

	// Retire removes key and takes its lease back. The entry is to be had for
	// some time yet, from Lease alone: for keep at least, unless it is evicted.
	// At is the caller's instant.
	Retire(ctx context.Context, key string, at Instant, keep time.Duration) error
}

// Lease is what a [Leaser] says of a key.
type Lease struct {
	// Token is the lease, if the caller is given it.
	Token string

	// Found is whether there is an entry, which is Entry.
	Found bool

	// Retired is when Entry was retired, if there is none but that.
	Retired Instant

	Entry Entry
}
