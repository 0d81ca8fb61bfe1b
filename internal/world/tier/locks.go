package tier

import (
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// lock is a token that holds until an instant. It ends by itself, for a holder that
// crashed frees nothing. So a holder that is late may find another's token there, and
// a lock is freed or prolonged only by the token that it has.
//
//	A: locks for 1 s, computes for 2 s
//	B: locks at 1 s
//	A: unlocks at 2 s: refused, the lock is B's
type lock struct {
	token   string
	expires time.Time
}

// tryLock takes a lock that nobody holds any more.
func (n *node) tryLock(key wireKey, token string, now time.Time, ttl time.Duration) bool {
	n.stats.Locks++
	if held, ok := n.locks[key]; ok && held.expires.After(now) {
		return false
	}
	n.locks[key] = lock{token, now.Add(ttl)}
	return true
}

// unlock frees a lock for its holder and nobody else.
func (n *node) unlock(key wireKey, token string, now time.Time) bool {
	if !n.holds(key, token, now) {
		return false
	}
	delete(n.locks, key)
	return true
}

// extend has the holder keep a lock, for ttl from now.
func (n *node) extend(key wireKey, token string, now time.Time, ttl time.Duration) bool {
	if !n.holds(key, token, now) {
		return false
	}
	n.locks[key] = lock{token, now.Add(ttl)}
	return true
}

// holds reports whether a lock is the token's now. A lock that expired is nobody's,
// though its entry is still there.
func (n *node) holds(key wireKey, token string, now time.Time) bool {
	held, ok := n.locks[key]
	return ok && held.token == token && held.expires.After(now)
}

// lease is what a node knows of a key that has no entry: to whom it was handed
// out, and what was retired last. Real stores keep it in the place of the entry;
// here it takes no memory.
type lease struct {
	token   string // "": nobody has it
	given   time.Time
	until   time.Time // it ends by itself
	old     strategies.Entry
	retired strategies.Instant
}

// leaseOf is what is known of a key now: nothing, when its lease has ended.
func (n *node) leaseOf(key wireKey, now time.Time) lease {
	if l := n.leases[key]; l.until.After(now) {
		return l
	}
	return lease{}
}

// lease is the answer to a reader: the entry, or else the lease if it is to be had.
// One is handed out again, with the same token, every so often: its holder may have
// died, and if it has not both may store, the first of them with effect. Without a
// lease the reader gets what was retired last, to serve it or to wait.
func (n *node) lease(space keyspace, key, token string, now time.Time, every time.Duration) strategies.Lease {
	n.stats.Locks++
	if it := n.items.get(space, key, now.UnixNano()); it != nil {
		n.stats.BytesOut += int64(len(it.value.Data))
		return strategies.Lease{Found: true, Entry: it.entry()}
	}
	at := wireKey{space.number, key}
	l := n.leaseOf(at, now)
	got := strategies.Lease{Entry: l.old, Retired: l.retired}
	switch {
	case l.token == "":
		l.token = token
	case now.Sub(l.given) < every:
		return got
	}
	l.given, l.until, got.Token = now, now.Add(2*every), l.token
	n.leases[at] = l
	return got
}

// setLeased stores what the holder of a lease computed, unless a write has taken the
// lease back meanwhile: the value may be older than the write.
//
//	A: gets the lease, loads version 1
//	B: writes version 2, retires the key, and with it the lease
//	A: stores version 1 under the lease: refused
func (n *node) setLeased(space keyspace, key, token string, e strategies.Entry, now time.Time, ttl time.Duration) (bool, error) {
	if n.leaseOf(wireKey{space.number, key}, now).token != token {
		n.stats.Sets++
		return false, nil
	}
	return n.set(space, key, e, now, ttl, false)
}

// retire removes a key that was written, and keeps its entry for readers that may be
// served a stale one.
func (n *node) retire(space keyspace, key string, at strategies.Instant, now time.Time, keep time.Duration) {
	where := wireKey{space.number, key}
	l := n.leaseOf(where, now)
	if it := n.items.get(space, key, now.UnixNano()); it != nil {
		l.old, l.retired = it.entry(), at
	}
	n.delete(space, key)
	if keep > 0 && !l.retired.IsZero() {
		l.token, l.until = "", now.Add(keep)
		n.leases[where] = l
	}
}

// release takes the lease of a key back, because something has happened to it.
func (n *node) release(space keyspace, key string) {
	if len(n.leases) > 0 {
		delete(n.leases, wireKey{space.number, key})
	}
}
