package tier

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/herdlab/herdlab/internal/hash"
	"github.com/herdlab/herdlab/strategies"
)

// PerItem is what a cache server spends on an entry besides key and value, in bytes.
const PerItem = 64

// entrySize is what an entry takes of a node's memory, in bytes.
func entrySize(space keyspace, key string, data []byte) int64 {
	return int64(space.length+len(key)+len(data)) + PerItem
}

// item is an entry in a cache node. Items are linked in order of use, the most
// recent first. A run may hold ten million of them, so they are packed into 88 bytes,
// know each other by number, and lie in chunks; the size is computed.
type item struct {
	expires    int64 // nanoseconds of the Unix epoch; 0: never
	key        string
	value      strategies.Value
	stored     strategies.Instant
	cost       time.Duration
	prev, next uint32 // in the order of use
	place      uint32 // in items.all
	space      uint16 // number of its keyspace
	expired    bool   // of the entry, by a write
}

// entry is what was stored.
func (it *item) entry() strategies.Entry {
	return strategies.Entry{Value: it.value, Stored: it.stored, Cost: it.cost, Expired: it.expired}
}

// items is the memory of one node: a table of keys, the order of use, and a limit. It
// is one arena, where memcached has slab classes: what it evicts is right, and how much
// it holds is right to within the waste of those.
//
// The table is one of open addressing, with a part of the hash beside each number, so
// that a look into it seldom touches an item in vain. A map of pointers takes 36 bytes
// a key in place of 12, and holds every key twice. Nothing ever walks the table, so
// that its order is in no result.
type items struct {
	chunks [][]item // item 0 is the sentinel of the order: its next is the most recently used
	slots  []slot   // their number is a power of two, and a quarter at least is free
	count  int      // of items that are there
	mortal int      // of those, the ones that expire

	// None of them expires before soonest: it is the first expiry of all that were ever set
	// since the memory was empty. An entry that goes leaves it where it is, too early, which
	// costs a sweep a look at the entries and changes nothing of what it finds.
	soonest int64

	prefixes []int // lengths of the prefixes, by the number of the keyspace
	used     int64 // bytes: the sum of the items' sizes
	peak     int64 // the most that was used
	limit    int64 // bytes; 0: none
	eviction string
	reclaims bool     // what has expired goes first where it is the next to be evicted, as in memcached
	all      []uint32 // kept for random eviction only
	spare    uint32   // removed items, linked by next
	rng      *rand.Rand

	evictions int64
}

// slot is a place of the table.
type slot struct {
	tag    uint32 // of the item's key; its lowest bits are the slot where it would best be
	number uint32 // of the item; 0 is free
}

// A chunk is 11 pages of memory, with nothing left over. The first one grows to that,
// for the memory of a process may have room for a few hundred items only.
const (
	chunkBits = 10
	chunkSize = 1 << chunkBits
)

// newItems returns an empty memory of so many bytes; 0 is without limit. Rng chooses
// what is evicted at random.
func newItems(limit int64, eviction string, rng *rand.Rand) *items {
	m := &items{limit: limit, eviction: eviction, rng: rng}
	m.clear()
	return m
}

// clear forgets everything but the peak.
func (m *items) clear() {
	m.chunks, m.slots, m.count = [][]item{make([]item, 1, 16)}, make([]slot, 16), 0
	m.used, m.mortal, m.soonest, m.all, m.spare = 0, 0, math.MaxInt64, nil, 0
}

// at is the item of a number. The pointer is good until the next insert.
func (m *items) at(number uint32) *item {
	return &m.chunks[number>>chunkBits][number&(chunkSize-1)]
}

// sizeOf is what an item takes of the memory, in bytes.
func (m *items) sizeOf(it *item) int64 {
	return int64(m.prefixes[it.space]+len(it.key)+len(it.value.Data)) + PerItem
}

// tagOf is the part of a key's hash that the table has. FNV-1a alone leaves the lower
// bits of keys that differ in their last digit close together, and the table takes its
// places from them: hence the mix.
func tagOf(space uint16, key string) uint32 {
	return uint32(hash.Mix(hash.FNV1a(key)+uint64(space)) >> 32)
}

