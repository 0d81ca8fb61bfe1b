package storetest

import (
	"fmt"
	"math"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

func (c *check) newer() strategies.NewerSetter {
	return optional[strategies.NewerSetter](c, "the store has no versions")
}

// versions that a comparison of floats, of signed numbers or of text gets wrong.
func (c *check) versions() {
	s := c.newer()
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
	if err := c.Store.Delete(background, "k"); err != nil {
		c.Error(err)
	}
	c.wants("set newer of what was deleted", true)(s.SetNewer(background, "k", c.entry("v", 1), time.Hour))
	c.has("k", c.entry("v", 1))
}

// An entry that has expired has no version, and one that is refused does not
// prolong the life of the one that stays.
func (c *check) versionsExpire() {
	s := c.newer()
	before := c.Clock.Now()
	c.wants("set newer", true)(s.SetNewer(background, "k", c.entry("v", 9), life))
	after := c.Clock.Now()
	refused, err := s.SetNewer(background, "k", c.entry("old", 8), time.Hour)
	if err != nil || refused && c.Clock.Now().Before(before.Add(life)) {
		c.Errorf("an earlier version: %v, %v", refused, err)
	}
	c.watch("the entry", before, after, life, c.thereIs("k"))
	c.wants("an earlier version than the expired one", true)(s.SetNewer(background, "k", c.entry("v", 1), time.Hour))
	c.has("k", c.entry("v", 1))
}

func (c *check) versionCrowd() {
	s := c.newer()
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
