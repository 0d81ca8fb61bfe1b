package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
)

func testValues(c *check) {
	c.misses("k")
	c.delete("k")
	first, second := c.entry("first", 1), c.entry("second", 2)
	c.set("k", first, time.Hour)
	c.has("k", first)
	c.set("other", second, time.Hour)
	c.has("k", first)
	c.set("k", second, time.Hour)
	c.has("k", second)
	c.set("k", first, time.Hour) // Set asks for no version
	c.has("k", first)
	c.delete("k")
	c.misses("k")
	c.has("other", second)

	var all [256]byte
	for i := range all {
		all[i] = byte(i)
	}
	for _, data := range []string{"", "\x00", "\r\n", "END\r\n", "$-1\r\n", "VALUE k 0 1\r\n", string(all[:])} {
		c.set("k", c.entry(data, 7), time.Hour)
		c.has("k", c.entry(data, 7))
	}
	empty := strategies.Entry{}
	c.set("k", empty, time.Hour)
	c.has("k", empty)
}

// testKeys sets keys that protocols, file systems and prefixes are tempted to mix up.
func testKeys(c *check) {
	long := strings.Repeat("k", 300)
	keys := []string{
		"", " ", "k", "K", "k ", " k", "a b", "\x00", "\r\n", "k\r\nset k 0 0 1", "\x7f", "\xff\xfe", "ключ", "../k", "/etc/passwd", ".", "%s",
		"lock:k", "value:k", "v:k", "l:k", "{k}", "{k}a", long, long + "1", long + "2", strings.Repeat("x y", 20_000),
	}
	for _, key := range keys {
		c.set(key, c.entry("of "+key, uint64(len(key))), time.Hour)
	}
	for _, key := range keys {
		c.has(key, c.entry("of "+key, uint64(len(key))))
	}
	for i, key := range keys {
		c.delete(key)
		c.misses(key)
		if i+1 < len(keys) {
			c.has(keys[i+1], c.entry("of "+keys[i+1], uint64(len(keys[i+1]))))
		}
	}
}

func testSizes(c *check) {
	small := c.entry("small", 1)
	for _, size := range []int{1, 1000, 64 << 10, 900_000, 1 << 20} {
		e := c.entry(strings.Repeat("0123456789abcdef", size/16+1)[:size], 2)
		if c.MaxValue == 0 || size <= c.MaxValue {
			c.set("k", e, time.Hour)
			c.has("k", e)
			continue
		}
		if err := c.Store.Set(background, "k", e, time.Hour); !errors.Is(err, stores.ErrTooLarge) {
			c.Errorf("set of %d bytes: %v, want that it is too large", size, err)
		}
		if newer, ok := c.Store.(strategies.NewerSetter); ok {
			if stored, err := newer.SetNewer(background, "k", e, time.Hour); stored || !errors.Is(err, stores.ErrTooLarge) {
				c.Errorf("set newer of %d bytes: %v, %v, want that it is too large", size, stored, err)
			}
		}
		// What was refused must leave no half of itself on the connection.
		c.set("k", small, time.Hour)
		c.has("k", small)
	}
}

func testArguments(c *check) {
	refused := func(what string) func(got bool, err error) {
		return func(got bool, err error) {
			c.Helper()
			if got || err == nil {
				c.Errorf("%s: %v, %v; want an error", what, got, err)
			}
		}
	}
	e := c.entry("v", 1)
	refused("set for -1 ns")(false, c.Store.Set(background, "k", e, -1))
	if s, ok := c.Store.(strategies.NewerSetter); ok {
		refused("set newer for -1 s")(s.SetNewer(background, "k", e, -time.Second))
	}
	if s, ok := c.Store.(strategies.Leaser); ok {
		refused("retire for -1 ns")(false, s.Retire(background, "k", 1, -1))
		givesLease(c, s, "k", "me", time.Hour, "me")
		refused("set with a lease for -1 ns")(s.SetLeased(background, "k", "me", e, -1))
		refused("set with no token")(s.SetLeased(background, "k", "", e, 1))
		for _, terms := range []struct {
			token string
			every time.Duration
		}{{"", time.Hour}, {strings.Repeat("t", 256), time.Hour}, {"me", 0}, {"me", -1}, {"me", 1<<63 - 1}} {
			l, err := s.Lease(background, "k", terms.token, terms.every)
			refused(fmt.Sprintf("lease by %d bytes for %v", len(terms.token), terms.every))(l.Token != "", err)
		}
	}
	c.misses("k")
	for _, ttl := range []time.Duration{0, -1, -time.Hour} {
		if s, ok := c.Store.(strategies.Locker); ok {
			refused("lock for " + ttl.String())(s.TryLock(background, "k", "me", ttl))
		}
		if s, ok := c.Store.(strategies.Extender); ok {
			refused("extend for " + ttl.String())(s.Extend(background, "k", "me", ttl))
		}
	}
}

