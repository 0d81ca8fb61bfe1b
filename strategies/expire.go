package strategies

import (
	"context"
	"time"
)

// expireKey is a word of the setting on_write, beside deleteKey and leaveStored.
const expireKey = "expire"

// fresh reports whether e is younger than bound and no write has expired it.
func fresh(e *Entry, now time.Time, bound time.Duration) bool {
	return !e.Expired && youngerThan(e, now, bound)
}

// expireEntry marks the cached value of key as no longer fresh, and leaves it to
// be served where a stale value may be. It is the soft invalidation of
// dogpile.cache: a write of a hot key then causes one load, or one a box, and
// nobody waits for it.
//
// Two steps are not one. Where the store knows versions, a newer value that comes
// in between is left alone; where it does not, it is lost, and computed again.
func (a *aside) expireEntry(ctx context.Context, key string, version uint64) error {
	e, ok, err := a.read(ctx, key)
	if err != nil || !ok || e.Expired || version > 0 && e.Version >= version {
		return err
	}
	left := a.kept
	if a.kept != forever {
		if left -= e.Stored.Age(a.clock.Now()); left <= 0 {
			return nil
		}
	}
	e.Expired = true
	if newer, ok := a.store.(NewerSetter); ok {
		_, err = newer.SetNewer(ctx, key, e, left)
	} else {
		err = a.store.Set(ctx, key, e, left)
	}
	if err != nil {
		return a.storeFailed(ctx, "expire", key, err)
	}
	return nil
}

// expirable refuses a write that expires values in a strategy that serves none.
func expirable(onWrite string, servesStale bool, set string) error {
	if onWrite == expireKey && !servesStale {
		return &ConfigError{Field: "on_write", Msg: "is expire, but an expired value is never served: " + set}
	}
	return nil
}
