package origin

import (
	"sync"
	"time"
)

// rememberedCommits is how far the history of one row goes back: a load that takes
// longer than so many writes sees too new a version.
const rememberedCommits = 64

// row is the history of one key that has been written. A key that never was
// has version 1, and no row: the methods take a nil row for that. Its instants are times
// since the origin was made, a third of a time.Time: there may be 64 of a million keys.
type row struct {
	commits []time.Duration // the latest; the last made version `version`
	version uint64
}

// commit makes the next version current and returns it. Commits come in the order of
// time, as the clock does not go back.
func (r *row) commit(at time.Duration) uint64 {
	if r.version == 0 {
		r.version = 1
	}
	r.version++
	if len(r.commits) == rememberedCommits {
		copy(r.commits, r.commits[1:])
		r.commits = r.commits[:rememberedCommits-1]
	}
	r.commits = append(r.commits, at)
	return r.version
}

// versionAt is the version that was current at an instant.
func (r *row) versionAt(instant time.Duration) uint64 {
	if r == nil {
		return 1
	}
	version := r.version
	for i := len(r.commits) - 1; i >= 0 && r.commits[i] > instant; i-- {
		version--
	}
	return version
}

// superseded is the instant of the commit after the given version. Of a
// version older than what is remembered it is the oldest commit known, so that
// its staleness is understated.
func (r *row) superseded(version uint64) (at time.Duration, ok bool) {
	if r == nil || version >= r.version {
		return 0, false
	}
	i := len(r.commits) - int(min(r.version-version, uint64(len(r.commits))))
	return r.commits[i], true
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

// Value is the content of key, not to be changed.
func (b *Blank) Value(key string) []byte {
	n := b.size(key)
	b.mu.Lock()
	defer b.mu.Unlock()
	if n > len(b.data) {
		b.data = make([]byte, max(n, 2*len(b.data), 4096))
	}
	return b.data[:n:n]
}
