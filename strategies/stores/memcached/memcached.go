// Package memcached keeps entries and locks in memcached:
//
//	client := memcache.New("127.0.0.1:11211")
//	client.Timeout, client.MaxIdleConns = time.Second, 64
//	cache := memcached.New(client, memcached.Config{Prefix: "shop:"})
//
// memcached counts whole seconds of a clock that ticks once in one, so that what
// is to live for 1 s is gone after anything up to that. An item is therefore
// given up to two seconds more there, and the exact instant of its expiry in its
// envelope, by the clock of the box that set it: keep the clocks of boxes within
// a small part of the shortest ttl.
//
// There is no compare-and-delete. A lock is taken by add, or by gets and cas
// where the one there has expired, and freed by gets and a cas to an item that
// has expired already. A cas that comes after any other change fails, so no lock
// of another is ever freed. What stays open: a full server may evict a lock
// before its time, and a restarted one has none. Two may then compute the same,
// so such a lock saves work and must not guard correctness.
//
// A context's end is honoured although the client knows no contexts: the
// operation is left to the client's Timeout.
package memcached

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/bradfitz/gomemcache/memcache"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/stores/cas"
	"github.com/herdlab/herdlab/strategies/stores/lifetime"
	"github.com/herdlab/herdlab/strategies/wire"
)

// Config is where the entries are.
type Config struct {
	// Prefix is put in front of every key, so that programs can share a server.
	// At most 100 bytes above 0x20. Default none.
	Prefix string

	// Now tells the time, by which entries and locks expire. Default time.Now.
	Now func() time.Time

	// Dialect, if it is one, has the time of an entry mean what it means to that
	// library, and leaves its end to the server: the mistakes of others are made
	// here too. By default it means what [strategies.Store] says.
	Dialect lifetime.Dialect
}

// Store is a set of memcached servers. It is safe for concurrent use.
type Store struct {
	cas.Methods
	client *memcache.Client
	cfg    Config
	pages  bool // entries are kept as [wire.Page]
}

var _ stores.Complete = (*Store)(nil)

// New returns a store on client, which the caller closes. The client's
// MaxIdleConns should be above the number of concurrent operations: its default
// of 2 opens and closes a connection for nearly every one.
func New(client *memcache.Client, cfg Config) *Store {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Store{client: client, cfg: cfg}
	s.Methods = cas.New(s.change, s.Delete)
	return s
}

// Get reads one entry.
func (s *Store) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	return wire.Found(stores.Do(ctx, func() (*wire.Envelope, error) {
		_, found, err := s.look(valueKind, key)
		return found.Envelope, cmp.Or(err, found.Err)
	}))
}

// Set stores an entry for ttl, or for ever if ttl is zero. A value above the
// server's limit (1 MB, or what -I says) is [stores.ErrTooLarge], and memcached
// then removes the old one.
func (s *Store) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	item, err := s.item(valueKind, key, e, ttl)
	if err != nil {
		return err
	}
	_, err = stores.Do(ctx, func() (bool, error) { return true, fault(s.client.Set(item)) })
	return err
}

// change puts what next makes of what lies in the place of key there. It takes two round
// trips, and two more whenever another changes the key in between: it is added where
// there was nothing, and changed by gets and cas, so that whoever comes second looks
// again. A lock is first taken to be free, which takes one round trip if it is.
func (s *Store) change(ctx context.Context, kind cas.Kind, key string, next cas.Next) (bool, error) {
	return stores.Do(ctx, func() (bool, error) {
		var old *memcache.Item
		var found cas.Found
		for guess := kind == cas.Lock; ctx.Err() == nil; guess = false {
			var err error
			if !guess {
				old, found, err = s.look(kind[0], key)
			}
			if err != nil {
				return false, err
			}
			c, err := next(found, s.cfg.Now())
			switch {
			case err != nil || c == nil && !guess:
				return false, err
			case c == nil:
				continue
			case c.Remove && old == nil:
				return true, nil
			}
			item, err := s.changed(kind[0], key, c)
			if err != nil {
				return false, err
			}
			if done, err := s.replace(old, item); done || err != nil {
				return done, err
			}
		}
		return false, context.Cause(ctx)
	})
}

// expired is an exptime that has passed: memcached takes any below zero so.
const expired = -1

// changed is what is to lie in the place of key, as memcached keeps it. There is no
// compare-and-delete: what is to be removed becomes an item that has expired.
func (s *Store) changed(kind byte, key string, c *cas.Change) (*memcache.Item, error) {
	if c.Placeholder != nil {
		return &memcache.Item{Key: s.name(kind, key), Value: c.Placeholder.Bytes(), Expiration: expiration(s.cfg.Now(), c.Life)}, nil
	}
	item, err := s.item(kind, key, c.Entry, c.Life)
	if c.Remove && err == nil {
		item.Expiration = expired
	}
	return item, err
}

// Delete removes an entry.
func (s *Store) Delete(ctx context.Context, key string) error {
	_, err := stores.Do(ctx, func() (bool, error) {
		err := s.client.Delete(s.name(valueKind, key))
		if errors.Is(err, memcache.ErrCacheMiss) {
			return false, nil
		}
		return true, fault(err)
	})
	return err
}

