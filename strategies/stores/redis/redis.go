// Package redis keeps entries and locks in Redis, or in what speaks its
// protocol:
//
//	client := redis.NewClient(store.Options("127.0.0.1:6379"))
//	cache := store.New(client, store.Config{Prefix: "shop:"})
//
// An entry lives under PREFIXvalue:KEY and its lock under PREFIXlock:KEY, with
// the server's own expiry in milliseconds, rounded up. Every operation is one round
// trip and atomic at the server. Every command and script names one key, so in a
// Redis Cluster nothing has to share a slot and no hash tag is needed.
//
// Redis acknowledges a lock before its replicas know it: after a fail-over two
// may hold one lock. Such a lock saves work and must not guard correctness
// (redis.io/docs/latest/develop/clients/patterns/distributed-locks).
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

// Config is where the entries are.
type Config struct {
	// Prefix is put in front of every key, so that programs can share a server.
	// Default none.
	Prefix string
}

// Store is a Redis server, a ring or a cluster of them. It is safe for
// concurrent use.
type Store struct {
	client redis.UniversalClient
	cfg    Config
	inTime bool // the client ends an operation at its context's deadline

	setNewer, extend         *redis.Script
	lease, setLeased, retire *redis.Script
}

var _ stores.Complete = (*Store)(nil)

// New returns a store on client, which the caller closes. Give the client the
// settings of [Options]: with go-redis's own, a lost answer is asked for again,
// and a lock that was taken then is not known to be; and as it does not end with the
// deadline of a context then, every operation costs a goroutine.
func New(client redis.UniversalClient, cfg Config) *Store {
	return &Store{
		client: client, cfg: cfg, inTime: endsInTime(client),
		setNewer: redis.NewScript(setNewerScript),
		extend:   redis.NewScript(extendScript),

		lease:     redis.NewScript(leaseScript),
		setLeased: redis.NewScript(setLeasedScript),
		retire:    redis.NewScript(retireScript),
	}
}

// endsInTime reports whether a client ends an operation at its context's deadline.
func endsInTime(client redis.UniversalClient) bool {
	switch c := client.(type) {
	case *redis.Client:
		return c.Options().ContextTimeoutEnabled
	case *redis.ClusterClient:
		return c.Options().ContextTimeoutEnabled
	case *redis.Ring:
		return c.Options().ContextTimeoutEnabled
	}
	return false
}

// do runs an operation until it or its context ends.
func do[T any](ctx context.Context, s *Store, op func() (T, error)) (T, error) {
	if s.inTime {
		return stores.DoInTime(ctx, op)
	}
	return stores.Do(ctx, op)
}

// setNewerScript compares the versions in two envelopes, byte by byte since
// Lua's numbers have 53 bits and its strings the server's collation. What is not
// a whole envelope of the key has no version and is overwritten.
const setNewerScript = `
local function size(s, at)
	local a, b, c, d = string.byte(s, at, at + 3)
	return ((a * 256 + b) * 256 + c) * 256 + d
end
local function later(old, new)
	for i = 9, 16 do
		local a, b = string.byte(old, i), string.byte(new, i)
		if a ~= b then return a > b end
	end
	return false
end
local new = ARGV[1]
local head = 48 + size(new, 41)
local old = redis.pcall('GETRANGE', KEYS[1], 0, head - 1)
if type(old) == 'string' and #old == head
	and string.sub(old, 1, 4) == string.sub(new, 1, 4)
	and string.sub(old, 41, 44) == string.sub(new, 41, 44)
	and string.sub(old, 49) == string.sub(new, 49, head)
	and redis.call('STRLEN', KEYS[1]) == head + size(old, 45)
	and later(old, new) then
	return 0
end
if ARGV[2] == '0' then
	redis.call('SET', KEYS[1], new)
else
	redis.call('SET', KEYS[1], new, 'PX', ARGV[2])
end
return 1`

// Get reads one entry.
func (s *Store) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	return wire.Found(do(ctx, s, func() (*wire.Envelope, error) { return open(s.client.Get(ctx, s.value(key)), key) }))
}

