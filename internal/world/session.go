package world

import (
	"sync"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// SessionLife is how long a session is kept after it was written: two weeks, as
// Django has it (SESSION_COOKIE_AGE).
const SessionLife = 14 * 24 * time.Hour

// NewSession is the session of a user who has just logged in.
func NewSession(data []byte, now time.Time) strategies.Entry {
	return strategies.Entry{Value: strategies.Value{Data: data, Version: 1}, Stored: strategies.At(now)}
}

// Blank gives every key a content of which only the length means anything. Safe for
// concurrent use.
type Blank struct {
	size func(key string) int

	mu   sync.Mutex
	data []byte
}

// NewBlank returns contents of so many bytes.
func NewBlank(size func(key string) int) *Blank { return &Blank{size: size} }

// Of is the content of key, not to be changed.
func (b *Blank) Of(key string) []byte {
	n := b.size(key)
	b.mu.Lock()
	defer b.mu.Unlock()
	if n > len(b.data) {
		b.data = make([]byte, max(n, 2*len(b.data), 4096))
	}
	return b.data[:n:n]
}
