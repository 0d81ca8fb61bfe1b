package storetest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// givesLease fails unless there is no entry of key and its lease is handed out, as
// given: "" is not at all.
func givesLease(c *check, s strategies.Leaser, key, token string, every time.Duration, given string) strategies.Lease {
	c.Helper()
	l, err := s.Lease(background, key, token, every)
	if l.Token != given || l.Found || err != nil {
		c.Errorf("lease of %.40q: %q, found %v, %v; want %q", key, l.Token, l.Found, err, given)
	}
	return l
}

func testLeases(c *check, s strategies.Leaser) {
	e := c.entry("v", 3)
	for _, key := range []string{"k", "", "a b\r\n", "\xff"} {
		c.wants("set without a lease", false)(s.SetLeased(background, key, "alice", e, time.Hour))
		givesLease(c, s, key, "alice", time.Hour, "alice")
		c.misses(key)
		if l := givesLease(c, s, key, "another", time.Hour, ""); !l.Retired.IsZero() {
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

// leaseChanges of a key under a lease: each takes it back.
func testLeasesTakenBack(c *check, s strategies.Leaser) {
	e := c.entry("v", 1)
	for name, change := range leaseChanges(c, s) {
		givesLease(c, s, name, "alice", time.Hour, "alice")
		c.must(name, change(name))
		there, ok, err := c.Store.Get(background, name)
		c.wants(name+", and then set with the lease", false)(s.SetLeased(background, name, "alice", c.entry("late", 9), time.Hour))
		if after, still, _ := c.Store.Get(background, name); err != nil || still != ok || string(after.Data) != string(there.Data) {
			c.Errorf("%s: the late set changes %q into %q, %v", name, there.Data, after.Data, err)
		}
		c.delete(name)
		givesLease(c, s, name, "bob", time.Hour, "bob")
		c.wants(name+", and then set with the next lease", true)(s.SetLeased(background, name, "bob", e, time.Hour))
	}
}

// leaseChanges are all that can happen to a key but a set with its lease.
func leaseChanges(c *check, s strategies.Leaser) map[string]func(key string) error {
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
func testRetired(c *check, s strategies.Leaser) {
	e, at := c.entry("old", 3), strategies.At(c.Clock.Now())
	old := func(token, given string) {
		c.Helper()
		l := givesLease(c, s, "k", token, time.Hour, given)
		if l.Retired != at || string(l.Entry.Data) != "old" || l.Entry.Version != 3 || l.Entry.Stored != e.Stored {
			c.Errorf("%s, given %q: %+v; want the retired entry", token, given, l)
		}
	}
	retire := func(at strategies.Instant, keep time.Duration) {
		c.Helper()
		c.must("retire", s.Retire(background, "k", at, keep))
		c.misses("k")
	}
	retire(at, time.Hour) // nothing
	c.set("k", e, time.Hour)
	retire(at, time.Hour)
	old("alice", "alice")
	old("another", "")
	retire(at+5, time.Hour) // a further write, under the lease: what is retired stays, and since when
	c.wants("set with a lease taken back", false)(s.SetLeased(background, "k", "alice", e, time.Hour))
	old("bob", "bob")
	c.wants("set", true)(s.SetLeased(background, "k", "bob", c.entry("new", 4), time.Hour))
	c.has("k", c.entry("new", 4))
	retire(at, 0)
	if l := givesLease(c, s, "k", "carol", time.Hour, "carol"); !l.Retired.IsZero() {
		c.Errorf("after it was retired for no time: %+v", l)
	}
}

// A lease is handed out again, as the same one, when its time is over; unless it
// is, it ends by itself.
func testLeasesExpire(c *check, s strategies.Leaser) {
	for round := 0; !leaseAgain(c, s, fmt.Sprint("again ", round)); round++ {
		if round == 50 {
			c.Fatalf("the machine is too busy to see a lease end: of %d none was seen within twice its life", round)
		}
	}

	givesLease(c, s, "alone", "alice", life, "alice")
	c.sleep(3 * life)
	c.wants("set with a lease that nobody asked for any more", false)(s.SetLeased(background, "alone", "alice", c.entry("v", 1), time.Hour))
	givesLease(c, s, "alone", "bob", life, "bob")
}

// leaseAgain sees a lease end and takes it once more. It reports false where so
// much time went by meanwhile that the lease may have ended for good.
func leaseAgain(c *check, s strategies.Leaser, key string) bool {
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
	givesLease(c, s, key, "alice", life, "alice")
	watchExpiry(c, "the lease", before, c.Clock.Now(), life, taken)
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
	watchExpiry(c, "the entry", before, c.Clock.Now(), 2*life, thereIs(c, key))
	return true
}

// Of many who miss one is given the lease.
func testLeaseCrowd(c *check, s strategies.Leaser) {
	for round := range 6 {
		key := fmt.Sprint("round ", round)
		if round%2 == 1 {
			c.set(key, c.entry("old", 1), time.Hour)
			c.must("retire", s.Retire(background, key, strategies.At(c.Clock.Now()), time.Hour))
		}
		c.oneWins(key, func(token string) (bool, error) {
			l, err := s.Lease(background, key, token, time.Hour)
			if l.Token != "" && l.Token != token || l.Retired.IsZero() == (round%2 == 1) {
				c.Errorf("%+v", l)
			}
			return l.Token != "", err
		})
	}
}

// testInterleavings has readers, who miss, read the origin and set, and writers, who
// commit and retire, do their steps in every possible order. With leases no order
// leaves an older value than the origin's in the store; with plain sets some do,
// or the test would see nothing.
func testInterleavings(c *check, s strategies.Leaser) {
	for _, cast := range [][]actor{
		{reader, writer}, {reader, writer, writer}, {reader, append(append(actor{}, writer...), writer...)}, {reader, reader, writer},
	} {
		if orders := staleOrders(c, s, "leased", cast); len(orders) > 0 {
			c.Errorf("the origin's version is newer than what these orders leave: %v", orders)
		}
	}
	if orders := staleOrders(c, unleased{c.Store}, "plain", []actor{reader, writer}); len(orders) == 0 {
		c.Error("sets without a lease leave nothing old in any order: this test shows nothing")
	}
}

// staleOrders are those that leave an older version than the origin's.
func staleOrders(c *check, s strategies.Leaser, name string, cast []actor) (stale [][]int) {
	left := make([]int, len(cast))
	for who, steps := range cast {
		left[who] = len(steps)
	}
	everyOrder(left, nil, func(order []int) {
		p := &performance{check: c, Leaser: s, key: fmt.Sprint(name, order), committed: 1}
		p.play(cast, order)
		e, ok, err := c.Store.Get(background, p.key)
		if err != nil {
			c.Errorf("get: %v", err)
		}
		if ok && e.Version != p.committed {
			stale = append(stale, slices.Clone(order))
		}
	})
	return stale
}

// unleased gives everybody who misses a lease, and holds nobody to it: cache-aside.
type unleased struct{ strategies.Store }

func (u unleased) Lease(ctx context.Context, key, token string, _ time.Duration) (strategies.Lease, error) {
	_, ok, err := u.Get(ctx, key)
	if ok {
		token = ""
	}
	return strategies.Lease{Found: ok, Token: token}, err
}

func (u unleased) SetLeased(ctx context.Context, key, _ string, e strategies.Entry, ttl time.Duration) (bool, error) {
	return true, u.Set(ctx, key, e, ttl)
}

func (u unleased) Retire(ctx context.Context, key string, _ strategies.Instant, _ time.Duration) error {
	return u.Delete(ctx, key)
}

// actor is who does some steps, one after the other. A step that fails returns why.
type actor []func(p *performance, who int) error

var (
	reader = actor{(*performance).miss, (*performance).readOrigin, (*performance).fill}
	writer = actor{(*performance).commit, (*performance).retire}
)

// performance is one key in one order.
type performance struct {
	*check
	strategies.Leaser
	key       string
	committed uint64
	tokens    [3]string
	read      [3]uint64
}

func (p *performance) play(cast []actor, order []int) {
	done := make([]int, len(cast))
	for _, who := range order {
		if err := cast[who][done[who]](p, who); err != nil {
			p.Errorf("step %d of %d: %v", done[who], who, err)
		}
		done[who]++
	}
}

func (p *performance) miss(who int) error {
	l, err := p.Lease(background, p.key, fmt.Sprint("reader ", who), time.Hour)
	p.tokens[who] = l.Token
	return err
}

func (p *performance) readOrigin(who int) error {
	p.read[who] = p.committed
	return nil
}

func (p *performance) fill(who int) error {
	if p.tokens[who] == "" { // not given the lease, or it was a hit
		return nil
	}
	_, err := p.SetLeased(background, p.key, p.tokens[who], p.entry("v", p.read[who]), time.Hour)
	return err
}

func (p *performance) commit(int) error {
	p.committed++
	return nil
}

func (p *performance) retire(int) error { return p.Retire(background, p.key, 1, time.Hour) }

// everyOrder plays all the ways in which the steps that everybody has left can follow
// those of order: who does the next one.
func everyOrder(left, order []int, play func(order []int)) {
	ended := true
	for who := range left {
		if left[who] > 0 {
			ended = false
			left[who]--
			everyOrder(left, append(order, who), play)
			left[who]++
		}
	}
	if ended {
		play(order)
	}
}
