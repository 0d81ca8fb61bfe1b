package memcached

import (
	"context"
	"errors"
	"time"

	"github.com/bradfitz/gomemcache/memcache"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/wire"
)

// expired is an exptime that has passed: memcached takes any below zero so.
const expired = -1

// TryLock takes the lock of key for ttl under token if nobody holds it. It takes
// one round trip, and up to two more where there is a lock: to see whether that
// has expired, and to take its place.
func (s *Store) TryLock(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	if err := stores.LockLifetime(ttl); err != nil {
		return false, err
	}
	item, err := s.item(lockKind, key, strategies.Entry{Value: strategies.Value{Data: []byte(token)}}, ttl)
	if err != nil {
		return false, err
	}
	return stores.Do(ctx, func() (bool, error) {
		if got, err := s.replace(nil, item); got || err != nil {
			return got, err
		}
		old, held, err := s.read(lockKind, key)
		if held != nil || err != nil {
			return false, err
		}
		// Expired, or freed since. Of all who see that, one is the first.
		return s.replace(old, item)
	})
}

// Unlock frees the lock of key if token holds it.
func (s *Store) Unlock(ctx context.Context, key, token string) (bool, error) {
	return s.changeLock(ctx, key, token, 0)
}

// Extend makes the lock of key last ttl from now if token holds it.
func (s *Store) Extend(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	if err := stores.LockLifetime(ttl); err != nil {
		return false, err
	}
	return s.changeLock(ctx, key, token, ttl)
}

// changeLock gives the lock of token another life, and none if ttl is zero. The cas
// fails if the lock went to another after it was read; if it expired and nobody
// took it, it is still ours.
func (s *Store) changeLock(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	return stores.Do(ctx, func() (bool, error) {
		old, held, err := s.read(lockKind, key)
		if held == nil || err != nil || string(held.Entry.Data) != token {
			return false, err
		}
		item, err := s.item(lockKind, key, held.Entry, max(ttl, 1))
		if err != nil {
			return false, err
		}
		if ttl == 0 {
			item.Expiration = expired
		}
		return s.replace(old, item)
	})
}

// The lease of a key lies in the place of its entry, as a
// [wire.Placeholder]: it is added where there is nothing, and changed by
// gets and cas, so that whoever comes second looks again. How long ago it was
// handed out is how much of its life is over, by the clocks of the boxes.

// Lease returns the entry of key or hands out its lease, in two round trips, and
// two more whenever another changes the key in between.
func (s *Store) Lease(ctx context.Context, key, token string, every time.Duration) (strategies.Lease, error) {
	if err := stores.LeaseTerms(token, every); err != nil {
		return strategies.Lease{}, err
	}
	var l strategies.Lease // read only where the update has ended, and not where it was left
	_, err := s.update(ctx, key, func(old *memcache.Item, v *wire.Envelope, err error) (*memcache.Item, error) {
		switch {
		case err != nil && !errors.Is(err, strategies.ErrForeign):
			return nil, err
		case v != nil:
			l = strategies.Lease{Found: true, Entry: v.Entry}
			return nil, nil
		}
		now := s.cfg.Now()
		p := placeholderIn(old, now)
		given := p.Give(token, now, every)
		if l = p.Lease(key, given); !given {
			return nil, nil
		}
		return s.placedItem(key, p, now, 2*every), nil
	})
	if err != nil {
		return strategies.Lease{}, err
	}
	return l, nil
}

// SetLeased stores an entry if token is the lease of key.
func (s *Store) SetLeased(ctx context.Context, key, token string, e strategies.Entry, ttl time.Duration) (bool, error) {
	if err := stores.LeaseTerms(token, time.Second); err != nil {
		return false, err
	}
	item, err := s.item(valueKind, key, e, ttl)
	if err != nil {
		return false, err
	}
	return s.update(ctx, key, func(old *memcache.Item, v *wire.Envelope, err error) (*memcache.Item, error) {
		if err != nil || v != nil || placeholderIn(old, s.cfg.Now()).Token != token {
			return nil, err
		}
		return item, nil
	})
}

// Retire removes key and its lease, and keeps its entry aside.
func (s *Store) Retire(ctx context.Context, key string, at strategies.Instant, keep time.Duration) error {
	if err := stores.Lifetime(keep); err != nil {
		return err
	}
	if keep == 0 {
		return s.Delete(ctx, key)
	}
	_, err := s.update(ctx, key, func(old *memcache.Item, v *wire.Envelope, _ error) (*memcache.Item, error) {
		if old == nil {
			return nil, nil
		}
		now := s.cfg.Now()
		p := placeholderIn(old, now)
		if v != nil {
			p = wire.Placeholder{Retired: at, Old: old.Value}
		}
		p.Token, p.Expires = "", strategies.At(now.Add(keep))
		return s.placedItem(key, p, now, keep), nil
	})
	return err
}

// placeholderIn is what is in the place of an entry that is not there.
func placeholderIn(item *memcache.Item, now time.Time) wire.Placeholder {
	if item == nil {
		return wire.Placeholder{}
	}
	return wire.PlaceholderIn(item.Value, now)
}

// placedItem is a placeholder as memcached keeps it.
func (s *Store) placedItem(key string, p wire.Placeholder, now time.Time, life time.Duration) *memcache.Item {
	return &memcache.Item{Key: s.name(valueKind, key), Value: p.Bytes(), Expiration: expiration(now, life)}
}
