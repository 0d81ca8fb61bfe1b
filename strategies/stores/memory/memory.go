// Package memory keeps entries and locks in the memory of the process: for one box, for
// tests, and beneath a cache that is to survive without a server. It is bounded in bytes,
// its reads take no lock, and what has expired is given back by itself:
//
//	cache := memory.New(memory.Config{Bytes: 256 << 20})
//
// Several programs share nothing by it, and a restart begins empty.
package memory

import (
	"context"
	"fmt"
	"hash/maphash"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/sieve"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/stores/cas"
	"github.com/herdlab/herdlab/strategies/wire"
)

// Config bounds a [Store]. Zero fields get their defaults.
type Config struct {
	// Bytes is how much the entries may take, with their keys and 200 bytes each. Where
	// there is no room, entries go that nobody has read for a while. Default 256 MiB.
	Bytes int64

	// Now tells the time. Nil is a clock of the process that no correction of the time of
	// day moves.
	Now func() time.Time
}

// overhead is what an entry takes besides its key and its data, roughly.
const overhead = 200

// Store is a cache in memory. It is safe for concurrent use. Locks are not bounded, as one
// that makes room would have two owners; they end by themselves.
//
// What was stored is given back as it is and not copied: nobody may modify its data.
type Store struct {
	cas.Methods
	now           func() time.Time
	begun         time.Time // which the maps count from
	values, locks *sieve.Map[string, place]
	bytes         int64 // that values may take

	seed    maphash.Seed
	stripes [64]sync.Mutex // of those who change a key, by its hash
}

var _ stores.Complete = (*Store)(nil)

// place is what lies under a key: an entry, or the lease of one.
type place struct {
	entry   strategies.Entry
	expires time.Time // zero is never
	lease   *wire.Placeholder
}

// New returns an empty store.
func New(cfg Config) *Store {
	if cfg.Bytes == 0 {
		cfg.Bytes = 256 << 20
	}
	s := &Store{now: cfg.Now, bytes: cfg.Bytes, begun: time.Now(), seed: maphash.MakeSeed()}
	bounds := sieve.Config{Now: func() int64 { return int64(s.now().Sub(s.begun)) }}
	if cfg.Now == nil {
		s.now = func() time.Time { return s.begun.Add(time.Since(s.begun)) }
		bounds.Now = func() int64 { return int64(time.Since(s.begun)) }
		bounds.After = func(d time.Duration, f func()) { time.AfterFunc(d, f) }
	}
	s.locks = sieve.New[string, place](bounds)
	bounds.Bytes = cfg.Bytes
	s.values = sieve.New[string, place](bounds)
	s.Methods = cas.New(s.change, s.Delete)
	return s
}

// Get reads one entry.
func (s *Store) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	if ctx.Err() != nil {
		return strategies.Entry{}, false, context.Cause(ctx)
	}
	p, ok := s.values.Get(key)
	if !ok || p.lease != nil {
		return strategies.Entry{}, false, nil
	}
	return p.entry, true, nil
}

// GetMany reads the entries of keys and returns those that there are.
func (s *Store) GetMany(ctx context.Context, keys []string) (map[string]strategies.Entry, error) {
	found := make(map[string]strategies.Entry, len(keys))
	for _, key := range keys {
		switch e, ok, err := s.Get(ctx, key); {
		case err != nil:
			return nil, err
		case ok:
			found[key] = e
		}
	}
	return found, nil
}

// Set stores an entry for ttl, or for ever if ttl is zero. One that is larger than the
// whole store is [stores.ErrTooLarge].
func (s *Store) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	if err := stores.Lifetime(ttl); err != nil {
		return err
	}
	_, err := s.change(ctx, cas.Value, key, func(cas.Found, time.Time) (*cas.Change, error) { return &cas.Change{Entry: e, Life: ttl}, nil })
	return err
}

// Delete removes an entry.
func (s *Store) Delete(ctx context.Context, key string) error {
	_, err := s.change(ctx, cas.Value, key, func(cas.Found, time.Time) (*cas.Change, error) { return &cas.Change{Remove: true}, nil })
	return err
}

// Held is how many entries there are, leases with them, and how many bytes they take.
func (s *Store) Held() (entries int, bytes int64) { return s.values.Held() }

// change puts what next makes of what it finds in the place of a key. Whoever changes
// the same key waits; a reader does not.
func (s *Store) change(ctx context.Context, kind cas.Kind, key string, next cas.Next) (bool, error) {
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	places := s.values
	if kind == cas.Lock {
		places = s.locks
	}
	stripe := &s.stripes[maphash.String(s.seed, key)%uint64(len(s.stripes))]
	stripe.Lock()
	defer stripe.Unlock()
	now := s.now()
	c, err := next(look(places, key), now)
	if c == nil || err != nil {
		return false, err
	}
	if c.Remove {
		places.Delete(key)
		return true, nil
	}
	p := place{entry: c.Entry, lease: c.Placeholder}
	size, until := int64(overhead+len(key)+len(c.Entry.Data)), sieve.Forever
	if p.lease != nil {
		size += int64(len(p.lease.Old))
	}
	if c.Life > 0 {
		p.expires = now.Add(c.Life)
		until = int64(p.expires.Sub(s.begun))
	}
	if kind == cas.Value && size > s.bytes {
		places.Delete(key)
		return false, fmt.Errorf("%w: %d bytes, and the store is not as large as that", stores.ErrTooLarge, size)
	}
	places.Put(key, p, size, until)
	return true, nil
}

// look is what lies in a place, as the methods of all stores want it.
func look(places *sieve.Map[string, place], key string) cas.Found {
	p, ok := places.Get(key)
	switch {
	case !ok:
		return cas.Found{}
	case p.lease != nil:
		return cas.Found{Placeholder: *p.lease}
	}
	return cas.Found{Envelope: &wire.Envelope{Key: key, Entry: p.entry, Expires: p.expires}}
}
