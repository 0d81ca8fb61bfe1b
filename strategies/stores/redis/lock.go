package redis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/stores/lifetime"
	"github.com/herdlab/herdlab/strategies/wire"
)

// A lock is freed and prolonged only where it still holds the owner's token:
// compare and change in one step, or a lock that expired and went to another
// would be taken from its owner. A key of another type is nobody's lock. To prolong a
// lock by no time is to remove it.
const extendScript = `
if redis.pcall('GET', KEYS[1]) == ARGV[1] then
	return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0`

// TryLock takes the lock of key for ttl, in milliseconds rounded up: SET NX PX.
func (s *Store) TryLock(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	if err := stores.LockLifetime(ttl); err != nil {
		return false, err
	}
	return do(ctx, s, func() (bool, error) {
		answer, err := s.client.SetArgs(ctx, s.lock(key), token, redis.SetArgs{Mode: "NX", TTL: lifetime.Redis(ttl)}).Result()
		if errors.Is(err, redis.Nil) {
			return false, nil
		}
		_, err = checkDone(answer, err)
		return err == nil, err
	})
}

// Unlock frees the lock of key if token holds it.
func (s *Store) Unlock(ctx context.Context, key, token string) (bool, error) {
	return s.runScript(ctx, s.extend, s.lock(key), token, 0)
}

// Extend makes the lock of key last ttl from now if token holds it.
func (s *Store) Extend(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	if err := stores.LockLifetime(ttl); err != nil {
		return false, err
	}
	return s.runScript(ctx, s.extend, s.lock(key), token, lifetime.Redis(ttl).Milliseconds())
}

func (s *Store) lock(key string) string { return s.cfg.Prefix + "lock:" + key }

// The lease of a key lies in the place of its entry, as a [wire.Placeholder]:
// so the scripts name one key, and whatever overwrites or removes the entry does
// so with the lease. How long ago it was handed out is how much of its life is
// over, by the server's clock. What is neither entry nor placeholder is nothing.
const (
	leaseScript = `
local v = redis.pcall('GET', KEYS[1])
if type(v) ~= 'string' then v = '' end
local kind = string.sub(v, 1, 4)
if kind == 'hle\001' then return {0, v} end
local token, retired, old = ARGV[1], string.rep('\000', 8), ''
if kind == 'hlp\001' and #v > 20 then
	local n = string.byte(v, 21)
	if n > 0 then
		if redis.call('PTTL', KEYS[1]) >= tonumber(ARGV[3]) - tonumber(ARGV[2]) then return {0, v} end
		token = string.sub(v, 22, 21 + n)
	end
	retired, old = string.sub(v, 13, 20), string.sub(v, 22 + n)
end
v = 'hlp\001' .. string.rep('\000', 8) .. retired .. string.char(#token) .. token .. old
redis.call('SET', KEYS[1], v, 'PX', ARGV[3])
return {1, v}`

	setLeasedScript = `
local v = redis.pcall('GET', KEYS[1])
if type(v) ~= 'string' or string.sub(v, 1, 4) ~= 'hlp\001' or #v < 21 or string.sub(v, 22, 21 + string.byte(v, 21)) ~= ARGV[1] then
	return 0
end
if ARGV[3] == '0' then
	redis.call('SET', KEYS[1], ARGV[2])
else
	redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1`

	retireScript = `
local v = redis.pcall('GET', KEYS[1])
if type(v) ~= 'string' then v = '' end
local kind, new = string.sub(v, 1, 4), nil
if kind == 'hle\001' then
	new = ARGV[1] .. v
elseif kind == 'hlp\001' and #v > 21 + string.byte(v, 21) then
	new = string.sub(v, 1, 20) .. '\000' .. string.sub(v, 22 + string.byte(v, 21))
end
if new and ARGV[2] ~= '0' then
	redis.call('SET', KEYS[1], new, 'PX', ARGV[2])
else
	redis.call('DEL', KEYS[1])
end
return 1`
)

// Lease returns the entry of key or hands out its lease, in one round trip.
func (s *Store) Lease(ctx context.Context, key, token string, every time.Duration) (strategies.Lease, error) {
	if err := stores.LeaseTerms(token, every); err != nil {
		return strategies.Lease{}, err
	}
	every = lifetime.Redis(every)
	return do(ctx, s, func() (strategies.Lease, error) {
		answer, err := s.lease.Run(ctx, s.client, []string{s.value(key)}, token, every.Milliseconds(), 2*every.Milliseconds()).Slice()
		if err != nil {
			return strategies.Lease{}, fault(err)
		}
		return readLease(answer, key)
	})
}

// readLease reads the answer of the script: whether the lease is given, and what
// is in the place of the entry.
func readLease(answer []any, key string) (strategies.Lease, error) {
	if len(answer) == 2 {
		n, isNumber := answer[0].(int64)
		b, isText := answer[1].(string)
		switch {
		case !isNumber || !isText || n != 0 && n != 1:
		case wire.IsPlaceholder([]byte(b)):
			p := wire.ReadPlaceholder([]byte(b))
			return p.Lease(key, n == 1), nil
		default:
			v, err := wire.Open([]byte(b), key)
			return strategies.Lease{Found: err == nil, Entry: v.Entry}, err
		}
	}
	return strategies.Lease{}, fmt.Errorf("%w: a script that says 0 or 1 and an entry said %.40v", stores.ErrGarbled, answer)
}

// SetLeased stores an entry if token is the lease of key.
func (s *Store) SetLeased(ctx context.Context, key, token string, e strategies.Entry, ttl time.Duration) (bool, error) {
	if err := stores.LeaseTerms(token, time.Second); err != nil {
		return false, err
	}
	b, err := packEnvelope(key, e, ttl)
	if err != nil {
		return false, err
	}
	return s.runScript(ctx, s.setLeased, s.value(key), token, b, lifetime.Redis(ttl).Milliseconds())
}

// Retire removes key and its lease, and keeps its entry aside.
func (s *Store) Retire(ctx context.Context, key string, at strategies.Instant, keep time.Duration) error {
	if err := stores.Lifetime(keep); err != nil {
		return err
	}
	head := wire.Placeholder{Retired: at}.Bytes()
	_, err := s.runScript(ctx, s.retire, s.value(key), head, lifetime.Redis(keep).Milliseconds())
	return err
}
