package tier

import "time"

// Words of [Config].Sweep.
const (
	AutoSweep      = "auto"
	RedisSweep     = "redis"
	MemcachedSweep = "memcached"
)

// sweeper frees entries that have expired and that nobody asks for. Sweep does what is
// due at an instant, and says when it is due again; now is when somebody next touches the
// memory, so that no event of the run has to be spent on a sweep.
type sweeper interface {
	sweep(m *items, due, now int64) (again int64)
}

// newSweeper returns what sweeps in a server of these words, and how long after its start
// it does so first.
func newSweeper(word string) (sweeper, time.Duration) {
	if word == MemcachedSweep {
		return new(crawler), crawlRest
	}
	return new(activeExpire), expireCycle
}

// activeExpire is Redis's active expire cycle (activeExpireCycle in expire.c of 7.0, with
// hz 10 and active_expire_effort 1): ten times a second it looks at 20 entries that have a
// life, wherever it stopped in the table, and again at 20 while more than a tenth of them
// had expired. So about a tenth of what Redis holds may be dead. It frees nothing before
// it evicts, or refuses for want of memory.
type activeExpire struct{ cursor int }

const (
	expireCycle = 100 * time.Millisecond
	expireLook  = 20      // entries
	expireWalk  = 20 * 20 // places of the table for one look at most
	expireLooks = 1250    // in a cycle at most: a quarter of its time, at 1 us an entry
)

func (x *activeExpire) sweep(m *items, due, now int64) int64 {
	// One turn of the table finds what all turns before it would have found.
	turn := int64(len(m.slots)/expireLook + 1)
	if missed := (now-due)/int64(expireCycle) - turn; missed > 0 {
		due += missed * int64(expireCycle)
	}
	for range expireLooks {
		if seen, freed := x.look(m, due); freed*10 <= seen {
			break
		}
	}
	m.shrink()
	return due + int64(expireCycle)
}

// look samples the table once. Where an entry is removed another one may move up, so that
// its place is looked at again. As long as nothing can have expired, the table says where
// the cursor comes to, and no entry need be fetched from memory: with many nodes that was a
// third of a run.
func (x *activeExpire) look(m *items, now int64) (seen, freed int) {
	allLive := m.mortal == m.count && now < m.soonest
	for range min(expireWalk, len(m.slots)) {
		if seen == min(expireLook, m.mortal) {
			break
		}
		x.cursor &= len(m.slots) - 1
		n := m.slots[x.cursor].number
		if allLive { // as below, where the entry is one that lives on, or there is none
			if n != 0 {
				seen++
			}
			x.cursor++
			continue
		}
		switch expires := m.at(n).expires; {
		case n == 0 || expires == 0:
			x.cursor++
		case expires > now:
			seen++
			x.cursor++
		default:
			seen, freed = seen+1, freed+1
			m.remove(n)
		}
	}
	return seen, freed
}

// crawler is memcached's LRU crawler as its maintainer thread drives it
// (lru_maintainer_crawler_check in items.c of 1.6): it walks over all entries, frees the
// dead, and counts the others by the minute in which they will expire. It walks again
// after six seconds while one in a hundred expires within the minute, and otherwise waits
// a minute longer each time, up to the minute in which that many will have expired, or an
// hour. Slab classes and the three parts of their LRU, each of which has a crawler of its
// own, are one here.
type crawler struct{ wait time.Duration }

const (
	crawlRest = 6 * time.Second // least time between two walks
	crawlMost = time.Hour       // most that it waits beside that
)

func (c *crawler) sweep(m *items, due, now int64) int64 {
	if m.count == 0 { // there is no tail to begin at
		return now - (now-due)%int64(crawlRest) + int64(crawlRest)
	}
	var minutes [60]int // entries by the minutes that they have left, short of an hour
	for i := 0; i < len(m.slots); {
		n := m.slots[i].number
		expires := m.at(n).expires
		if n != 0 && expires != 0 && expires <= due {
			m.remove(n) // another one may move up here
			continue
		}
		if left := (expires - due) / int64(time.Minute); n != 0 && expires != 0 && left < 60 {
			minutes[left]++
		}
		i++
	}
	m.shrink() // here too, for the next walk
	c.adapt(minutes, m.mortal)
	return due + int64(c.wait+crawlRest)
}

// adapt, which sees the entries as the walk has left them, moves the wait by a minute, towards when a hundredth of the entries that have a
// life will have expired.
func (c *crawler) adapt(minutes [60]int, mortal int) {
	expiring := 0
	for minute, n := range minutes {
		if expiring += n; expiring > mortal/100+1 {
			if c.wait < time.Duration(minute)*time.Minute {
				c.wait += time.Minute
			} else if c.wait > 0 {
				c.wait -= time.Minute
			}
			break
		}
	}
	if expiring == 0 {
		c.wait = min(c.wait+time.Minute, crawlMost)
	}
}
