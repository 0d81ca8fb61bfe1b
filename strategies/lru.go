package strategies

import (
	"container/list"
	"sync"
	"time"

	"github.com/herdlab/herdlab/internal/sieve"
	"github.com/herdlab/herdlab/strategies/clock"
)

// copies are the answers that a box keeps, some of which may be failures, in a bounded
// room. They are safe for concurrent use.
type copies interface {
	// get returns the answer of key if it may be used still.
	get(key string) (r Result, ok bool, err error)

	// put keeps an answer until an instant.
	put(key string, r Result, err error, until time.Time)

	// drop forgets key.
	drop(key string)
}

// newCopies is the room for entries copies of bytes together. What a simulator shows has
// to be what the software does that it models, most of which counts uses exactly.
func newCopies(entries int, bytes int64, r Runtime) copies {
	if r.ExactLRU {
		return newLRU(entries, bytes, r.Clock)
	}
	return sharedCopies{sieve.New[string, answer](sieve.Config{Entries: entries, Bytes: bytes}.On(r.Clock)), r.Clock}
}

// copyOverhead is what a copy takes besides its key and its data, roughly.
const copyOverhead = 200

func copySize(key string, r Result) int64 { return int64(copyOverhead + len(key) + len(r.Data)) }

// sharedCopies are copies that are read without a lock. Of two that were not used
// since they came, the older makes room, see [sieve.Map].
type sharedCopies struct {
	kept  *sieve.Map[string, answer]
	clock clock.Clock
}

// answer is what a strategy said.
type answer struct {
	res Result
	err error
}

func (s sharedCopies) get(key string) (Result, bool, error) {
	a, ok := s.kept.Get(key)
	return a.res, ok, a.err
}

func (s sharedCopies) put(key string, r Result, err error, until time.Time) {
	s.kept.Put(key, answer{r, err}, copySize(key, r), s.kept.In(until.Sub(s.clock.Now())))
}

func (s sharedCopies) drop(key string) { s.kept.Delete(key) }

// lru is copies of which the one unused for longest makes room.
type lru struct {
	clock   clock.Clock
	entries int
	bytes   int64

	mu    sync.Mutex
	held  int64                    // bytes
	byKey map[string]*list.Element // whose value is an *lruEntry
	order *list.List               // the most recently used first
}

type lruEntry struct {
	key   string
	res   Result
	err   error
	until time.Time
}

func newLRU(entries int, bytes int64, c clock.Clock) *lru {
	return &lru{clock: c, entries: entries, bytes: bytes, byKey: make(map[string]*list.Element), order: list.New()}
}

func (l *lru) get(key string) (r Result, ok bool, err error) {
	now := l.clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.byKey[key]
	if e == nil {
		return Result{}, false, nil
	}
	n := e.Value.(*lruEntry)
	if !now.Before(n.until) {
		return Result{}, false, nil
	}
	l.order.MoveToFront(e)
	return n.res, true, n.err
}

// put gives the room of the one unused for longest to the answer where the list is full,
// so that copies at their bound allocate nothing.
func (l *lru) put(key string, r Result, err error, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	size := copySize(key, r)
	if l.bytes > 0 && size > l.bytes {
		l.remove(l.byKey[key])
		return
	}
	e := l.byKey[key]
	switch {
	case e != nil:
		old := e.Value.(*lruEntry)
		l.held -= copySize(key, old.res)
	case l.order.Len() >= l.entries:
		e = l.order.Back()
		old := e.Value.(*lruEntry)
		l.held -= copySize(old.key, old.res)
		delete(l.byKey, old.key)
	default:
		e = l.order.PushFront(new(lruEntry))
	}
	*e.Value.(*lruEntry) = lruEntry{key, r, err, until}
	l.byKey[key] = e
	l.order.MoveToFront(e)
	for l.held += size; l.bytes > 0 && l.held > l.bytes; { // the new one fits, and is in front
		l.remove(l.order.Back())
	}
}

func (l *lru) drop(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remove(l.byKey[key])
}

// remove takes away a copy, if it is one.
func (l *lru) remove(e *list.Element) {
	if e == nil {
		return
	}
	n := l.order.Remove(e).(*lruEntry)
	l.held -= copySize(n.key, n.res)
	delete(l.byKey, n.key)
}
