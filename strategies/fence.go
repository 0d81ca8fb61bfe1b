package strategies

import (
	"maps"
	"sync"
	"time"
)

// fence remembers the writes of a process for as long as a load may take, so that what was
// read before a write is not stored after it:
//
//	A: load begins, reads version 1
//	B: write of version 2, Invalidate
//	A: sets version 1, which is served up to its bound
//
// The memory is of one process. For the loads of other boxes a write that has a version
// leaves a tombstone in the cache, where that knows versions: an entry without a value,
// too old to be served, that lower versions cannot replace. Without versions a load of
// another box, and a set that is on its way when the write comes, are not held back.
type fence struct {
	life time.Duration // of what is remembered, and of a tombstone

	mu      sync.Mutex
	writes  map[string]write
	sweepAt int // number of writes at which to forget those long over
}

// write is the last write of a key.
type write struct {
	version uint64 // 0 where it has none
	at      time.Time
}

// newFence returns nil, which holds nothing back, where it is off. A load without a limit
// is taken to end within the usual one.
func newFence(on bool, f Flights) *fence {
	if !on {
		return nil
	}
	life := *f.LoadTimeout
	if life == 0 {
		life = 30 * time.Second
	}
	return &fence{life: life, writes: make(map[string]write), sweepAt: 1024}
}

// note remembers a write. It is called before the cache is told: a load that ends in
// between is held back already.
func (f *fence) note(key string, version uint64, now time.Time) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.writes) >= f.sweepAt {
		maps.DeleteFunc(f.writes, func(_ string, w write) bool { return now.Sub(w.at) >= f.life })
		f.sweepAt = max(1024, 2*len(f.writes))
	}
	f.writes[key] = write{max(version, f.writes[key].version), now}
}

// overtaken reports whether a write has come since e was read at the origin: by their
// versions, or where one has none, by when its load began.
func (f *fence) overtaken(key string, e *Entry, now time.Time) bool {
	if f == nil {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	w, ok := f.writes[key]
	switch {
	case !ok || now.Sub(w.at) >= f.life:
		return false
	case w.version > 0 && e.Version > 0:
		return e.Version < w.version
	}
	begun := e.Stored.Time().Add(-e.Cost)
	return !begun.After(w.at)
}
