// Package storetest is what a [strategies.Store] has to do, as tests: one suite
// for every real cache and for the modelled one, so that a strategy that was
// tried on one of them meets nothing new on another.
//
// A store takes part with a test of its own:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, storetest.Wall(func(t *testing.T) storetest.Subject {
//			return storetest.Subject{Store: open(t)}
//		}))
//	}
//
// Where the store has versions ([strategies.NewerSetter]), locks
// ([strategies.Locker]), renewal ([strategies.Extender]) or leases
// ([strategies.Leaser]), these are tested too.
// [RunFaults] is for stores behind a socket.
package storetest

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/clock"
)

// Subject is a store under test and what the suite must know of it.
type Subject struct {
	// Store is empty, at least of the keys that the suite uses.
	Store strategies.Store

	// Clock is what time passes by for the store. [Wall] sets it.
	Clock clock.Clock

	// MaxValue is the largest value the store takes, in bytes. A megabyte has to
	// be kept where it is zero, and refused with [stores.ErrTooLarge] where it is
	// less than that.
	MaxValue int

	// Model says that the store is a part of a model, or of the process: it keeps entries
	// as they are, and no bytes that could be damaged.
	Model bool

	// Swallows says that bytes which are no entry are a miss and no error: the
	// published habit of some file caches, which a store may have to show.
	Swallows bool

	// Pages says that entries are kept as [wire.Page], which do not say whose
	// they are.
	Pages bool

	// Plant puts bytes where the entry of key is kept. Nil if there is no such
	// place.
	Plant func(key string, raw []byte) error

	// PlantOther puts something there that is no bytes (a list, a directory). Nil
	// if there is no such thing.
	PlantOther func(key string) error
}

// Open makes a store, calls use with it in a process of its clock, and returns
// when use and all that it started have ended.
type Open func(t *testing.T, use func(Subject))

// Wall is an Open for stores on the wall clock.
func Wall(open func(t *testing.T) Subject) Open {
	return func(t *testing.T, use func(Subject)) {
		wall := clock.NewWall()
		subject := open(t)
		subject.Clock = wall
		_ = wall.Run(func() { use(subject) })
	}
}

// Run holds the store against the whole suite, each test with a store that open
// makes for it.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		test func(*check)
	}{
		{"values", testValues},
		{"keys", testKeys},
		{"sizes", testSizes},
		{"expiry", testExpiry},
		{"no expiry", testNoExpiry},
		{"arguments", testArguments},
		{"many at once", needs(testMany)},
		{"contexts", testContexts},
		{"foreign bytes", testForeignBytes},
		{"versions", needs(testVersions)},
		{"versions and expiry", needs(testVersionsExpire)},
		{"locks", needs(testLocks)},
		{"locks expire", needs(testLocksExpire)},
		{"locks are extended", needs(testLocksExtend)},
		{"locks and entries", needs(testLocksApart)},
		{"leases", needs(testLeases)},
		{"leases are taken back", needs(testLeasesTakenBack)},
		{"leases and what was retired", needs(testRetired)},
		{"leases expire", needs(testLeasesExpire)},
		{"leases in every order", needs(testInterleavings)},
		{"one of many is given a lease", needs(testLeaseCrowd)},
		{"one of many gets a lock", needs(testLockCrowd)},
		{"the newest of many stays", needs(testVersionCrowd)},
		{"many at many keys", testValueCrowd},
	} {
		t.Run(c.name, func(t *testing.T) {
			open(t, func(s Subject) { c.test(&check{TB: t, Subject: s}) })
		})
	}
}

// check is one test of one store.
type check struct {
	testing.TB
	Subject
}

// needs is a test of what not every store can do. It skips those that cannot.
func needs[T any](test func(*check, T)) func(*check) {
	return func(c *check) {
		s, ok := c.Store.(T)
		if !ok {
			c.Skipf("the store is no %v", reflect.TypeFor[T]())
		}
		test(c, s)
	}
}

// background is the context of operations that nobody ends.
var background = context.Background()

// entry is an entry with every field set. The instant has nanoseconds, which
// have to come back.
func (c *check) entry(data string, version uint64) strategies.Entry {
	return strategies.Entry{
		Value:  strategies.Value{Data: []byte(data), Version: version},
		Stored: strategies.At(time.Unix(1_900_000_000, 123_456_789)), Cost: 1234567 * time.Nanosecond,
		Expired: version%2 == 1,
	}
}

// must ends the test if a step of it failed.
func (c *check) must(step string, err error) {
	if err != nil {
		c.Helper()
		c.Fatalf("%.60q: %v", step, err)
	}
}

func (c *check) set(key string, e strategies.Entry, ttl time.Duration) {
	c.Helper()
	c.must("set "+key, c.Store.Set(background, key, e, ttl))
}

func (c *check) delete(key string) {
	c.Helper()
	if err := c.Store.Delete(background, key); err != nil {
		c.Errorf("delete %.40q: %v", key, err)
	}
}

func (c *check) sleep(d time.Duration) {
	c.Helper()
	c.must("sleep", c.Clock.Sleep(background, d))
}

// has fails unless the entry of key is e.
func (c *check) has(key string, e strategies.Entry) {
	c.Helper()
	got, ok, err := c.Store.Get(background, key)
	switch {
	case err != nil || !ok:
		c.Errorf("get %.40q: %v, %v", key, ok, err)
	case !bytes.Equal(got.Data, e.Data):
		c.Errorf("get %.40q: %d bytes %.40q, want %d bytes %.40q", key, len(got.Data), got.Data, len(e.Data), e.Data)
	case got.Version != e.Version || got.Stored != e.Stored || got.Cost != e.Cost || got.Expired != e.Expired:
		c.Errorf("get %.40q: version %d, stored %v, cost %v, expired %v; want %d, %v, %v, %v", key,
			got.Version, int64(got.Stored), got.Cost, got.Expired, e.Version, int64(e.Stored), e.Cost, e.Expired)
	}
}

// misses fails unless there is no entry of key.
func (c *check) misses(key string) {
	c.Helper()
	if e, ok, err := c.Store.Get(background, key); ok || err != nil {
		c.Errorf("get %.40q: %.40q, %v, %v; want a miss", key, e.Data, ok, err)
	}
}

// wants fails unless got and err are want and nil.
func (c *check) wants(what string, want bool) func(got bool, err error) {
	return func(got bool, err error) {
		c.Helper()
		if got != want || err != nil {
			c.Errorf("%s: %v, %v; want %v", what, got, err, want)
		}
	}
}

// together runs n functions at the same time and returns when all have ended.
func (c *check) together(n int, f func(i int)) {
	var left atomic.Int64
	left.Store(int64(n))
	ended := c.Clock.NewEvent("everybody's end")
	for i := range n {
		c.Clock.Go("one of many", func() {
			defer func() {
				if left.Add(-1) == 0 {
					ended.Set()
				}
			}()
			f(i)
		})
	}
	if err := ended.Wait(background, time.Minute); err != nil {
		c.Fatalf("%d of %d have not ended after a minute", left.Load(), n)
	}
}

// oneWins fails unless exactly one of many who try at the same time gets key. Each has
// a token of its own.
func (c *check) oneWins(key string, try func(token string) (got bool, err error)) {
	c.Helper()
	var winners atomic.Int64
	c.together(32, func(i int) {
		got, err := try(fmt.Sprint(i))
		if err != nil {
			c.Error(err)
		}
		if got {
			winners.Add(1)
		}
	})
	if n := winners.Load(); n != 1 {
		c.Errorf("%s: %d have it", key, n)
	}
}
