package storetest

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

func testLocks(c *check, s strategies.Locker) {
	for _, key := range []string{"k", "", "a b\r\n", "\xff"} {
		c.wants("unlock of a free lock", false)(s.Unlock(background, key, "alice"))
		c.wants("lock", true)(s.TryLock(background, key, "alice", time.Hour))
		c.wants("lock of a held one", false)(s.TryLock(background, key, "bob", time.Hour))
		c.wants("lock of a held one by its owner", false)(s.TryLock(background, key, "alice", time.Hour))
		c.wants("unlock by another", false)(s.Unlock(background, key, "bob"))
		c.wants("unlock with a part of the token", false)(s.Unlock(background, key, "ali"))
		c.wants("unlock without a token", false)(s.Unlock(background, key, ""))
		c.wants("lock after what others tried", false)(s.TryLock(background, key, "bob", time.Hour))
		c.wants("unlock", true)(s.Unlock(background, key, "alice"))
		c.wants("unlock again", false)(s.Unlock(background, key, "alice"))
		c.wants("lock of what was freed", true)(s.TryLock(background, key, "bob", time.Hour))
		c.wants("unlock by the owner before", false)(s.Unlock(background, key, "alice"))
		c.wants("unlock", true)(s.Unlock(background, key, "bob"))
	}
}

func testLocksApart(c *check, s strategies.Locker) {
	e := c.entry("v", 1)
	keys := []string{"k", "lock:k", "value:k", "l:k", "v:k"}
	for i, key := range keys {
		c.set(key, e, time.Hour)
		c.wants("lock of "+key, true)(s.TryLock(background, key, fmt.Sprint(i), time.Hour))
	}
	for i, key := range keys {
		c.has(key, e)
		c.delete(key)
		c.wants("unlock of "+key, true)(s.Unlock(background, key, fmt.Sprint(i)))
		c.misses(key)
	}
}

// isHeld reports whether the lock of "k" is held, by trying to take it. The trial
// takes it when it is not.
func isHeld(c *check, s strategies.Locker) func() bool {
	return func() bool {
		got, err := s.TryLock(background, "k", "the next", time.Hour)
		if err != nil {
			c.Errorf("lock: %v", err)
		}
		return !got
	}
}

func testLocksExpire(c *check, s strategies.Locker) {
	for _, ttl := range []time.Duration{life, life + 300*time.Microsecond} {
		before := c.Clock.Now()
		c.wants("lock", true)(s.TryLock(background, "k", "alice", ttl))
		watchExpiry(c, "the lock", before, c.Clock.Now(), ttl, isHeld(c, s))
		c.wants("unlock by the owner before", false)(s.Unlock(background, "k", "alice"))
		if e, ok := c.Store.(strategies.Extender); ok {
			c.wants("extend by the owner before", false)(e.Extend(background, "k", "alice", time.Hour))
		}
		c.wants("unlock", true)(s.Unlock(background, "k", "the next"))
	}
	// Nobody took it: it is gone all the same.
	c.wants("lock", true)(s.TryLock(background, "k", "alice", life))
	c.sleep(2 * life)
	if e, ok := c.Store.(strategies.Extender); ok {
		c.wants("extend of what has expired", false)(e.Extend(background, "k", "alice", time.Hour))
	}
	c.wants("unlock of what has expired", false)(s.Unlock(background, "k", "alice"))
	c.wants("lock", true)(s.TryLock(background, "k", "alice", time.Hour))
}

// extendableLocker is a store whose locks can be made to last.
type extendableLocker interface {
	strategies.Locker
	strategies.Extender
}

func testLocksExtend(c *check, s extendableLocker) {
	c.wants("extend of a free lock", false)(s.Extend(background, "k", "alice", time.Hour))
	for _, x := range []struct{ had, ttl time.Duration }{{time.Hour, life}, {time.Minute, 2 * life}} {
		c.wants("lock", true)(s.TryLock(background, "k", "alice", x.had))
		c.wants("extend by another", false)(s.Extend(background, "k", "bob", 1))
		c.wants("lock of a held one", false)(s.TryLock(background, "k", "bob", time.Hour))
		before := c.Clock.Now()
		c.wants("extend", true)(s.Extend(background, "k", "alice", x.ttl))
		watchExpiry(c, fmt.Sprintf("the lock, of %v before,", x.had), before, c.Clock.Now(), x.ttl, isHeld(c, s))
		c.wants("unlock", true)(s.Unlock(background, "k", "the next"))
	}
}

// Of many who want a lock one gets it, also of an expired one, and between lock
// and unlock nobody else is there.
func testLockCrowd(c *check, s strategies.Locker) {
	for round := range 6 {
		key := fmt.Sprint("round ", round)
		if round%2 == 1 { // the lock of one who is no more
			c.wants("lock", true)(s.TryLock(background, key, "before", time.Millisecond))
			c.sleep(3 * time.Millisecond)
		}
		c.oneWins(key, func(token string) (bool, error) { return s.TryLock(background, key, token, time.Hour) })
	}
	lockTurns(c, s)
}

func lockTurns(c *check, s strategies.Locker) {
	const n, turns = 8, 5
	var inside, done atomic.Int64
	begun := c.Clock.Now()
	c.together(n, func(i int) {
		for left := turns; left > 0; {
			got, err := s.TryLock(background, "turns", fmt.Sprint(i), time.Hour)
			if err != nil || c.Clock.Now().Sub(begun) > time.Minute {
				c.Errorf("no turn after a minute: %v", err)
				return
			}
			if !got {
				_ = c.Clock.Sleep(background, time.Millisecond)
				continue
			}
			if there := inside.Add(1); there != 1 {
				c.Errorf("%d are inside", there)
			}
			_ = c.Clock.Sleep(background, 100*time.Microsecond)
			inside.Add(-1)
			done.Add(1)
			c.wants("unlock", true)(s.Unlock(background, "turns", fmt.Sprint(i)))
			left--
		}
	})
	if done.Load() != n*turns {
		c.Errorf("%d turns, want %d", done.Load(), n*turns)
	}
}

// Everybody writes, reads and deletes at the same keys. Each value names its
// key and must never be seen under another.
func testValueCrowd(c *check) {
	c.together(16, func(i int) {
		for round := range 25 {
			key := fmt.Sprint("key", (i+round)%6)
			switch {
			case round%7 == 3:
				c.delete(key)
			case round%3 == 0:
				if err := c.Store.Set(background, key, c.entry(key, uint64(round)), time.Hour); err != nil {
					c.Error(err)
				}
			default:
				e, ok, err := c.Store.Get(background, key)
				if err != nil || ok && string(e.Data) != key {
					c.Errorf("get %q: %q, %v", key, e.Data, err)
				}
			}
		}
	})
}