// find returns the number of key's item, or 0, and leaves it where it is: expired or
// not, used or not.
func (m *items) find(space keyspace, key string) uint32 {
	tag := tagOf(uint16(space.number), key)
	for i := m.home(tag); m.slots[i].number != 0; i = m.after(i) {
		if s := m.slots[i]; s.tag == tag {
			if it := m.at(s.number); it.key == key && int(it.space) == space.number {
				return s.number
			}
		}
	}
	return 0
}

// home is the slot where an item would best be, and where a search for it begins.
func (m *items) home(tag uint32) int { return int(tag) & (len(m.slots) - 1) }

// after is the next slot, round the table. A search ends at the first free one, of
// which there always are some.
func (m *items) after(i int) int { return (i + 1) & (len(m.slots) - 1) }

// get returns the live item of key and marks it used, or nil.
func (m *items) get(space keyspace, key string, now int64) *item {
	n := m.find(space, key)
	if n == 0 {
		return nil
	}
	it := m.at(n)
	if it.expires != 0 && it.expires <= now {
		m.remove(n)
		return nil
	}
	if m.limit > 0 && m.at(0).next != n { // without a limit nobody asks for the order
		m.unlink(it)
		m.link(n)
	}
	return it
}

// set stores an entry and makes room for it. It reports false where there is
// no room: the value alone exceeds the limit, or nothing may be evicted.
func (m *items) set(space keyspace, key string, e strategies.Entry, now, expires int64) bool {
	size, before := entrySize(space, key, e.Data), int64(0)
	n := m.find(space, key)
	if n != 0 {
		before = m.sizeOf(m.at(n))
	}
	if m.limit > 0 && m.used+size-before > m.limit && m.reclaims { // before anything is evicted, or refused
		m.reclaim(n, m.used+size-before-m.limit, now)
	}
	if m.limit > 0 && (size > m.limit || m.eviction == "none" && m.used+size-before > m.limit) {
		return false
	}
	if n == 0 {
		n = m.insert(space, key)
	}
	m.used += size - before
	it := m.at(n)
	m.mortal += mortal(expires) - mortal(it.expires)
	if expires != 0 {
		m.soonest = min(m.soonest, expires)
	}
	it.value, it.stored, it.cost, it.expired, it.expires = e.Value, e.Stored, e.Cost, e.Expired, expires
	for m.limit > 0 && m.used > m.limit {
		m.evict(n)
	}
	m.peak = max(m.peak, m.used)
	return true
}

// insert adds an item without a value. The caller adds its size to what is used, and
// has room made: an item that does not fit is there for the length of that.
func (m *items) insert(space keyspace, key string) uint32 {
	for space.number >= len(m.prefixes) {
		m.prefixes = append(m.prefixes, 0)
	}
	m.prefixes[space.number] = space.length
	if 4*(m.count+1) > 3*len(m.slots) {
		m.widen()
	}
	n := m.allocate()
	it := m.at(n)
	*it = item{key: key, space: uint16(space.number)}
	m.enter(slot{tagOf(it.space, key), n})
	m.count++
	m.link(n)
	if m.eviction == "random" {
		it.place = uint32(len(m.all))
		m.all = append(m.all, n)
	}
	return n
}

// allocate finds memory for an item: that of a removed one, or more. Memory is never
// given back before the node forgets all, as memcached's is not.
func (m *items) allocate() uint32 {
	if n := m.spare; n != 0 {
		m.spare = m.at(n).next
		return n
	}
	last := len(m.chunks) - 1
	if len(m.chunks[last]) == chunkSize {
		m.chunks = append(m.chunks, make([]item, 0, chunkSize))
		last++
	}
	m.chunks[last] = append(m.chunks[last], item{})
	return uint32(last<<chunkBits + len(m.chunks[last]) - 1)
}

// mortal is 1 for an entry that expires, and 0 for another.
func mortal(expires int64) int {
	if expires == 0 {
		return 0
	}
	return 1
}

// reclaim frees so many bytes, or some of them, of the least recently used entries, as
// long as they have expired. Keep is about to be stored.
func (m *items) reclaim(keep uint32, bytes, now int64) {
	for enough := m.used - bytes; m.used > enough; {
		last := m.at(0).prev
		if it := m.at(last); last == 0 || last == keep || it.expires == 0 || it.expires > now {
			return
		}
		m.remove(last)
	}
}

// widen doubles the table.
func (m *items) widen() { m.resize(2 * len(m.slots)) }

