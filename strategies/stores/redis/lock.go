package redis

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/stores/lifetime"
)

// A lock is freed and prolonged only where it still holds the owner's token:
// compare and change in one step, or a lock that expired and went to another
// would be taken from him. A key of another type is nobody's lock.
const (
	unlockScript = `
if redis.pcall('GET', KEYS[1]) == ARGV[1] then
	return redis.call('DEL', KEYS[1])
end
return 0`

	extendScript = `
if redis.pcall('GET', KEYS[1]) == ARGV[1] then
	return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0`
)

// TryLock takes the lock of key for ttl, in milliseconds rounded up: SET NX PX.
func (s *Store) TryLock(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	if err := stores.LockLifetime(ttl); err != nil {
		return false, err
	}
	return stores.Do(ctx, func() (bool, error) {
		answer, err := s.client.SetArgs(ctx, s.lock(key), token, redis.SetArgs{Mode: "NX", TTL: lifetime.Redis(ttl)}).Result()
		if errors.Is(err, redis.Nil) {
			return false, nil
		}
		_, err = done(answer, err)
		return err == nil, err
	})
}

// Unlock frees the lock of key if token holds it.
func (s *Store) Unlock(ctx context.Context, key, token string) (bool, error) {
	return s.run(ctx, s.unlock, s.lock(key), token)
}

// Extend makes the lock of key last ttl from now if token holds it.
func (s *Store) Extend(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	if err := stores.LockLifetime(ttl); err != nil {
		return false, err
	}
	return s.run(ctx, s.extend, s.lock(key), token, lifetime.Redis(ttl).Milliseconds())
}

func (s *Store) lock(key string) string { return s.cfg.Prefix + "lock:" + key }