// testContexts that have ended already: the cause is returned, and nothing happens.
func testContexts(c *check) {
	cause := errors.New("the caller has left")
	ctx, cancel := context.WithCancelCause(background)
	cancel(cause)
	nothing := func() {
		for _, op := range operations(c.Store) {
			fails(c, op, ctx, cause)
		}
		c.has("k", c.entry("old", 1))
	}
	c.set("k", c.entry("old", 1), time.Hour)
	nothing()
	if s, ok := c.Store.(strategies.Locker); ok {
		c.wants("lock after that", true)(s.TryLock(background, "k", "me", time.Hour))
		nothing()
		c.wants("unlock after that", true)(s.Unlock(background, "k", "me"))
	}
}

// manyGetter is a store that reads several keys in one round trip.
type manyGetter interface {
	GetMany(ctx context.Context, keys []string) (map[string]strategies.Entry, error)
}

// Several keys are read at once, and those that are not there, or no entries, are left out.
func testMany(c *check, s manyGetter) {
	c.set("a", c.entry("of a", 1), time.Hour)
	c.set("b b", c.entry("of b", 2), time.Hour)
	c.set("gone", c.entry("of gone", 3), time.Hour)
	c.delete("gone")
	if c.Plant != nil {
		if err := c.Plant("foreign", []byte("no entry")); err != nil {
			c.Fatal(err)
		}
	}
	got, err := s.GetMany(background, []string{"a", "b b", "gone", "foreign", "never"})
	if err != nil || len(got) != 2 || string(got["a"].Data) != "of a" || string(got["b b"].Data) != "of b" || got["b b"].Version != 2 {
		c.Errorf("%v, %v", got, err)
	}
	if got, err := s.GetMany(background, nil); err != nil || len(got) != 0 {
		c.Errorf("of no keys: %v, %v", got, err)
	}
	ctx, leave := context.WithCancelCause(background)
	cause := errors.New("the caller has left")
	leave(cause)
	if got, err := s.GetMany(ctx, []string{"a"}); !errors.Is(err, cause) || len(got) != 0 {
		c.Errorf("for one who has left: %v, %v", got, err)
	}
}

// testVersions sets versions that a comparison of floats, of signed numbers or of text gets wrong.
func testVersions(c *check, s strategies.NewerSetter) {
	steps := []uint64{0, 1, 2, 9, 10, 127, 128, 255, 256, 1<<16 - 1, 1 << 16, 1<<53 - 1, 1 << 53, 1<<53 + 1, math.MaxInt64, 1 << 63, math.MaxUint64}
	for i, v := range steps {
		c.wants("set newer of a later version", true)(s.SetNewer(background, "k", c.entry("v", v), time.Hour))
		c.has("k", c.entry("v", v))
		c.wants("set newer of the same version", true)(s.SetNewer(background, "k", c.entry("again", v), time.Hour))
		c.has("k", c.entry("again", v))
		if i > 0 {
			c.wants("set newer of an earlier version", false)(s.SetNewer(background, "k", c.entry("old", steps[i-1]), time.Hour))
			c.has("k", c.entry("again", v))
		}
	}
	c.wants("set newer of another key", true)(s.SetNewer(background, "other", c.entry("v", 1), time.Hour))
	c.delete("k")
	c.wants("set newer of what was deleted", true)(s.SetNewer(background, "k", c.entry("v", 1), time.Hour))
	c.has("k", c.entry("v", 1))
}

// An entry that has expired has no version, and one that is refused does not
// prolong the life of the one that stays.
func testVersionsExpire(c *check, s strategies.NewerSetter) {
	before := c.Clock.Now()
	c.wants("set newer", true)(s.SetNewer(background, "k", c.entry("v", 9), life))
	after := c.Clock.Now()
	refused, err := s.SetNewer(background, "k", c.entry("old", 8), time.Hour)
	if err != nil || refused && c.Clock.Now().Before(before.Add(life)) {
		c.Errorf("an earlier version: %v, %v", refused, err)
	}
	watchExpiry(c, "the entry", before, after, life, thereIs(c, "k"))
	c.wants("an earlier version than the expired one", true)(s.SetNewer(background, "k", c.entry("v", 1), time.Hour))
	c.has("k", c.entry("v", 1))
}

