package strategies

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// slots makes several locks of each: a request for one gets any that is free.
// The first has the key's own name, so that one slot is the lock itself.
type slots struct {
	locker   Locker
	extender Extender // the locker; nil if its locks cannot be prolonged, and then nobody tries
	n        int

	mu   sync.Mutex
	held map[string]int // the slot that a token holds
}

// TryLock tries one slot after the other.
func (s *slots) TryLock(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	for i := range s.n {
		got, err := s.locker.TryLock(ctx, slot(key, i), token, ttl)
		if err != nil {
			return false, err
		}
		if got {
			s.mu.Lock()
			s.held[token] = i
			s.mu.Unlock()
			return true, nil
		}
	}
	return false, nil
}

// Unlock frees the slot that token holds.
func (s *slots) Unlock(ctx context.Context, key, token string) (bool, error) {
	s.mu.Lock()
	i := s.held[token]
	delete(s.held, token)
	s.mu.Unlock()
	return s.locker.Unlock(ctx, slot(key, i), token)
}

// Extend prolongs the slot that token holds.
func (s *slots) Extend(ctx context.Context, key, token string, ttl time.Duration) (bool, error) {
	s.mu.Lock()
	i := s.held[token]
	s.mu.Unlock()
	return s.extender.Extend(ctx, slot(key, i), token, ttl)
}

func slot(key string, i int) string {
	if i == 0 {
		return key
	}
	return fmt.Sprintf("%s#%d", key, i)
}

// processLocks is the Locker of a single process. A lock does not expire: it is freed
// by its owner or dies with the process.
type processLocks struct {
	mu     sync.Mutex
	owners map[string]string
}

func newProcessLocks() *processLocks { return &processLocks{owners: make(map[string]string)} }

// TryLock takes the lock of key, unless it is taken.
func (l *processLocks) TryLock(_ context.Context, key, token string, _ time.Duration) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, taken := l.owners[key]; taken {
		return false, nil
	}
	l.owners[key] = token
	return true, nil
}

// Unlock frees the lock of key if token holds it.
func (l *processLocks) Unlock(_ context.Context, key, token string) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.owners[key] != token {
		return false, nil
	}
	delete(l.owners, key)
	return true, nil
}
