package memcached

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
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
	return s.change(ctx, key, token, 0)
}

// Extend makes the lock of key last ttl from now if token holds it.
func (s *Store) Extend(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	if err := stores.LockLifetime(ttl); err != nil {
		return false, err
	}
	return s.change(ctx, key, token, ttl)
}

// change gives the lock of token another life, and none if ttl is zero. The cas
// fails if the lock went to another after it was read; if it expired and nobody
// took it, it is still ours.
func (s *Store) change(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
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
