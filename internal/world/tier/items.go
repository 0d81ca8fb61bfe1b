package tier

import (
	"math/rand/v2"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// PerItem is what a cache server spends on an entry besides key and value, in bytes.
const PerItem = 64

// entrySize is what an entry takes of a node's memory, in bytes.
func entrySize(space keyspace, key string, e strategies.Entry) int64 {
	return int64(space.length+len(key)+len(e.Data)) + PerItem
}

// item is an entry in a cache node. Items are linked in order of use, the most
// recent first. What every read looks at comes first.
type item struct {
	expires    int64 // nanoseconds of the Unix epoch; 0: never
	entry      strategies.Entry
	prev, next *item
	key        string
	space      int
	size       int64
	place      int // in items.all
}

// items is the memory of one node: a map, the order of use, and a limit.
type items struct {
	byKey    []map[string]*item // of every keyspace
	order    item               // sentinel: order.next is the most recently used
	used     int64
	peak     int64 // the most that was used
	limit    int64 // 0: none
	eviction string
	all      []*item // kept for random eviction only
	spare    *item   // removed items, linked by next
	rng      *rand.Rand

	evictions int64
}

func newItems(limit int64, eviction string, rng *rand.Rand) *items {
	m := &items{limit: limit, eviction: eviction, rng: rng}
	m.clear()
	return m
}

// clear forgets everything.
func (m *items) clear() {
	m.byKey = nil
	m.order.prev, m.order.next = &m.order, &m.order
	m.used, m.all = 0, nil
}

// len is the number of items.
func (m *items) len() (n int) {
	for _, of := range m.byKey {
		n += len(of)
	}
	return n
}

// find returns the item of key, or nil.
func (m *items) find(space keyspace, key string) *item {
	if space.number >= len(m.byKey) {
		return nil
	}
	return m.byKey[space.number][key]
}

// get returns the live item of key and marks it used, or nil.
func (m *items) get(space keyspace, key string, now time.Time) *item {
	it := m.find(space, key)
	if it == nil {
		return nil
	}
	if it.expires != 0 && it.expires <= now.UnixNano() {
		m.remove(it)
		return nil
	}
	if m.limit > 0 && m.order.next != it {
		it.unlink()
		m.link(it)
	}
	return it
}

// set stores an entry and makes room for it. It reports false where there is
// no room: the value alone exceeds the limit, or nothing may be evicted.
func (m *items) set(space keyspace, key string, e strategies.Entry, expires int64) bool {
	size := entrySize(space, key, e)
	it := m.find(space, key)
	if m.limit > 0 {
		needed := m.used + size - m.limit
		if it != nil {
			needed -= it.size
		}
		if size > m.limit || needed > 0 && m.eviction == "none" {
			return false
		}
	}
	if it == nil {
		it = m.insert(space, key)
	}
	m.used += size - it.size
	it.entry, it.expires, it.size = e, expires, size
	for m.limit > 0 && m.used > m.limit {
		m.evict(it)
	}
	m.peak = max(m.peak, m.used)
	return true
}

func (m *items) insert(space keyspace, key string) *item {
	for space.number >= len(m.byKey) {
		m.byKey = append(m.byKey, make(map[string]*item))
	}
	it := m.spare
	if it != nil {
		m.spare = it.next
	} else {
		it = new(item)
	}
	*it = item{key: key, space: space.number}
	m.byKey[space.number][key] = it
	m.link(it)
	if m.eviction == "random" {
		it.place = len(m.all)
		m.all = append(m.all, it)
	}
	return it
}

// evict gives up one item other than keep.
func (m *items) evict(keep *item) {
	victim := m.order.prev
	if m.eviction == "random" {
		for victim = keep; victim == keep; {
			victim = m.all[m.rng.IntN(len(m.all))]
		}
	} else if victim == keep {
		victim = keep.prev
	}
	m.remove(victim)
	m.evictions++
}

func (m *items) remove(it *item) {
	delete(m.byKey[it.space], it.key)
	m.used -= it.size
	it.unlink()
	if m.eviction == "random" {
		last := len(m.all) - 1
		m.all[it.place] = m.all[last]
		m.all[it.place].place = it.place
		m.all = m.all[:last]
	}
	*it = item{next: m.spare}
	m.spare = it
}

func (m *items) link(it *item) {
	it.prev, it.next = &m.order, m.order.next
	it.prev.next, it.next.prev = it, it
}

func (it *item) unlink() { it.prev.next, it.next.prev = it.next, it.prev }
