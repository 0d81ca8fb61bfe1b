package tier

import (
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// lock is a token that holds until an instant.
type lock struct {
	token   string
	expires time.Time
}

func (n *node) tryLock(key wireKey, token string, now time.Time, ttl time.Duration) bool {
	n.stats.Locks++
	if held, ok := n.locks[key]; ok && held.expires.After(now) {
		return false
	}
	n.locks[key] = lock{token, now.Add(ttl)}
	return true
}

func (n *node) unlock(key wireKey, token string, now time.Time) bool {
	if !n.holds(key, token, now) {
		return false
	}
	delete(n.locks, key)
	return true
}

func (n *node) extend(key wireKey, token string, now time.Time, ttl time.Duration) bool {
	if !n.holds(key, token, now) {
		return false
	}
	n.locks[key] = lock{token, now.Add(ttl)}
	return true
}

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

func (n *node) lease(space keyspace, key, token string, now time.Time, every time.Duration) strategies.Lease {
	n.stats.Locks++
	if it := n.items.get(space, key, now.UnixNano()); it != nil {
		n.stats.BytesOut += int64(len(it.value.Data))
		return strategies.Lease{Found: true, Entry: it.entry()}
	}
	at := wireKey{space.number, key}
	l := n.leases[at]
	if !l.until.After(now) {
		l = lease{}
	}
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

func (n *node) setLeased(space keyspace, key, token string, e strategies.Entry, now time.Time, ttl time.Duration) (bool, error) {
	if l := n.leases[wireKey{space.number, key}]; l.token != token || !l.until.After(now) {
		n.stats.Sets++
		return false, nil
	}
	return n.set(space, key, e, now, ttl, false)
}

func (n *node) retire(space keyspace, key string, at strategies.Instant, now time.Time, keep time.Duration) {
	where := wireKey{space.number, key}
	l := n.leases[where]
	if !l.until.After(now) {
		l = lease{}
	}
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
