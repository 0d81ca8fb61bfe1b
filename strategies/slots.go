package strategies

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// slots makes several locks of each: whoever asks for one gets any that is free.
// The first has the key's own name, so that one slot is the lock itself.
type slots struct {
	locker   Locker
	extender Extender // nil: locks are not prolonged
	n        int

	mu   sync.Mutex
	held map[string]int // the slot that a token holds
}

var (
	_ Locker   = (*slots)(nil)
	_ Extender = (*slots)(nil)
)

func newSlots(locker Locker, extender Extender, n int) *slots {
	return &slots{locker: locker, extender: extender, n: n, held: make(map[string]int)}
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
