package strategies

import (
	"container/list"
	"time"
)

// lru is a bounded map of answers, some of which may be failures; the one unused for longest makes room. Not
// safe for concurrent use.
type lru struct {
	bound int
	byKey map[string]*list.Element // whose value is an *lruEntry
	order *list.List               // the most recently used first
}

type lruEntry struct {
	key   string
	res   Result
	err   error
	until time.Time
}

func newLRU(bound int) *lru {
	return &lru{bound: bound, byKey: make(map[string]*list.Element), order: list.New()}
}

// get returns the answer of key if it may be used still.
func (l *lru) get(key string, now time.Time) (r Result, ok bool, err error) {
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

// put keeps an answer until an instant. A full list gives the room of the one unused
// for longest to it, so that a cache at its bound allocates nothing.
func (l *lru) put(key string, r Result, err error, until time.Time) {
	e := l.byKey[key]
	switch {
	case e != nil:
	case l.order.Len() >= l.bound:
		e = l.order.Back()
		delete(l.byKey, e.Value.(*lruEntry).key)
	default:
		e = l.order.PushFront(new(lruEntry))
	}
	*e.Value.(*lruEntry) = lruEntry{key, r, err, until}
	l.byKey[key] = e
	l.order.MoveToFront(e)
}

// drop forgets key.
func (l *lru) drop(key string) {
	if e := l.byKey[key]; e != nil {
		l.order.Remove(e)
		delete(l.byKey, key)
	}
}
