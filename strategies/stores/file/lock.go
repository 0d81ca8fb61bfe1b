package file

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/wire"
)

// TryLock takes the lock of key for ttl under token if nobody holds it.
func (s *Store) TryLock(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	if err := stores.LockLifetime(ttl); err != nil {
		return false, err
	}
	p := s.place(lockDir, key)
	return s.guarded(ctx, p, func() (bool, error) {
		held, err := s.holder(p)
		if held != nil || err != nil {
			return false, err
		}
		err = s.writeLock(p, token, ttl)
		return err == nil, err
	})
}

// Unlock frees the lock of key if token holds it.
func (s *Store) Unlock(ctx context.Context, key, token string) (bool, error) {
	return s.changeOwned(ctx, key, token, removeFile)
}

// Extend makes the lock of key last ttl from now if token holds it.
func (s *Store) Extend(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	if err := stores.LockLifetime(ttl); err != nil {
		return false, err
	}
	return s.changeOwned(ctx, key, token, func(p place) error { return s.writeLock(p, token, ttl) })
}

// changeOwned changes the lock of key if token holds it.
func (s *Store) changeOwned(ctx context.Context, key, token string, change func(place) error) (bool, error) {
	p := s.place(lockDir, key)
	return s.guarded(ctx, p, func() (bool, error) {
		held, err := s.holder(p)
		if held == nil || err != nil || string(held.Entry.Data) != token {
			return false, err
		}
		err = change(p)
		return err == nil, err
	})
}

// holder is who holds the lock at p, or nil.
func (s *Store) holder(p place) (*wire.Envelope, error) {
	v, err := s.read(p)
	if v == nil || err != nil || v.Expired(s.cfg.Now()) {
		return nil, err
	}
	return v, nil
}

func (s *Store) writeLock(p place, token string, ttl time.Duration) error {
	return s.write(p, wire.Envelope{
		Key:     p.key,
		Entry:   strategies.Entry{Value: strategies.Value{Data: []byte(token)}},
		Expires: s.cfg.Now().Add(ttl),
	})
}

// guarded runs change while nobody else, in this process or another, changes
// what has the same guard. Of one process at most one goroutine for each guard
// waits in the kernel, since a process that is stopped while it has a guard
// holds up all others.
func (s *Store) guarded(ctx context.Context, p place, change func() (bool, error)) (bool, error) {
	return stores.Do(ctx, func() (bool, error) {
		mu := &s.guards[p.guard]
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		f, err := stores.OpenIn(filepath.Join(s.dir, guardDir), func(dir string) (*os.File, error) {
			return os.OpenFile(filepath.Join(dir, fmt.Sprintf("%02x", p.guard)), os.O_CREATE|os.O_RDWR, 0o600)
		})
		if err != nil {
			return false, stores.FileFault(err)
		}
		defer f.Close()
		if err := lockFile(f); err != nil {
			return false, stores.FileFault(err)
		}
		return change() // closing the file frees it
	})
}

// The lease of a key lies in the place of its entry, as a
// [wire.Placeholder], and is looked at and changed under the key's guard.

// Lease returns the entry of key or hands out its lease.
func (s *Store) Lease(ctx context.Context, key, token string, every time.Duration) (strategies.Lease, error) {
	if err := stores.LeaseTerms(token, every); err != nil {
		return strategies.Lease{}, err
	}
	p := s.place(valueDir, key)
	answer := new(strategies.Lease) // of nobody else, once the caller has left
	_, err := s.guarded(ctx, p, func() (bool, error) {
		now := s.cfg.Now()
		v, err := s.read(p)
		switch {
		case err != nil && !errors.Is(err, strategies.ErrForeign):
			return false, err
		case v != nil && !v.Expired(now):
			*answer = strategies.Lease{Found: true, Entry: v.Entry}
			return true, nil
		}
		x := s.placeholder(p, now)
		given := x.Give(token, now, every)
		*answer = x.Lease(key, given)
		if given {
			return true, s.putBytes(p, x.Bytes())
		}
		return true, nil
	})
	if err != nil {
		return strategies.Lease{}, err
	}
	return *answer, nil
}

// SetLeased stores an entry if token is the lease of key.
func (s *Store) SetLeased(ctx context.Context, key, token string, e strategies.Entry, ttl time.Duration) (bool, error) {
	if err := cmp.Or(stores.LeaseTerms(token, time.Second), stores.Lifetime(ttl)); err != nil {
		return false, err
	}
	p := s.place(valueDir, key)
	return s.guarded(ctx, p, func() (bool, error) {
		now := s.cfg.Now()
		if x := s.placeholder(p, now); x.Token != token {
			return false, nil
		}
		err := s.write(p, wire.Lasting(key, e, ttl, now))
		return err == nil, err
	})
}

// Retire removes key and its lease, and keeps its entry aside.
func (s *Store) Retire(ctx context.Context, key string, at strategies.Instant, keep time.Duration) error {
	if err := stores.Lifetime(keep); err != nil {
		return err
	}
	p := s.place(valueDir, key)
	_, err := s.guarded(ctx, p, func() (bool, error) {
		now := s.cfg.Now()
		x := s.placeholder(p, now)
		if v, _ := s.read(p); v != nil && !v.Expired(now) {
			b, err := v.MarshalBinary()
			if err != nil {
				return false, err
			}
			x.Retired, x.Old = at, b
		}
		if keep == 0 || x.Retired.IsZero() {
			return true, removeFile(p)
		}
		x.Token, x.Expires = "", strategies.At(now.Add(keep))
		return true, s.putBytes(p, x.Bytes())
	})
	return err
}

// placeholder is what is at p in the place of an entry that is not there.
func (s *Store) placeholder(p place, now time.Time) wire.Placeholder {
	b, _ := os.ReadFile(p.path) // what cannot be read is none
	return wire.PlaceholderIn(b, now)
}

// sweepPlaceholder removes what is at path if it is a placeholder whose time is
// over. Its guard is named by the path, as its key is not in it.
func (s *Store) sweepPlaceholder(ctx context.Context, path string) (bool, error) {
	first, err := hex.DecodeString(filepath.Base(filepath.Dir(filepath.Dir(path))))
	if err != nil || len(first) != 1 {
		return false, nil
	}
	return s.guarded(ctx, place{path: path, guard: first[0]}, func() (bool, error) {
		b, err := os.ReadFile(path)
		if err != nil || !wire.IsPlaceholder(b) {
			return false, nil
		}
		if x := wire.ReadPlaceholder(b); !x.Over(s.cfg.Now()) {
			return false, nil
		}
		return true, os.Remove(path)
	})
}
