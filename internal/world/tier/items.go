package tier

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// PerItem is what a cache server spends on an entry besides key and value, in bytes.
const PerItem = 64

// entrySize is what an entry takes of a node's memory, in bytes.
func entrySize(space keyspace, key string, data []byte) int64 {
	return int64(space.length+len(key)+len(data)) + PerItem
}

// item is an entry in a cache node. Items are linked in order of use, the most
// recent first. A run may hold ten million of them: the fields are those of a
// strategies.Entry, packed, and the size is computed, so that an item fits into an
// allocation of 96 bytes.
type item struct {
	expires    int64 // nanoseconds of the Unix epoch; 0: never
	prev, next *item
	key        string
	value      strategies.Value
	stored     strategies.Instant
	cost       time.Duration
	place      uint32 // in items.all
	space      uint16 // number of its keyspace
	expired    bool   // of the entry, by a write
}

// entry is what was stored.
func (it *item) entry() strategies.Entry {
	return strategies.Entry{Value: it.value, Stored: it.stored, Cost: it.cost, Expired: it.expired}
}

// items is the memory of one node: a map, the order of use, and a limit. It is one
// arena, where memcached has slab classes: what it evicts is right, and how much it
// holds is right to within the waste of those.
type items struct {
	spaces   []spaceItems // by the number of the keyspace
	order    item         // sentinel: order.next is the most recently used
	used     int64        // bytes: the sum of the items' sizes
	peak     int64        // the most that was used
	limit    int64        // bytes; 0: none
	eviction string
	all      []*item // kept for random eviction only
	spare    *item   // removed items, linked by next
	rng      *rand.Rand

	evictions int64
}

// spaceItems are the items of one keyspace. A version bump makes a new one, and the
// old one's items stay until they are evicted, as they do in a real store.
type spaceItems struct {
	space keyspace
	byKey map[string]*item
}

// newItems returns an empty memory of so many bytes; 0 is without limit. Rng chooses
// what is evicted at random.
func newItems(limit int64, eviction string, rng *rand.Rand) *items {
	m := &items{limit: limit, eviction: eviction, rng: rng}
	m.clear()
	return m
}

// clear forgets everything but the peak. Spare items stay for what comes next.
func (m *items) clear() {
	m.spaces = nil
	m.order.prev, m.order.next = &m.order, &m.order
	m.used, m.all = 0, nil
}

// len is the number of items, expired ones that nobody has met among them.
func (m *items) len() (n int) {
	for i := range m.spaces {
		n += len(m.spaces[i].byKey)
	}
	return n
}

// sizeOf is what an item takes of the memory, in bytes.
func (m *items) sizeOf(it *item) int64 {
	return entrySize(m.spaces[it.space].space, it.key, it.value.Data)
}

// find returns the item of key, or nil, and leaves it where it is: expired or not,
// used or not.
func (m *items) find(space keyspace, key string) *item {
	if space.number >= len(m.spaces) {
		return nil
	}
	return m.spaces[space.number].byKey[key]
}

// get returns the live item of key and marks it used, or nil.
func (m *items) get(space keyspace, key string, now int64) *item {
	it := m.find(space, key)
	if it == nil {
		return nil
	}
	if it.expires != 0 && it.expires <= now {
		m.remove(it)
		return nil
	}
	if m.limit > 0 && m.order.next != it { // without a limit nobody asks for the order
		it.unlink()
		m.link(it)
	}
	return it
}

// set stores an entry and makes room for it. It reports false where there is
// no room: the value alone exceeds the limit, or nothing may be evicted.
func (m *items) set(space keyspace, key string, e strategies.Entry, expires int64) bool {
	size, before := entrySize(space, key, e.Data), int64(0)
	it := m.find(space, key)
	if it != nil {
		before = m.sizeOf(it)
	}
	if m.limit > 0 && (size > m.limit || m.eviction == "none" && m.used+size-before > m.limit) {
		return false
	}
	if it == nil {
		it = m.insert(space, key)
	}
	m.used += size - before
	it.value, it.stored, it.cost, it.expired, it.expires = e.Value, e.Stored, e.Cost, e.Expired, expires
	for m.limit > 0 && m.used > m.limit {
		m.evict(it)
	}
	m.peak = max(m.peak, m.used)
	return true
}

// insert adds an item without a value. The caller adds its size to what is used.
func (m *items) insert(space keyspace, key string) *item {
	for space.number >= len(m.spaces) {
		m.spaces = append(m.spaces, spaceItems{byKey: make(map[string]*item)})
	}
	m.spaces[space.number].space = space
	it := m.spare
	if it != nil {
		m.spare = it.next
	} else {
		it = new(item)
	}
	*it = item{key: key, space: uint16(space.number)}
	m.spaces[space.number].byKey[key] = it
	m.link(it)
	if m.eviction == "random" {
		it.place = uint32(len(m.all))
		m.all = append(m.all, it)
	}
	return it
}

// evict gives up one item other than keep, which has just been stored: the least
// recently used, or any, each as likely. An expired one is not preferred: no store
// knows its expired entries without looking for them.
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

// remove takes an item out. It is used again, so nobody may keep a pointer to it.
func (m *items) remove(it *item) {
	delete(m.spaces[it.space].byKey, it.key)
	m.used -= m.sizeOf(it)
	it.unlink()
	if m.eviction == "random" { // the last one takes its place
		last := len(m.all) - 1
		m.all[it.place] = m.all[last]
		m.all[it.place].place = it.place
		m.all = m.all[:last]
	}
	*it = item{next: m.spare}
	m.spare = it
}

// link makes an item the most recently used one.
func (m *items) link(it *item) {
	it.prev, it.next = &m.order, m.order.next
	it.prev.next, it.next.prev = it, it
}

// unlink takes an item out of the order of use.
func (it *item) unlink() { it.prev.next, it.next.prev = it.next, it.prev }

// check is the law that is broken: what is used is the sum of the sizes, and not more
// than the limit; the order of use, the map and the list for random eviction hold the
// same items.
func (m *items) check() error {
	var used int64
	linked := 0
	for it := m.order.next; it != &m.order; it = it.next {
		used += m.sizeOf(it)
		linked++
	}
	switch {
	case used != m.used:
		return fmt.Errorf("%d bytes are used, and the entries take %d", m.used, used)
	case m.limit > 0 && used > m.limit:
		return fmt.Errorf("%d bytes are used of %d", used, m.limit)
	case linked != m.len():
		return fmt.Errorf("%d entries are in the order of use, and %d can be found", linked, m.len())
	case m.eviction == "random" && linked != len(m.all):
		return fmt.Errorf("%d entries can be evicted, of %d", len(m.all), linked)
	}
	return nil
}