// open reads the answer to a GET; nil is that there is no entry.
func open(answer *redis.StringCmd, key string) (*wire.Envelope, error) {
	b, err := answer.Bytes()
	switch {
	case errors.Is(err, redis.Nil) || err == nil && wire.IsPlaceholder(b):
		return nil, nil
	case err != nil:
		return nil, fault(err)
	}
	v, err := wire.Open(b, key)
	return &v, err
}

// GetMany reads the entries of keys in one round trip, to each node of a cluster that has
// some, and returns those that there are. Bytes that are no entry of their key are none.
// It is a pipeline of GETs and no MGET, whose keys a cluster wants in one slot.
func (s *Store) GetMany(ctx context.Context, keys []string) (map[string]strategies.Entry, error) {
	return do(ctx, s, func() (map[string]strategies.Entry, error) {
		answers := make([]*redis.StringCmd, len(keys))
		_, _ = s.client.Pipelined(ctx, func(p redis.Pipeliner) error { // each answer has its own error
			for i, key := range keys {
				answers[i] = p.Get(ctx, s.value(key))
			}
			return nil
		})
		found := make(map[string]strategies.Entry, len(keys))
		for i, key := range keys {
			v, err := open(answers[i], key)
			switch {
			case err == nil && v != nil:
				found[key] = v.Entry
			case answers[i].Err() != nil && err != nil && !errors.Is(err, strategies.ErrForeign):
				return nil, err
			}
		}
		return found, nil
	})
}

// Set stores an entry for ttl, or for ever if ttl is zero.
func (s *Store) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	b, err := packEnvelope(key, e, ttl)
	if err != nil {
		return err
	}
	_, err = do(ctx, s, func() (string, error) {
		return checkDone(s.client.SetArgs(ctx, s.value(key), b, redis.SetArgs{TTL: lifetime.Redis(ttl)}).Result())
	})
	return err
}

// SetNewer stores an entry unless there is one of a later version.
func (s *Store) SetNewer(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) (bool, error) {
	b, err := packEnvelope(key, e, ttl)
	if err != nil {
		return false, err
	}
	return s.runScript(ctx, s.setNewer, s.value(key), b, lifetime.Redis(ttl).Milliseconds())
}

// Delete removes an entry.
func (s *Store) Delete(ctx context.Context, key string) error {
	_, err := do(ctx, s, func() (int64, error) {
		n, err := s.client.Del(ctx, s.value(key)).Result()
		return n, fault(err)
	})
	return err
}

// runScript runs a script of one key that answers 0 or 1. The server knows a script
// by its hash; only one that does not is sent the text.
func (s *Store) runScript(ctx context.Context, script *redis.Script, key string, args ...any) (bool, error) {
	return do(ctx, s, func() (bool, error) {
		answer, err := script.Run(ctx, s.client, []string{key}, args...).Result()
		if err != nil {
			return false, fault(err)
		}
		n, ok := answer.(int64)
		if !ok || n != 0 && n != 1 {
			return false, fmt.Errorf("%w: a script that says 0 or 1 said %v", stores.ErrGarbled, answer)
		}
		return n == 1, nil
	})
}

func (s *Store) value(key string) string { return s.cfg.Prefix + "value:" + key }

func packEnvelope(key string, e strategies.Entry, ttl time.Duration) ([]byte, error) {
	if err := stores.Lifetime(ttl); err != nil {
		return nil, err
	}
	return wire.Envelope{Key: key, Entry: e}.MarshalBinary()
}

// fault names an error of go-redis or of the server.
func fault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, redis.ErrPoolTimeout), errors.Is(err, redis.ErrPoolExhausted):
		return fmt.Errorf("%w: %w", stores.ErrNoAnswer, err)
	case errors.Is(err, redis.ErrClosed):
		return fmt.Errorf("%w: %w", stores.ErrRefused, err)
	case redis.HasErrorPrefix(err, "WRONGTYPE"):
		return fmt.Errorf("%w: %w", strategies.ErrForeign, err)
	case redis.IsOOMError(err):
		return fmt.Errorf("%w: %w", stores.ErrFull, err)
	}
	return stores.Fault(err)
}

// checkDone is the answer of a command that can only say OK.
func checkDone(answer string, err error) (string, error) {
	if err == nil && answer != "OK" {
		err = fmt.Errorf("%w: SET was answered by %.40q", stores.ErrGarbled, answer)
	}
	return answer, fault(err)
}