// shrink halves a table that is nearly empty, as Redis does, so that a sweep finds in it
// what there is.
func (m *items) shrink() {
	for len(m.slots) > 16 && 10*m.count < len(m.slots) {
		m.resize(len(m.slots) / 2)
	}
}

// resize has the table have so many places. The tags are all that it needs for that, so
// that no key is read, and hashed, again.
func (m *items) resize(places int) {
	old := m.slots
	m.slots = make([]slot, places)
	for _, s := range old {
		if s.number != 0 {
			m.enter(s)
		}
	}
}

// enter puts s into the first free slot from its best one on.
func (m *items) enter(s slot) {
	i := m.home(s.tag)
	for m.slots[i].number != 0 {
		i = m.after(i)
	}
	m.slots[i] = s
}

// leave frees the slot of an item. What comes after it moves up, unless it would then
// stand before its best slot, where nobody looks for it:
//
//	a  b  .  d      b leaves, and d, whose best slot was b's or an earlier one,
//	a  d  .  .      takes its place
func (m *items) leave(number uint32, tag uint32) {
	free := m.home(tag)
	for m.slots[free].number != number {
		free = m.after(free)
	}
	for i := m.after(free); m.slots[i].number != 0; i = m.after(i) {
		mask := len(m.slots) - 1
		if from := m.home(m.slots[i].tag); (i-from)&mask >= (i-free)&mask {
			m.slots[free], free = m.slots[i], i
		}
	}
	m.slots[free] = slot{}
}

// evict gives up one item other than keep, which has just been stored: the least
// recently used, or any, each as likely. An expired one is not preferred: no store
// knows its expired entries without looking for them. What memcached finds expired at
// the end of its LRU, reclaim has freed by then.
func (m *items) evict(keep uint32) {
	victim := m.at(0).prev
	if m.eviction == "random" {
		for victim = keep; victim == keep; {
			victim = m.all[m.rng.IntN(len(m.all))]
		}
	} else if victim == keep {
		victim = m.at(keep).prev
	}
	m.remove(victim)
	m.evictions++
}

// remove takes an item out. It is used again, so nobody may keep its number.
func (m *items) remove(number uint32) {
	it := m.at(number)
	m.leave(number, tagOf(it.space, it.key))
	m.count--
	m.mortal -= mortal(it.expires)
	m.used -= m.sizeOf(it)
	m.unlink(it)
	if m.eviction == "random" { // the last one takes its place
		last := len(m.all) - 1
		m.all[it.place] = m.all[last]
		m.at(m.all[last]).place = it.place
		m.all = m.all[:last]
	}
	*it = item{next: m.spare}
	m.spare = number
}

// link makes an item the most recently used one.
func (m *items) link(number uint32) {
	it, sentinel := m.at(number), m.at(0)
	it.prev, it.next = 0, sentinel.next
	m.at(it.next).prev, sentinel.next = number, number
}

// unlink takes an item out of the order of use.
func (m *items) unlink(it *item) {
	m.at(it.prev).next, m.at(it.next).prev = it.next, it.prev
}

// check is the law that is broken: what is used is the sum of the sizes, and not more
// than the limit; the order of use, the table and the list for random eviction hold the
// same items.
func (m *items) check() error {
	var used int64
	linked, found, mortals, early := 0, 0, 0, false
	for n := m.at(0).next; n != 0; n = m.at(n).next {
		it := m.at(n)
		used += m.sizeOf(it)
		mortals += mortal(it.expires)
		early = early || it.expires != 0 && it.expires < m.soonest
		linked++
		if m.find(keyspace{number: int(it.space)}, it.key) == n {
			found++
		}
	}
	switch {
	case used != m.used:
		return fmt.Errorf("%d bytes are used, and the entries take %d", m.used, used)
	case m.limit > 0 && used > m.limit:
		return fmt.Errorf("%d bytes are used of %d", used, m.limit)
	case linked != m.count || linked != found:
		return fmt.Errorf("%d entries are in the order of use, %d can be found, and %d are there", linked, found, m.count)
	case mortals != m.mortal:
		return fmt.Errorf("%d entries expire, of which %d are counted", mortals, m.mortal)
	case early:
		return errors.New("an entry expires before the first one does")
	case m.eviction == "random" && linked != len(m.all):
		return fmt.Errorf("%d entries can be evicted, of %d", len(m.all), linked)
	}
	return nil
}