func testVersionCrowd(c *check, s strategies.NewerSetter) {
	const n = 48
	for round := range 4 {
		key := fmt.Sprint("round ", round)
		c.together(n, func(i int) {
			version := uint64(i*29%n) + 1 // each once, in no order
			if _, err := s.SetNewer(background, key, c.entry("v", version), time.Hour); err != nil {
				c.Error(err)
			}
		})
		c.has(key, c.entry("v", n))
	}
}

// life is the ttl of what is to expire: long enough for a busy machine to look
// before it ends, short enough to be waited for.
const life = 60 * time.Millisecond

// rounding is how much longer than its ttl something may be there: a ttl is
// rounded up to a millisecond, and Redis keeps a key through the millisecond in
// which it ends (keyIsExpired in db.c of 7.0).
const rounding = 2 * time.Millisecond

// watchExpiry looks at something that was begun between before and after, for ttl, until it
// is gone. It must not be gone before its time, as far as can be told from when
// the look was made, and must be when its time is over.
func watchExpiry(c *check, what string, before, after time.Time, ttl time.Duration, there func() bool) {
	c.Helper()
	for {
		asked := c.Clock.Now()
		is := there()
		answered := c.Clock.Now()
		switch {
		case is && asked.After(after.Add(ttl+rounding)):
			c.Errorf("%s is still there %v after it began to live for %v", what, asked.Sub(after), ttl)
			return
		case !is && answered.Before(before.Add(ttl)):
			c.Errorf("%s is gone %v after it began to live for %v", what, answered.Sub(before), ttl)
			return
		case !is:
			return
		}
		pause := ttl / 8
		if answered.Add(pause + rounding).After(before.Add(ttl)) {
			pause = rounding / 40 // the end is near, and to be seen to a fraction of the rounding
		}
		c.sleep(pause)
	}
}

func thereIs(c *check, key string) func() bool {
	return func() bool {
		_, ok, err := c.Store.Get(background, key)
		if err != nil {
			c.Errorf("get %q: %v", key, err)
		}
		return ok
	}
}

func testExpiry(c *check) {
	v := c.entry("v", 1)
	for _, x := range []struct{ old, ttl time.Duration }{
		{0, 1}, {0, life}, {0, life + 900*time.Microsecond},
		{life / 2, 2 * life}, {time.Hour, life}, // a new ttl takes the place of the old one, longer or shorter
	} {
		if x.old > 0 {
			c.set("k", v, x.old)
		}
		before := c.Clock.Now()
		c.set("k", v, x.ttl)
		watchExpiry(c, fmt.Sprintf("the entry, of %v before,", x.old), before, c.Clock.Now(), x.ttl, thereIs(c, "k"))
	}
	c.set("k", c.entry("again", 1), time.Hour)
	c.has("k", c.entry("again", 1))
}

// Zero is for ever, also where there was a ttl; and no ttl is too long.
func testNoExpiry(c *check) {
	c.set("gone", c.entry("v", 1), life)
	c.set("ever", c.entry("v", 1), life)
	c.set("ever", c.entry("v", 2), 0)
	long := []time.Duration{24 * time.Hour, 30 * 24 * time.Hour, 31 * 24 * time.Hour, 20 * 365 * 24 * time.Hour, 200 * 365 * 24 * time.Hour}
	for _, ttl := range long {
		c.set(ttl.String(), c.entry("v", 1), ttl)
	}
	newer, versions := c.Store.(strategies.NewerSetter)
	if versions {
		c.set("newer", c.entry("v", 1), life)
		c.wants("set newer for ever", true)(newer.SetNewer(background, "newer", c.entry("v", 2), 0))
	}
	before := c.Clock.Now()
	watchExpiry(c, "the other entry", before.Add(-life), before, life, thereIs(c, "gone"))
	c.has("ever", c.entry("v", 2))
	if versions {
		c.has("newer", c.entry("v", 2))
	}
	for _, ttl := range long {
		c.has(ttl.String(), c.entry("v", 1))
	}
}
