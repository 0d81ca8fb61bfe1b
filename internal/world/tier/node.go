package tier

import (
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/world/station"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
	"github.com/herdlab/herdlab/strategies/stores/lifetime"
)

// Errors of a cache node, as its client sees them. A strategy sees no difference
// between them: an operation that fails has an unknown effect, and none has a value.
var (
	ErrRefused  = errors.New("cache node: connection refused")
	ErrNoAnswer = errors.New("cache node: no answer within the time-out")
	ErrNoMemory = errors.New("cache node: no room for the value")
	ErrTooLarge = errors.New("cache node: the entry is larger than it takes")
	ErrResting  = errors.New("cache node: not asked, for it has failed a moment ago")
	ErrNoNode   = errors.New("cache: every node is off the ring")
	ErrLifetime = errors.New("cache: an entry lives for zero, which is for ever, or more, and a lock for more than zero")
	ErrCut      = errors.New("cache: the box that asked has crashed")
	errLease    = errors.New("cache: a lease has a token of 1 to 255 bytes and is withheld for a time above zero")
)

// state is how a node answers. The two failures cost a client very different things:
// a refusal one round trip, a hang the whole time-out, for every operation.
type state uint8

const (
	up      state = iota
	refuses       // its port is closed: the client hears so at once
	hangs         // it takes connections and answers nothing
)

// node is one cache server: memory, locks and a network link that all of its
// clients share. Its mutex is never held over a wait: an operation locks it at the
// one instant at which it happens.
type node struct {
	condition atomic.Int64 // 4 breaks + state: what was under way over a break is lost
	changed   func()       // hears of every change, if not nil; set before the first

	mu        sync.Mutex
	hung      *hang // nil but while it hangs
	items     *items
	locks     map[wireKey]lock
	leases    map[wireKey]lease
	link      *station.Station
	bandwidth float64 // bytes a second; 0: no limit
	maxItem   int64   // bytes of an entry; 0: no limit
	expiry    expiry
	sweeper   sweeper
	sweepDue  int64              // in nanoseconds of the Unix epoch
	read      func(at time.Time) // hears of every read; or nil
	stats     metrics.CacheStats

	longest time.Duration // that an entry lives; 0: no limit
}

// newNode returns an empty node that was started now: memcached's ticks count from
// there.
func newNode(cfg Config, rng *rand.Rand, now time.Time) *node {
	n := &node{
		items: newItems(cfg.Memory, cfg.Eviction, rng), locks: make(map[wireKey]lock), leases: make(map[wireKey]lease),
		link: station.New(1), bandwidth: cfg.Bandwidth, maxItem: cfg.MaxItem,
		expiry: expiry{cfg.Dialect(), lifetime.Memcached{Started: now}},
	}
	sweeper, first := newSweeper(cfg.sweepWord())
	n.sweeper, n.sweepDue, n.items.reclaims = sweeper, now.Add(first).UnixNano(), cfg.sweepWord() == MemcachedSweep
	return n
}

// sweep frees what the server's own sweeps have found by now. They are made up for when
// somebody looks: what none has asked for meanwhile nobody could see.
func (n *node) sweep(now int64) {
	for n.sweepDue <= now {
		n.sweepDue = n.sweeper.sweep(n.items, n.sweepDue, now)
	}
}

// transfer takes a place on the link for so many bytes and returns how long they take
// to pass, queueing included. The link is a station of one server: a value of 1 MB
// before a small one holds it up, which is how one hot key saturates a node.
func (n *node) transfer(now int64, bytes int) time.Duration {
	if n.bandwidth == 0 {
		return 0
	}
	service := time.Duration(float64(bytes) / n.bandwidth * 1e9)
	return time.Duration(n.link.Reserve(now, service)-now) + service
}

// get reads key and says how long the answer is under way. A miss is a short answer:
// it takes no bandwidth, and nor do the questions.
func (n *node) get(space keyspace, key string, now time.Time) (e strategies.Entry, ok bool, wire time.Duration) {
	n.stats.Gets++
	if n.read != nil {
		n.read(now)
	}
	nanos := now.UnixNano()
	n.sweep(nanos)
	it := n.items.get(space, key, nanos)
	if it == nil {
		return strategies.Entry{}, false, 0
	}
	n.stats.BytesOut += int64(len(it.value.Data))
	return it.entry(), true, n.transfer(nanos, len(it.value.Data))
}

// set stores an entry; with newer, only over one that is not of a later version. It
// reports whether it did. An entry that is set takes the lease of its key with it,
// whoever has that: what the lease's holder computes is older than what is there.
func (n *node) set(space keyspace, key string, e strategies.Entry, now time.Time, ttl time.Duration, newer bool) (bool, error) {
	n.stats.Sets++
	n.sweep(now.UnixNano())
	if n.maxItem > 0 && entrySize(space, key, e.Data) > n.maxItem {
		n.remove(space, key) // as memcached does: the old value is outdated
		return false, ErrTooLarge
	}
	if newer {
		if it := n.items.get(space, key, now.UnixNano()); it != nil && it.value.Version > e.Version {
			return false, nil
		}
	}
	if n.longest > 0 && (ttl == 0 || ttl > n.longest) {
		ttl = n.longest
	}
	if !n.items.set(space, key, e, now.UnixNano(), n.expiry.expiresAt(now, ttl)) {
		return false, ErrNoMemory
	}
	n.release(space, key)
	return true, nil
}

