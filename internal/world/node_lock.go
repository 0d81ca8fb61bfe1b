package world

import "time"

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
