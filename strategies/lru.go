package strategies

import "time"

// lru is a bounded map of answers, some of which may be failures; the one unused for longest makes room. Not
// safe for concurrent use.
type lru struct {
	bound int
	nodes map[string]*lruNode
	ring  lruNode // its next is the most recently used, its prev the least
}

type lruNode struct {
	prev, next *lruNode
	key        string
	res        Result
	err        error
	until      time.Time
}

func newLRU(bound int) *lru {
	l := &lru{bound: bound, nodes: make(map[string]*lruNode)}
	l.ring.prev, l.ring.next = &l.ring, &l.ring
	return l
}

// get returns the answer of key if it may be used still.
func (l *lru) get(key string, now time.Time) (r Result, ok bool, err error) {
	n := l.nodes[key]
	if n == nil || !now.Before(n.until) {
		return Result{}, false, nil
	}
	n.unlink()
	n.linkAfter(&l.ring)
	return n.res, true, n.err
}

// put keeps an answer until an instant.
func (l *lru) put(key string, r Result, err error, until time.Time) {
	n := l.nodes[key]
	switch {
	case n != nil:
		n.unlink()
	case len(l.nodes) >= l.bound:
		n = l.ring.prev
		l.drop(n.key)
	default:
		n = new(lruNode)
	}
	n.key, n.res, n.err, n.until = key, r, err, until
	l.nodes[key] = n
	n.linkAfter(&l.ring)
}

// drop forgets key.
func (l *lru) drop(key string) {
	if n := l.nodes[key]; n != nil {
		n.unlink()
		delete(l.nodes, key)
	}
}

func (n *lruNode) unlink() { n.prev.next, n.next.prev = n.next, n.prev }

func (n *lruNode) linkAfter(other *lruNode) {
	n.prev, n.next = other, other.next
	n.prev.next, n.next.prev = n, n
}
