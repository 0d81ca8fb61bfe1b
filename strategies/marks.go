package strategies

import (
	"context"
	"sync"
	"time"
)

// marks is the Locker of a single process. A mark does not expire: it is freed
// by its owner or dies with the process.
type marks struct {
	mu     sync.Mutex
	owners map[string]string
}

var _ Locker = (*marks)(nil)

func newMarks() *marks { return &marks{owners: make(map[string]string)} }

// TryLock marks key, unless it is marked.
func (m *marks) TryLock(_ context.Context, key, token string, _ time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, taken := m.owners[key]; taken {
		return false, nil
	}
	m.owners[key] = token
	return true, nil
}

// Unlock removes the mark of token.
func (m *marks) Unlock(_ context.Context, key, token string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.owners[key] != token {
		return false, nil
	}
	delete(m.owners, key)
	return true, nil
}
