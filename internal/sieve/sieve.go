// Package sieve is a map in memory that is bounded in entries and in bytes, and whose
// entries expire. A read takes no lock and moves nothing: two processors read twice as
// fast as one.
//
// What makes room is chosen by SIEVE (Zhang and others, NSDI 2024): entries stand in the
// order they came in, a hit sets a bit, and a hand that goes from the oldest to the
// newest takes the first whose bit is not set, and clears those it passes. Its hit ratio
// is at least that of a list in order of use on the traces of that paper, and it needs
// no list to be changed by a hit.
package sieve

import (
	"math"
	"sync"
	"sync/atomic"
	"time"
	"weak"

	"github.com/herdlab/herdlab/strategies/clock"
)

// Forever is the end of an entry that has none.
const Forever int64 = math.MaxInt64

// Config bounds a [Map] and gives it its time.
type Config struct {
	Entries int   // at most; zero is no bound
	Bytes   int64 // at most, by the sizes that Put is told; zero is no bound

	// Now is the time in nanoseconds since an instant of its own.
	Now func() int64

	// After runs a function once some time has passed: it takes away what has expired and
	// is not asked for. Nil leaves that to later Puts.
	After func(time.Duration, func())
}

// On is c with the time of a clock, which is read once for a hit: by Since, if the clock
// has that, as it takes half the time of Now. What expires is taken away by AfterFunc, if
// the clock has that.
func (c Config) On(clk clock.Clock) Config {
	begun := clk.Now()
	since := func(t time.Time) time.Duration { return clk.Now().Sub(t) }
	if clk, ok := clk.(interface{ Since(time.Time) time.Duration }); ok {
		since = clk.Since
	}
	c.Now = func() int64 { return int64(since(begun)) }
	if clk, ok := clk.(interface{ AfterFunc(time.Duration, func()) }); ok {
		c.After = clk.AfterFunc
	}
	return c
}

// Map is a bounded map. Its methods may be called by several goroutines at once.
type Map[K comparable, V any] struct {
	cfg   Config
	byKey sync.Map // of *node, changed only with mu held

	mu             sync.Mutex
	oldest, newest *node[K, V]
	hand           *node[K, V] // the next that may have to go; nil is the oldest
	entries        int
	bytes          int64
	sweeping       bool // After has been asked to run sweep
}

// node is an entry. All but its links and its bit stays as it was made, so that a
// reader needs no lock: another value of the key is another node.
type node[K comparable, V any] struct {
	key          K
	value        V
	size, until  int64
	used         atomic.Bool // since it came, or the hand passed
	older, newer *node[K, V]
}

// New makes an empty map.
func New[K comparable, V any](cfg Config) *Map[K, V] { return &Map[K, V]{cfg: cfg} }

// Get returns the value of key unless it has expired.
func (m *Map[K, V]) Get(key K) (V, bool) {
	n := m.find(key)
	if n == nil || n.until != Forever && n.until <= m.cfg.Now() {
		var none V
		return none, false
	}
	if !n.used.Load() { // a store to a line that all processors read would cost them all
		n.used.Store(true)
	}
	return n.value, true
}

func (m *Map[K, V]) find(key K) *node[K, V] {
	if found, ok := m.byKey.Load(key); ok {
		return found.(*node[K, V])
	}
	return nil
}

// Put keeps value under key until an instant of Now, and reports whether it does: a value
// larger than the whole map is not kept, and neither is the one before it.
func (m *Map[K, V]) Put(key K, value V, size, until int64) bool {
	now := m.cfg.Now()
	n := &node[K, V]{key: key, value: value, size: size, until: until}
	m.mu.Lock()
	defer m.mu.Unlock()
	if old := m.find(key); old != nil {
		n.used.Store(old.used.Load())
		m.remove(old)
	}
	if m.cfg.Bytes > 0 && size > m.cfg.Bytes || until <= now {
		return false
	}
	// Two for every one that comes: what has expired becomes less.
	for range 2 {
		if m.oldest == nil || m.oldest.until > now {
			break
		}
		m.remove(m.oldest)
	}
	for m.entries > 0 && m.full(size) {
		m.evict(now)
	}
	m.push(n)
	m.sweepLater(now, until)
	return true
}

// In is the instant of Now in d from now.
func (m *Map[K, V]) In(d time.Duration) int64 { return m.cfg.Now() + int64(d) }

// full reports whether something has to go before size bytes may come.
func (m *Map[K, V]) full(size int64) bool {
	return m.cfg.Entries > 0 && m.entries >= m.cfg.Entries || m.cfg.Bytes > 0 && m.bytes+size > m.cfg.Bytes
}

// evict takes one entry away. It ends, since the hand clears what it passes.
func (m *Map[K, V]) evict(now int64) {
	for {
		if m.hand == nil {
			m.hand = m.oldest
		}
		n := m.hand
		if n.until <= now || !n.used.Load() {
			m.remove(n)
			return
		}
		n.used.Store(false)
		m.hand = n.newer
	}
}

func (m *Map[K, V]) push(n *node[K, V]) {
	n.older = m.newest
	if m.newest != nil {
		m.newest.newer = n
	} else {
		m.oldest = n
	}
	m.newest = n
	m.entries++
	m.bytes += n.size
	m.byKey.Store(n.key, n)
}

func (m *Map[K, V]) remove(n *node[K, V]) {
	if m.hand == n {
		m.hand = n.newer
	}
	if n.older != nil {
		n.older.newer = n.newer
	} else {
		m.oldest = n.newer
	}
	if n.newer != nil {
		n.newer.older = n.older
	} else {
		m.newest = n.older
	}
	m.entries--
	m.bytes -= n.size
	m.byKey.Delete(n.key)
}

// Delete forgets key and reports whether there was something to forget, expired or not.
func (m *Map[K, V]) Delete(key K) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.find(key)
	if n != nil {
		m.remove(n)
	}
	return n != nil
}

// Clear forgets everything.
func (m *Map[K, V]) Clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.byKey.Clear()
	m.oldest, m.newest, m.hand, m.entries, m.bytes = nil, nil, nil, 0, 0
}

// Held is how many entries there are, with those that have expired and not been taken
// away, and how many bytes.
func (m *Map[K, V]) Held() (entries int, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.entries, m.bytes
}

// sweepEvery is the shortest time between two sweeps.
const sweepEvery = 100 * time.Millisecond

// sweepLater has sweep run when an entry has expired that ends at until, unless it is to run
// anyway. A map that nobody holds any more is not held by that.
func (m *Map[K, V]) sweepLater(now, until int64) {
	if m.cfg.After == nil || m.sweeping || until == Forever {
		return
	}
	m.sweeping = true
	held := weak.Make(m)
	m.cfg.After(max(time.Duration(until-now), sweepEvery), func() {
		if m := held.Value(); m != nil {
			m.sweep()
		}
	})
}

// sweep takes away what has expired, from the oldest on: entries that live equally long
// expire in the order they came. One that lives longer keeps those behind it until it
// ends or is evicted, or somebody puts another value in their place.
func (m *Map[K, V]) sweep() {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweeping = false
	for m.oldest != nil && m.oldest.until <= now {
		m.remove(m.oldest)
	}
	if m.oldest != nil {
		m.sweepLater(now, m.oldest.until)
	}
}
