package storetest

import (
	"fmt"
	"sync"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

func (c *check) leaser() strategies.Leaser {
	return optional[strategies.Leaser](c, "the store hands out no leases")
}

// gives fails unless there is no entry of key and its lease is handed out; it
// returns the token.
func (c *check) gives(s strategies.Leaser, key, token string, every time.Duration) string {
	c.Helper()
	l, err := s.Lease(background, key, token, every)
	if l.Token == "" || l.Found || err != nil {
		c.Errorf("lease of %.40q: %q, found %v, %v; want it handed out", key, l.Token, l.Found, err)
	}
	return l.Token
}

// withholds fails unless there is no entry of key and another has its lease.
func (c *check) withholds(s strategies.Leaser, key string) strategies.Lease {
	c.Helper()
	l, err := s.Lease(background, key, "another", time.Hour)
	if l.Token != "" || l.Found || err != nil {
		c.Errorf("lease of %.40q: %q, found %v, %v; want it withheld", key, l.Token, l.Found, err)
	}
	return l
}

func (c *check) leases() {
	s := c.leaser()
	e := c.entry("v", 3)
	for _, key := range []string{"k", "", "a b\r\n", "\xff"} {
		c.wants("set without a lease", false)(s.SetLeased(background, key, "alice", e, time.Hour))
		if token := c.gives(s, key, "alice", time.Hour); token != "alice" {
			c.Errorf("the lease is %q", token)
		}
		c.misses(key)
		if l := c.withholds(s, key); !l.Retired.IsZero() {
			c.Errorf("something was retired: %+v", l)
		}
		for _, token := range []string{"bob", "ali", "alice ", "another"} {
			c.wants("set with another's lease", false)(s.SetLeased(background, key, token, e, time.Hour))
		}
		c.misses(key)
		c.wants("set with the lease", true)(s.SetLeased(background, key, "alice", e, time.Hour))
		c.has(key, e)
		c.wants("set with it again", false)(s.SetLeased(background, key, "alice", c.entry("again", 4), time.Hour))
		c.has(key, e)
		if l, err := s.Lease(background, key, "bob", time.Hour); !l.Found || l.Token != "" || string(l.Entry.Data) != "v" || l.Entry.Version != 3 || err != nil {
			c.Errorf("lease of what is there: %+v, %v", l, err)
		}
	}
}

// changes of a key under a lease: each takes it back.
func (c *check) leasesTakenBack() {
	s := c.leaser()
	e := c.entry("v", 1)
	for name, change := range c.changes(s) {
		c.gives(s, name, "alice", time.Hour)
		if err := change(name); err != nil {
			c.Fatalf("%s: %v", name, err)
		}
		there, ok, err := c.Store.Get(background, name)
		c.wants(name+", and then set with the lease", false)(s.SetLeased(background, name, "alice", c.entry("late", 9), time.Hour))
		if after, still, _ := c.Store.Get(background, name); err != nil || still != ok || string(after.Data) != string(there.Data) {
			c.Errorf("%s: the late set changes %q into %q, %v", name, there.Data, after.Data, err)
		}
		if err := c.Store.Delete(background, name); err != nil {
			c.Error(err)
		}
		if token := c.gives(s, name, "bob", time.Hour); token != "bob" {
			c.Errorf("%s: the next lease is %q", name, token)
		}
		c.wants(name+", and then set with the next lease", true)(s.SetLeased(background, name, "bob", e, time.Hour))
	}
}

// changes are all that can happen to a key but a set with its lease.
func (c *check) changes(s strategies.Leaser) map[string]func(key string) error {
	e := c.entry("set", 5)
	all := map[string]func(key string) error{
		"set":            func(key string) error { return c.Store.Set(background, key, e, time.Hour) },
		"set for ever":   func(key string) error { return c.Store.Set(background, key, e, 0) },
		"delete":         func(key string) error { return c.Store.Delete(background, key) },
		"retire":         func(key string) error { return s.Retire(background, key, e.Stored, time.Hour) },
		"retire at once": func(key string) error { return s.Retire(background, key, e.Stored, 0) },
	}
	if newer, ok := c.Store.(strategies.NewerSetter); ok {
		all["set newer"] = func(key string) error {
			stored, err := newer.SetNewer(background, key, e, time.Hour)
			if !stored && err == nil {
				err = fmt.Errorf("a lease is taken for a later version")
			}
			return err
		}
	}
	return all
}

// What is retired is gone for Get, and Lease still has it, through the leases of
// those who load the key anew.
func (c *check) retired() {
	s := c.leaser()
	e, at := c.entry("old", 3), strategies.At(c.Clock.Now())
	old := func(when string, l strategies.Lease, err error) {
		c.Helper()
		if err != nil || l.Found || l.Retired != at || string(l.Entry.Data) != "old" || l.Entry.Version != 3 || l.Entry.Stored != e.Stored {
			c.Errorf("%s: %+v, %v; want the retired entry", when, l, err)
		}
	}
	retire := func(at strategies.Instant, keep time.Duration) {
		c.Helper()
		if err := s.Retire(background, "k", at, keep); err != nil {
			c.Fatalf("retire: %v", err)
		}
		c.misses("k")
	}
	retire(at, time.Hour) // nothing
	c.set("k", e, time.Hour)
	retire(at, time.Hour)
	l, err := s.Lease(background, "k", "alice", time.Hour)
	if old("with the lease", l, err); l.Token != "alice" {
		c.Errorf("the lease is %q", l.Token)
	}
	old("without the lease", c.withholds(s, "k"), nil)
	retire(at+5, time.Hour) // a further write, under the lease: what is retired stays, and since when
	c.wants("set with a lease taken back", false)(s.SetLeased(background, "k", "alice", e, time.Hour))
	l, err = s.Lease(background, "k", "bob", time.Hour)
	if old("with the next lease", l, err); l.Token != "bob" {
		c.Errorf("the lease is %q", l.Token)
	}
	c.wants("set", true)(s.SetLeased(background, "k", "bob", c.entry("new", 4), time.Hour))
	c.has("k", c.entry("new", 4))
	retire(at, 0)
	if l, err := s.Lease(background, "k", "carol", time.Hour); err != nil || l.Token != "carol" || !l.Retired.IsZero() || l.Found {
		c.Errorf("after it was retired for no time: %+v, %v", l, err)
	}
}

// A lease is handed out again, as the same one, when its time is over; unless it
// is, it ends by itself.
func (c *check) leasesExpire() {
	s := c.leaser()
	for round := 0; !c.leaseAgain(s, fmt.Sprint("again ", round)); round++ {
		if round == 50 {
			c.Fatalf("the machine is too busy to see a lease end: of %d none was seen within twice its life", round)
		}
	}

	c.gives(s, "alone", "alice", life)
	for begun := c.Clock.Now(); c.Clock.Now().Before(begun.Add(3 * life)); {
		_ = c.Clock.Sleep(background, life/4)
	}
	c.wants("set with a lease that nobody asked for any more", false)(s.SetLeased(background, "alone", "alice", c.entry("v", 1), time.Hour))
	if token := c.gives(s, "alone", "bob", life); token != "bob" {
		c.Errorf("the lease after it is %q", token)
	}
}

// leaseAgain sees a lease end and takes it once more. It reports false where so
// much time went by meanwhile that the lease may have ended for good.
func (c *check) leaseAgain(s strategies.Leaser, key string) bool {
	given, asked := "", time.Time{}
	taken := func() bool {
		asked = c.Clock.Now()
		l, err := s.Lease(background, key, "the next", life)
		if err != nil {
			c.Errorf("lease: %v", err)
		}
		given = l.Token
		return l.Token == ""
	}
	before := c.Clock.Now()
	c.gives(s, key, "alice", life)
	c.watch("the lease", before, c.Clock.Now(), life, taken)
	if given != "alice" && c.Clock.Now().Sub(before) >= 2*life {
		return false
	}
	if given != "alice" {
		c.Errorf("it is handed out again as %q", given)
	}
	before = c.Clock.Now()
	stored, err := s.SetLeased(background, key, "alice", c.entry("v", 1), 2*life)
	if !stored && err == nil && c.Clock.Now().Sub(asked) >= 2*life {
		return false
	}
	c.wants("set with a lease handed out again", true)(stored, err)
	c.watch("the entry", before, c.Clock.Now(), 2*life, c.thereIs(key))
	return true
}

// Of many who miss one is given the lease.
func (c *check) leaseCrowd() {
	s := c.leaser()
	for round := range 6 {
		key := fmt.Sprint("round ", round)
		if round%2 == 1 {
			c.set(key, c.entry("old", 1), time.Hour)
			if err := s.Retire(background, key, strategies.At(c.Clock.Now()), time.Hour); err != nil {
				c.Fatal(err)
			}
		}
		var mu sync.Mutex
		holders := 0
		c.together(32, func(i int) {
			token := fmt.Sprint(i)
			l, err := s.Lease(background, key, token, time.Hour)
			if err != nil || l.Token != "" && l.Token != token || l.Retired.IsZero() == (round%2 == 1) {
				c.Errorf("%+v, %v", l, err)
			}
			mu.Lock()
			defer mu.Unlock()
			if l.Token != "" {
				holders++
			}
		})
		if holders != 1 {
			c.Errorf("%s: %d have the lease", key, holders)
		}
	}
}
