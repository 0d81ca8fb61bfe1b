package storetest

import (
	"fmt"
	"sync"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

func lockerOf(c *check) strategies.Locker {
	return optional[strategies.Locker](c, "the store has no locks")
}

func extenderOf(c *check) strategies.Extender {
	return optional[strategies.Extender](c, "the store's locks cannot be extended")
}

func testLocks(c *check) {
	s := lockerOf(c)
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

func testLocksApart(c *check) {
	s := lockerOf(c)
	e := c.entry("v", 1)
	keys := []string{"k", "lock:k", "value:k", "l:k", "v:k"}
	for i, key := range keys {
		c.set(key, e, time.Hour)
		c.wants("lock of "+key, true)(s.TryLock(background, key, fmt.Sprint(i), time.Hour))
	}
	for i, key := range keys {
		c.has(key, e)
		if err := c.Store.Delete(background, key); err != nil {
			c.Error(err)
		}
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

func testLocksExpire(c *check) {
	s := lockerOf(c)
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
	begun := c.Clock.Now()
	c.wants("lock", true)(s.TryLock(background, "k", "alice", life))
	for c.Clock.Now().Before(begun.Add(2 * life)) {
		if err := c.Clock.Sleep(background, life/4); err != nil {
			c.Fatal(err)
		}
	}
	if e, ok := c.Store.(strategies.Extender); ok {
		c.wants("extend of what has expired", false)(e.Extend(background, "k", "alice", time.Hour))
	}
	c.wants("unlock of what has expired", false)(s.Unlock(background, "k", "alice"))
	c.wants("lock", true)(s.TryLock(background, "k", "alice", time.Hour))
}

func testLocksExtend(c *check) {
	s, e := lockerOf(c), extenderOf(c)
	c.wants("extend of a free lock", false)(e.Extend(background, "k", "alice", time.Hour))
	c.wants("lock", true)(s.TryLock(background, "k", "alice", time.Hour))
	c.wants("extend by another", false)(e.Extend(background, "k", "bob", 1))
	c.wants("lock of a held one", false)(s.TryLock(background, "k", "bob", time.Hour))

	before := c.Clock.Now() // for less than it had
	c.wants("extend", true)(e.Extend(background, "k", "alice", life))
	watchExpiry(c, "the lock made shorter", before, c.Clock.Now(), life, isHeld(c, s))
	c.wants("unlock", true)(s.Unlock(background, "k", "the next"))

	c.wants("lock", true)(s.TryLock(background, "k", "alice", time.Minute))
	before = c.Clock.Now()
	c.wants("extend", true)(e.Extend(background, "k", "alice", 2*life))
	watchExpiry(c, "the lock made longer", before, c.Clock.Now(), 2*life, isHeld(c, s))
	c.wants("unlock", true)(s.Unlock(background, "k", "the next"))
}

// Of many who want a lock one gets it, also of an expired one, and between lock
// and unlock nobody else is there.
func testLockCrowd(c *check) {
	s := lockerOf(c)
	for round := range 6 {
		key := fmt.Sprint("round ", round)
		if round%2 == 1 { // the lock of one who is no more
			c.wants("lock", true)(s.TryLock(background, key, "before", time.Millisecond))
			if err := c.Clock.Sleep(background, 3*time.Millisecond); err != nil {
				c.Fatal(err)
			}
		}
		var mu sync.Mutex
		owners := 0
		c.together(32, func(i int) {
			got, err := s.TryLock(background, key, fmt.Sprint(i), time.Hour)
			if err != nil {
				c.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if got {
				owners++
			}
		})
		if owners != 1 {
			c.Errorf("%s: %d have the lock", key, owners)
		}
	}
	lockTurns(c, s)
}

func lockTurns(c *check, s strategies.Locker) {
	const n, turns = 8, 5
	var mu sync.Mutex
	inside, done := 0, 0
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
			mu.Lock()
			if inside++; inside != 1 {
				c.Errorf("%d are inside", inside)
			}
			mu.Unlock()
			_ = c.Clock.Sleep(background, 100*time.Microsecond)
			mu.Lock()
			inside--
			done++
			mu.Unlock()
			c.wants("unlock", true)(s.Unlock(background, "turns", fmt.Sprint(i)))
			left--
		}
	})
	if done != n*turns {
		c.Errorf("%d turns, want %d", done, n*turns)
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
				if err := c.Store.Delete(background, key); err != nil {
					c.Error(err)
				}
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
