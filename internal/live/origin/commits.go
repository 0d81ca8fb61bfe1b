package origin

import (
	"sync"
	"time"
)

// remembered is how many commits of one row are kept.
const remembered = 64

// Commits knows when this process committed which version of which row. Commits of
// other processes are not in it, though the versions they take are skipped. The zero
// value is ready for use, and safe for concurrent use.
type Commits[Row comparable] struct {
	mu    sync.Mutex
	byRow map[Row][]commit // versions ascending
}

type commit struct {
	version uint64
	at      time.Time
}

// Add notes a commit. Two writers may come here in another order than they
// committed in: the one who holds version 3 before the one who holds 2. Version 0 is a
// server that tells none.
func (c *Commits[Row]) Add(row Row, version uint64, at time.Time) {
	if version == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byRow == nil {
		c.byRow = make(map[Row][]commit)
	}
	all := append(c.byRow[row], commit{version, at})
	for i := len(all) - 1; i > 0 && all[i-1].version > all[i].version; i-- {
		all[i-1], all[i] = all[i], all[i-1]
	}
	c.byRow[row] = all[max(0, len(all)-remembered):]
}

// Superseded is the instant of the first commit known of a version after the given
// one. If older ones are forgotten, staleness is understated.
func (c *Commits[Row]) Superseded(row Row, version uint64) (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, x := range c.byRow[row] {
		if x.version > version {
			return x.at, true
		}
	}
	return time.Time{}, false
}

// Forget forgets all of them.
func (c *Commits[Row]) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.byRow)
}