// delete removes a key as a client asks it to.
func (n *node) delete(space keyspace, key string) {
	n.stats.Deletes++
	n.remove(space, key)
}

// remove is delete without its count. Locks stay: they are entries of their own, under
// names of their own, in real stores.
func (n *node) remove(space keyspace, key string) {
	n.release(space, key)
	if it := n.items.find(space, key); it != 0 {
		n.items.remove(it)
	}
}

// flush forgets everything, locks included, as FLUSHALL does.
func (n *node) flush() {
	n.items.clear()
	clear(n.locks)
	clear(n.leases)
}

// do does what is asked, at the one instant at which it happens.
func (n *node) do(r *request, now time.Time) (a reply) {
	switch at := (wireKey{r.space.number, r.key}); r.verb {
	case opGet:
		a.entry, a.ok, a.wire = n.get(r.space, r.key, now)
	case opSet:
		a.ok, a.err = n.set(r.space, r.key, r.entry, now, r.life, r.newer)
	case opDelete:
		n.delete(r.space, r.key)
	case opLock:
		a.ok = n.tryLock(at, r.token, now, r.life)
	case opUnlock:
		a.ok = n.unlock(at, r.token, now)
	case opExtend:
		a.ok = n.extend(at, r.token, now, r.life)
	case opLease:
		a.lease = n.lease(r.space, r.key, r.token, now, r.life)
	case opSetLeased:
		a.ok, a.err = n.setLeased(r.space, r.key, r.token, r.entry, now, r.life)
	case opRetire:
		n.retire(r.space, r.key, r.at, now, r.life)
	}
	return a
}

// become changes the node's state. Its memory stays, unless its process died: then its
// successor is empty, and what was under way is lost even if that one is up before its
// time has passed. Every change makes a new condition, but one from up to hangs or back:
// that breaks no connection. A client compares the condition of the beginning of its
// operation with that of the end:
//
//	A: asks at 4+up, waits for the round trip
//	   the node dies, 8+refuses, and is up again, 12+up
//	A: finds 12+up and not 4+up: the connection was broken meanwhile
func (n *node) become(clk clock.Clock, s state, emptied bool) {
	n.mu.Lock()
	if emptied {
		n.flush()
	}
	condition := n.condition.Load()
	breaks, before := condition>>2, n.hung
	if s == refuses || stateOf(condition) == refuses {
		breaks++
	}
	n.hung = nil
	switch {
	case s == hangs && before != nil:
		n.hung, before = before, nil
	case s == hangs:
		n.hung = &hang{over: clk.NewEvent("the cache node that hangs")}
	}
	n.condition.Store(breaks<<2 | int64(s))
	if before != nil && s == up {
		before.goOn(n, clk.Now())
	}
	n.mu.Unlock()
	if before != nil {
		before.over.Set()
	}
	if n.changed != nil { // without the mutex: who hears of it asks the node at once
		n.changed()
	}
}

// stateOf is the state in a condition.
func stateOf(condition int64) state { return state(condition & 3) }

// broken reports whether what was asked under a condition finds the node refusing, or the
// connection broken.
func (n *node) broken(condition int64) bool {
	return stateOf(condition) == refuses || n.condition.Load()>>2 != condition>>2
}

// counts is what the node did so far.
func (n *node) counts() metrics.CacheStats {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := n.stats
	s.Evictions = n.items.evictions
	if peak := n.items.peak; peak > 0 {
		s.BytesPeak = &peak
	}
	return s
}

// check is the law of the node's memory that is broken.
func (n *node) check() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.items.check()
}

// failed counts an operation that got no answer, refused ones among them.
func (n *node) failed() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.stats.Errors++
}

// expiry is when a node gives up what it is told to keep: exactly when it was meant
// to, or by memcached's ticks of a second, counted from the start of its process, in
// the terms of the client's library.
type expiry struct {
	dialect lifetime.Dialect
	server  lifetime.Memcached
}

// expiresAt is the instant at which a value set now for ttl is gone, in nanoseconds
// of the Unix epoch; 0 is never. An entry is not removed then, but by the read or the
// sweep that finds it expired: until then it takes memory.
func (x *expiry) expiresAt(now time.Time, ttl time.Duration) int64 {
	if x.dialect != "" {
		at, never := x.server.Expires(x.dialect.Exptime(lifetime.Seconds(ttl), now), now)
		if never {
			return 0
		}
		return at.UnixNano()
	}
	if ttl > 0 {
		return now.UnixNano() + int64(ttl)
	}
	return 0
}
