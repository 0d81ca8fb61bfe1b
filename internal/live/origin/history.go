package origin

import (
	"sync"
	"time"
)

// remembered is how many commits of one author a history goes back.
const remembered = 64

// history knows when this process committed which version of which author. Commits
// of other processes are not in it, though the versions they take are skipped.
type history struct {
	mu      sync.Mutex
	commits map[int][]commit // by author, versions ascending
}

type commit struct {
	version uint64
	at      time.Time
}

// add notes a commit. Two writers may come here in another order than they
// committed in: the one who holds version 3 before the one who holds 2.
func (h *history) add(author int, c commit) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.commits == nil {
		h.commits = make(map[int][]commit)
	}
	all := append(h.commits[author], c)
	for i := len(all) - 1; i > 0 && all[i-1].version > all[i].version; i-- {
		all[i-1], all[i] = all[i], all[i-1]
	}
	if len(all) > remembered {
		all = append(all[:0], all[len(all)-remembered:]...)
	}
	h.commits[author] = all
}

// superseded is the instant of the first commit known of a version after the given
// one. If older ones are forgotten, staleness is understated.
func (h *history) superseded(author int, version uint64) (time.Time, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.commits[author] {
		if c.version > version {
			return c.at, true
		}
	}
	return time.Time{}, false
}

func (h *history) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.commits)
}
