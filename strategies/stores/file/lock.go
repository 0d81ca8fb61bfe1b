package file

import (
	"context"
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
		err = s.hold(p, token, ttl)
		return err == nil, err
	})
}

// Unlock frees the lock of key if token holds it.
func (s *Store) Unlock(ctx context.Context, key, token string) (bool, error) {
	return s.owned(ctx, key, token, remove)
}

// Extend makes the lock of key last ttl from now if token holds it.
func (s *Store) Extend(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	if err := stores.LockLifetime(ttl); err != nil {
		return false, err
	}
	return s.owned(ctx, key, token, func(p place) error { return s.hold(p, token, ttl) })
}

// owned changes the lock of key if token holds it.
func (s *Store) owned(ctx context.Context, key, token string, change func(place) error) (bool, error) {
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

func (s *Store) hold(p place, token string, ttl time.Duration) error {
	return s.write(p, wire.Envelope{
		Key:     p.key,
		Entry:   strategies.Entry{Value: strategies.Value{Data: []byte(token)}},
		Expires: s.cfg.Now().Add(ttl),
	})
}
