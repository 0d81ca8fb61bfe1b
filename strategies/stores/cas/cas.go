// Package cas makes versions, locks and leases of one thing that a store has to know:
// how to change what lies under a key if nobody else has changed it since it was looked
// at. A directory does so under a lock of the system, memcached by gets and cas. A
// server that runs scripts, as Redis does, needs none of this.
package cas

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/wire"
)

// Kind is what lies under a key. A key has a place of its own for each.
type Kind string

// The kinds. No two begin with the same letter.
const (
	Value Kind = "values"
	Lock  Kind = "locks"
)

// Found is what lies in a place: nothing, or one of these.
type Found struct {
	Envelope    *wire.Envelope   // an entry that has not expired; that of a lock has the owner's token as its data
	Placeholder wire.Placeholder // the lease of an entry that is not there, and what was retired
	Err         error            // why the bytes are neither
}

// Look tells what b is, of which nil is nothing. An entry is read by open.
func Look(b []byte, now time.Time, open func([]byte) (wire.Envelope, error)) Found {
	switch {
	case b == nil:
		return Found{}
	case wire.IsPlaceholder(b):
		if p := wire.ReadPlaceholder(b); !p.Over(now) {
			return Found{Placeholder: p}
		}
		return Found{}
	}
	v, err := open(b)
	if err != nil || v.Expired(now) {
		return Found{Err: err}
	}
	return Found{Envelope: &v}
}

// Change is what is to lie in a place.
type Change struct {
	Entry       strategies.Entry
	Placeholder *wire.Placeholder // if not nil, in place of the entry
	Life        time.Duration     // of either; zero is for ever
	Remove      bool              // nothing is to lie there
}

// Next decides what becomes of what was found. Nil leaves all as it is. It may be asked
// again, when another was faster.
type Next func(found Found, now time.Time) (*Change, error)

// Methods are those of a store. They are promoted by embedding.
type Methods struct {
	change func(context.Context, Kind, string, Next) (bool, error)
	remove func(ctx context.Context, key string) error
}

// New makes the methods of a store. Change puts what next makes of what it found in the
// place of a key, in one step, and reports whether it did; what ends it is an error of
// the store, and one about the bytes in the place is next's to judge. Remove empties
// the place of a value, whatever is there.
func New(
	change func(ctx context.Context, kind Kind, key string, next Next) (bool, error), remove func(ctx context.Context, key string) error,
) Methods {
	return Methods{change, remove}
}

// SetNewer stores an entry unless there is one of a later version. What is no
// entry has no version and is overwritten.
func (m Methods) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	if err := stores.Lifetime(ttl); err != nil {
		return false, err
	}
	return m.change(ctx, Value, key, func(found Found, _ time.Time) (*Change, error) {
		if found.Envelope != nil && found.Envelope.Entry.Version > e.Version {
			return nil, nil
		}
		return &Change{Entry: e, Life: ttl}, nil
	})
}

// TryLock takes the lock of key for ttl under token if nobody holds it.
func (m Methods) TryLock(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	if err := stores.LockLifetime(ttl); err != nil {
		return false, err
	}
	return m.change(ctx, Lock, key, func(found Found, _ time.Time) (*Change, error) {
		if found.Envelope != nil || found.Err != nil {
			return nil, found.Err
		}
		return holding(token, ttl), nil
	})
}

// Unlock frees the lock of key if token holds it.
func (m Methods) Unlock(ctx context.Context, key, token string) (bool, error) {
	return m.changeOwned(ctx, key, token, &Change{Remove: true})
}

// Extend makes the lock of key last ttl from now if token holds it.
func (m Methods) Extend(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	if err := stores.LockLifetime(ttl); err != nil {
		return false, err
	}
	return m.changeOwned(ctx, key, token, holding(token, ttl))
}

// changeOwned changes the lock of key if token holds it. The change comes to nothing if
// the lock went to another after it was looked at, so that no lock of another is ever
// freed; where it has expired and nobody took it, it may still be ours.
func (m Methods) changeOwned(ctx context.Context, key, token string, c *Change) (bool, error) {
	return m.change(ctx, Lock, key, func(found Found, _ time.Time) (*Change, error) {
		if found.Envelope == nil || string(found.Envelope.Entry.Data) != token {
			return nil, found.Err
		}
		return c, nil
	})
}

// holding is the lock of token.
func holding(token string, ttl time.Duration) *Change {
	return &Change{Entry: strategies.Entry{Value: strategies.Value{Data: []byte(token)}}, Life: ttl}
}

// The lease of a key lies in the place of its entry, as a [wire.Placeholder], so that
// whatever overwrites or removes the entry does so with the lease. How long ago it was
// handed out is how much of its life is over, by the clocks of the boxes.

// Lease returns the entry of key or hands out its lease. Bytes of another program are
// in nobody's way; what is left of an entry of our own is an error.
func (m Methods) Lease(ctx context.Context, key, token string, every time.Duration) (strategies.Lease, error) {
	if err := stores.LeaseTerms(token, every); err != nil {
		return strategies.Lease{}, err
	}
	var l strategies.Lease // read only where the change has ended, and not where it was left
	_, err := m.change(ctx, Value, key, func(found Found, now time.Time) (*Change, error) {
		switch {
		case found.Err != nil && !errors.Is(found.Err, strategies.ErrForeign):
			return nil, found.Err
		case found.Envelope != nil:
			l = strategies.Lease{Found: true, Entry: found.Envelope.Entry}
			return nil, nil
		}
		p := found.Placeholder
		given := p.Give(token, now, every)
		if l = p.Lease(key, given); !given {
			return nil, nil
		}
		return &Change{Placeholder: &p, Life: 2 * every}, nil
	})
	if err != nil {
		return strategies.Lease{}, err
	}
	return l, nil
}

// SetLeased stores an entry if token is the lease of key.
func (m Methods) SetLeased(ctx context.Context, key, token string, e strategies.Entry, ttl time.Duration) (bool, error) {
	if err := cmp.Or(stores.LeaseTerms(token, time.Second), stores.Lifetime(ttl)); err != nil {
		return false, err
	}
	return m.change(ctx, Value, key, func(found Found, _ time.Time) (*Change, error) {
		if found.Placeholder.Token != token {
			return nil, found.Err
		}
		return &Change{Entry: e, Life: ttl}, nil
	})
}

// Retire removes key and its lease, and keeps its entry aside, or the one that was
// retired last. Who loads the key meanwhile may serve that one, but nobody finds it by
// a Get.
func (m Methods) Retire(ctx context.Context, key string, at strategies.Instant, keep time.Duration) error {
	if err := stores.Lifetime(keep); err != nil {
		return err
	}
	if keep == 0 {
		return m.remove(ctx, key)
	}
	_, err := m.change(ctx, Value, key, func(found Found, now time.Time) (*Change, error) {
		p := found.Placeholder
		if found.Envelope != nil {
			b, err := found.Envelope.MarshalBinary()
			if err != nil {
				return nil, err
			}
			p = wire.Placeholder{Retired: at, Old: b}
		}
		if p.Retired.IsZero() {
			return &Change{Remove: true}, nil
		}
		p.Token, p.Expires = "", strategies.At(now.Add(keep))
		return &Change{Placeholder: &p, Life: keep}, nil
	})
	return err
}
