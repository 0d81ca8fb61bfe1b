package world

import (
	"sync"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// SessionLife is how long a session is kept after it was written: two weeks, as
// Django has it (SESSION_COOKIE_AGE).
const SessionLife = 14 * 24 * time.Hour

// session serves a user's session, which is data and not a copy of any: nothing
// can compute it. A user whose session is gone is told to log in, does so, and has
// one again.
func (p *Program) session(j *Job, now func() time.Time) {
	cache := p.Caches[j.Cache]
	if !j.Write {
		e, ok, err := cache.Get(background, j.Key)
		switch {
		case err != nil:
			j.Outcome = strategies.CacheError
			return
		case ok:
			j.Outcome, j.Stored, j.Version, j.Data = strategies.FreshHit, e.Stored, e.Version, e.Data
			return
		}
	}
	j.Outcome = strategies.Written
	if !j.Write {
		j.Outcome = strategies.LoggedOut
	}
	if cache.Set(background, j.Key, NewSession(p.Session(j.Key), now()), SessionLife) != nil {
		j.Outcome = strategies.CacheError
	}
}

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