// look returns the item of key, nil if there is none, and what it is.
func (s *Store) look(kind byte, key string) (*memcache.Item, cas.Found, error) {
	name := s.name(kind, key)
	item, err := s.client.Get(name)
	switch {
	case errors.Is(err, memcache.ErrCacheMiss):
		return nil, cas.Found{}, nil
	case err != nil:
		return nil, cas.Found{}, fault(err)
	case item.Key != name: // an answer to another question: its cas must not be used
		return nil, cas.Found{}, fmt.Errorf("%w: memcached sent the item %.40q", strategies.ErrOtherKey, item.Key)
	}
	found := cas.Look(item.Value, s.cfg.Now(), func(b []byte) (wire.Envelope, error) { return s.open(kind, b, key) })
	return item, found, nil
}

// replace puts item where old was read, or where nothing was, and reports
// whether nobody else had been there in between.
func (s *Store) replace(old, item *memcache.Item) (bool, error) {
	var err error
	if old == nil {
		err = s.client.Add(item)
	} else {
		next := *item
		next.CasID = old.CasID
		err = s.client.CompareAndSwap(&next)
	}
	for _, lost := range []error{memcache.ErrNotStored, memcache.ErrCASConflict, memcache.ErrCacheMiss} {
		if errors.Is(err, lost) {
			return false, nil
		}
	}
	return err == nil, fault(err)
}

// item is an entry as memcached keeps it.
func (s *Store) item(kind byte, key string, e strategies.Entry, ttl time.Duration) (*memcache.Item, error) {
	if err := stores.Lifetime(ttl); err != nil {
		return nil, err
	}
	v := wire.Envelope{Key: key, Entry: e}
	now := s.cfg.Now()
	exptime := expiration(now, s.life(kind, ttl))
	switch {
	case s.cfg.Dialect != "" && kind == valueKind:
		exptime = inRange(s.cfg.Dialect.Exptime(lifetime.Seconds(ttl), now))
	case ttl > 0:
		v.Expires = now.Add(ttl)
	}
	b, err := s.pack(kind, v)
	if err != nil {
		return nil, err
	}
	return &memcache.Item{Key: s.name(kind, key), Value: b, Expiration: exptime}, nil
}

// What an item is, in front of its key. The kinds of hashed keys are others, so
// that no key is another's hash.
const (
	valueKind = 'v'
	lockKind  = 'l'
)

// maxKey is the longest key of the protocol
// (github.com/memcached/memcached doc/protocol.txt, "Keys").
const maxKey = 250

// name is the key at the server: the key itself where the protocol allows it,
// else its SHA-256. The envelope has the key in full.
func (s *Store) name(kind byte, key string) string {
	mark := string(kind) + ":"
	if s.isPage(kind) {
		mark = ""
	}
	name := s.cfg.Prefix + mark + key
	if len(name) <= maxKey && isLegal(key) && (mark != "" || !hasMark(key)) {
		return name
	}
	sum := sha256.Sum256([]byte(key))
	return s.cfg.Prefix + string(kind) + "#:" + hex.EncodeToString(sum[:])
}

// hasMark reports whether a key without a mark looks like a name with one.
func hasMark(key string) bool {
	for _, kind := range []byte{valueKind, lockKind} {
		if strings.HasPrefix(key, string(kind)+":") || strings.HasPrefix(key, string(kind)+"#:") {
			return true
		}
	}
	return false
}

// isLegal reports whether a text protocol can carry key: no space, no control
// character.
func isLegal(key string) bool {
	for i := range len(key) {
		if key[i] <= ' ' || key[i] == 0x7f {
			return false
		}
	}
	return true
}

// expiration is the exptime of a ttl: rounded up to seconds, and one more since
// the server counts from its last tick, up to a second ago. An instant past the
// protocol's 2038 is for ever; the envelope knows better.
func expiration(now time.Time, ttl time.Duration) int32 {
	if ttl == 0 {
		return 0
	}
	return inRange(lifetime.Exptime(int64(lifetime.Seconds(ttl))+1, now))
}

// inRange is an exptime as the client can send it.
func inRange(exptime int64) int32 {
	if exptime > math.MaxInt32 {
		return 0
	}
	return int32(max(exptime, expired))
}

// fault names an error of the client. memcached's own errors are lines of text,
// which the client quotes.
func fault(err error) error {
	var late *memcache.ConnectTimeoutError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &late):
		return fmt.Errorf("%w: %w", stores.ErrNoAnswer, err)
	case errors.Is(err, memcache.ErrNoServers):
		return fmt.Errorf("%w: %w", stores.ErrRefused, err)
	case strings.Contains(err.Error(), "SERVER_ERROR object too large"):
		return fmt.Errorf("%w: %w", stores.ErrTooLarge, err)
	case strings.Contains(err.Error(), "SERVER_ERROR out of memory"):
		return fmt.Errorf("%w: %w", stores.ErrFull, err)
	}
	return stores.Fault(err)
}
