package tier

import (
	"fmt"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/strategies"
)

// sweepNode is a node, and the way to store so many entries of 100 bytes in it.
func sweepNode(cfg Config) (n *node, store func(first, count int, at, ttl time.Duration) (stored int)) {
	n = newNode(cfg, nil, sim.Epoch)
	return n, func(first, count int, at, ttl time.Duration) (stored int) {
		for i := range count {
			key := fmt.Sprintf("%010d", first+i)
			if ok, _ := n.set(keyspace{}, key, strategies.Entry{Value: strategies.Value{Data: make([]byte, 26)}}, sim.Epoch.Add(at), ttl, false); ok {
				stored++
			}
		}
		return stored
	}
}

// Redis goes on while more than a tenth of what it looks at has expired, and then looks
// at 20 entries ten times a second; memcached walks over all of them every six seconds,
// and knows by then when the next walk pays.
func TestSweeps(t *testing.T) {
	for _, c := range []struct {
		sweep    string
		at       time.Duration // of a look at the memory; 1,000 entries have expired by 10 s
		min, max int           // entries that are left of them and of 1,000 that live on
	}{
		{RedisSweep, 10 * time.Second, 1000, 1150}, // a tenth and some chance
		{RedisSweep, 30 * time.Second, 1000, 1000}, // 200 looks at 20 entries are two turns
		{MemcachedSweep, 10 * time.Second, 2000, 2000},
		{MemcachedSweep, 12 * time.Second, 1000, 1000}, // the second walk
	} {
		n, store := sweepNode(Config{Sweep: c.sweep})
		store(0, 1000, 0, 9500*time.Millisecond)
		store(1000, 1000, 0, time.Hour)
		n.sweep(sim.Epoch.Add(c.at).UnixNano())
		if got := n.items.count; got < c.min || got > c.max {
			t.Errorf("%s: at %v %d entries are there, want %d to %d", c.sweep, c.at, got, c.min, c.max)
		}
		if err := n.check(); err != nil {
			t.Error(err)
		}
	}
}

// What nobody could see is not made up for: a rest of a year takes no time, and the table
// is as small as what is left.
func TestSweepAfterALongRest(t *testing.T) {
	for _, sweep := range []string{RedisSweep, MemcachedSweep} {
		n, store := sweepNode(Config{Sweep: sweep})
		store(0, 100_000, 0, time.Minute)
		store(100_000, 10, 0, 0)
		begun := time.Now()
		n.sweep(sim.Epoch.Add(365 * 24 * time.Hour).UnixNano())
		if n.items.count != 10 || n.items.mortal != 0 || len(n.items.slots) > 128 {
			t.Errorf("%s: %d entries of 10 are left, in a table of %d places", sweep, n.items.count, len(n.items.slots))
		}
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("%s: a year of sweeps took %v", sweep, took)
		}
	}
}

// memcached's crawler waits for the minute in which a hundredth expires, and an hour at
// most.
func TestCrawlerAdapts(t *testing.T) {
	c := new(crawler)
	for _, step := range []struct {
		minute, entries, mortal int
		want                    time.Duration
	}{
		{3, 100, 100, time.Minute}, {3, 100, 100, 2 * time.Minute}, {3, 100, 100, 3 * time.Minute},
		{3, 100, 100, 2 * time.Minute}, // not below the third minute any more: as memcached goes to and fro
		{0, 2, 200, 2 * time.Minute},   // too few to hurry for, and too many to wait longer for
		{0, 4, 200, time.Minute}, {0, 4, 200, 0}, {0, 4, 200, 0},
	} {
		var minutes [60]int
		minutes[step.minute] = step.entries
		if c.adapt(minutes, step.mortal); c.wait != step.want {
			t.Errorf("%+v: waits %v", step, c.wait)
		}
	}
	for range 100 {
		c.adapt([60]int{}, 100)
	}
	if c.wait != crawlMost {
		t.Errorf("with nothing to do it waits %v, want %v", c.wait, crawlMost)
	}
}

// At a full memory memcached frees what has expired at the end of its LRU, which is no
// eviction, and is so even where nothing may be evicted; Redis evicts it, or refuses.
func TestFullOfExpired(t *testing.T) {
	for _, c := range []struct {
		sweep, eviction   string
		stored, evictions int
	}{
		{MemcachedSweep, "lru", 10, 0},
		{MemcachedSweep, "none", 10, 0},
		{RedisSweep, "lru", 10, 10},
		{RedisSweep, "none", 0, 0},
	} {
		n, store := sweepNode(Config{Sweep: c.sweep, Eviction: c.eviction, Memory: 10 * 100})
		store(0, 10, 0, 10*time.Millisecond)
		if got := store(10, 10, 50*time.Millisecond, time.Hour); got != c.stored || n.items.evictions != int64(c.evictions) { // before any sweep
			t.Errorf("%s, %s: %d of 10 stored and %d evicted, want %d and %d", c.sweep, c.eviction, got, n.items.evictions, c.stored, c.evictions)
		}
		if err := n.check(); err != nil {
			t.Error(err)
		}
	}
}
