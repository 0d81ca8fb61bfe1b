package storetest

import (
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// life is the ttl of what is to expire: long enough for a busy machine to look
// before it ends, short enough to be waited for.
const life = 60 * time.Millisecond

// rounding is how much longer than its ttl something may be there: a ttl is
// rounded up to a millisecond, and Redis keeps a key through the millisecond in
// which it ends (keyIsExpired in db.c of 7.0).
const rounding = 2 * time.Millisecond

// watch looks at something that was begun between before and after, for ttl, until it
// is gone. It must not be gone before its time, as far as can be told from when
// the look was made, and must be when its time is over.
func (c *check) watch(what string, before, after time.Time, ttl time.Duration, there func() bool) {
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
		if err := c.Clock.Sleep(background, pause); err != nil {
			c.Fatal(err)
		}
	}
}

func (c *check) thereIs(key string) func() bool {
	return func() bool {
		_, ok, err := c.Store.Get(background, key)
		if err != nil {
			c.Errorf("get %q: %v", key, err)
		}
		return ok
	}
}

func (c *check) expiry() {
	for _, ttl := range []time.Duration{1, life, life + 900*time.Microsecond} {
		before := c.Clock.Now()
		c.set("k", c.entry("v", 1), ttl)
		c.watch("the entry", before, c.Clock.Now(), ttl, c.thereIs("k"))
	}
	// A new ttl takes the place of the old one, longer or shorter.
	c.set("k", c.entry("v", 1), life/2)
	before := c.Clock.Now()
	c.set("k", c.entry("v", 1), 2*life)
	c.watch("the entry, set for longer", before, c.Clock.Now(), 2*life, c.thereIs("k"))

	c.set("k", c.entry("v", 1), time.Hour)
	before = c.Clock.Now()
	c.set("k", c.entry("v", 1), life)
	c.watch("the entry, set for shorter", before, c.Clock.Now(), life, c.thereIs("k"))

	c.set("k", c.entry("again", 1), time.Hour)
	c.has("k", c.entry("again", 1))
}

// Zero is for ever, also where there was a ttl; and no ttl is too long.
func (c *check) noExpiry() {
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
	c.watch("the other entry", before.Add(-life), before, life, c.thereIs("gone"))
	c.has("ever", c.entry("v", 2))
	if versions {
		c.has("newer", c.entry("v", 2))
	}
	for _, ttl := range long {
		c.has(ttl.String(), c.entry("v", 1))
	}
}
