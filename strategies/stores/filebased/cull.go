package filebased

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// cullPublished is _cull of Django 1.6: count by walking, and at the limit remove
// every so-many-th top-level directory with all that is in it.
func (s *Store) cullPublished() {
	n := len(s.tree.all())
	s.entries.Store(int64(n))
	if n >= s.cfg.MaxEntries {
		s.count(s.removeTops())
	}
}

func (s *Store) removeTops() (removed int) {
	for i, top := range s.tree.list() {
		if i%s.cfg.CullFrequency != 0 {
			continue
		}
		for _, name := range s.tree.below(top) {
			if gone, _ := s.tree.remove(name); gone {
				removed++
			}
		}
	}
	return removed
}

// count notes a cull.
func (s *Store) count(removed int) {
	s.entries.Add(int64(-removed))
	s.culls.Add(1)
	s.culled.Add(int64(removed))
}

// cullExact is _prune of cachelib: above the limit, open every file and remove
// what has expired, and if that is not enough open every file again, sort them by
// expiry, and remove until the limit is met. What never expires goes last here; it
// goes first there, where its expiry is zero.
func (s *Store) cullExact() {
	over := s.over()
	if over <= 0 { // somebody else was faster
		return
	}
	removed := s.removeExpired(context.Background())
	if removed < over {
		removed += s.removeEarliest(over - removed)
	}
	s.count(removed)
}

// over is how many entries there are above the limit.
func (s *Store) over() int { return int(s.entries.Load()) - s.cfg.MaxEntries }

func (s *Store) removeExpired(ctx context.Context) (removed int) {
	for _, name := range s.tree.all() {
		if ctx.Err() != nil {
			break
		}
		if gone, _ := s.tree.removeIf(name, s.expired); gone {
			removed++
		}
	}
	return removed
}

func (s *Store) removeEarliest(n int) (removed int) {
	type dated struct {
		name string
		ends int64 // nanoseconds since 1970
	}
	var all []dated
	for _, name := range s.tree.all() {
		switch expires, err := s.tree.expires(name); {
		case err == nil && expires.IsZero():
			all = append(all, dated{name, math.MaxInt64})
		case err == nil:
			all = append(all, dated{name, expires.UnixNano()})
		}
	}
	slices.SortStableFunc(all, func(a, b dated) int { return cmp.Compare(a.ends, b.ends) })
	for _, d := range all {
		if gone, _ := s.tree.remove(d.name); gone {
			removed++
		}
		if removed == n {
			break
		}
	}
	return removed
}

// ForceCull is the work of a timer: it opens every file and removes those that
// have expired, and then, if there still are MaxEntries, every so-many-th
// top-level directory as Published does. It returns how many files it removed;
// when ctx ends it stops.
func (s *Store) ForceCull(ctx context.Context) (removed int, err error) {
	removed = s.removeExpired(ctx)
	if n := len(s.tree.all()); ctx.Err() == nil && s.cfg.MaxEntries > 0 && n >= s.cfg.MaxEntries {
		removed += s.removeTops()
	}
	s.count(removed)
	return removed, context.Cause(ctx)
}

// stride is how many files one Set of the amortised mode looks at, or removes.
const stride = 16

// sweep is a cull that goes on from Set to Set. It begins so far below the limit
// that it has looked at every file before the limit is reached: each Set adds one
// and looks at stride.
//
// It has two parts. The first looks at as many files as there were when it began
// and removes what has expired. If that was not enough the second removes what
// comes next, whatever it is, down to the lower mark. The hand goes round the
// tree in the order of the hashes, which is no order of the keys, and goes on
// where it stopped: no entry is the first to die each time.
type sweep struct {
	hand hand
	goal int64 // the lower mark; of a sweep that goes on
	look int   // files that the first part has still to look at
	on   bool
}

// upperLimit is how many entries begin a sweep.
func (c *Config) upperLimit() int64 { return int64(c.MaxEntries - c.MaxEntries/stride) }

// due reports whether a sweep goes on, or is to begin.
func (s *Store) due() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sweep.on || s.entries.Load() >= s.cfg.upperLimit()
}

// step does the share of one Set in a sweep.
func (s *Store) step() {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := &s.sweep
	if !w.on {
		n := s.entries.Load()
		if n < s.cfg.upperLimit() {
			return
		}
		*w = sweep{hand: w.hand, on: true, goal: n - n/int64(s.cfg.CullFrequency), look: int(n)}
		s.culls.Add(1)
	}
	for range stride {
		name, ok := w.hand.next(&s.tree)
		if !ok {
			break
		}
		s.strike(w, name)
		if s.entries.Load() <= w.goal {
			w.on = false
			return
		}
	}
}

// strike looks at an entry, or removes it.
func (s *Store) strike(w *sweep, name string) {
	var gone bool
	if w.look > 0 {
		w.look--
		gone, _ = s.tree.removeIf(name, s.expired)
	} else {
		gone, _ = s.tree.remove(name)
	}
	if gone {
		s.entries.Add(-1)
		s.culled.Add(1)
	}
}

// hand goes round a tree, from entry to entry in the order of their names. It
// lists a directory when it comes to it.
type hand struct {
	tops, leaves, files []string // to come: in the tree, in top, in top/leaf
	top, leaf           string
}

// next is the next entry, after the last one the first. There is none in an empty
// tree.
func (h *hand) next(t *tree) (name string, ok bool) {
	for rounds := 0; ; {
		switch {
		case len(h.files) > 0:
			rest := h.files[0]
			h.files = h.files[1:]
			return h.top + h.leaf + rest, true
		case len(h.leaves) > 0:
			h.leaf, h.leaves = h.leaves[0], h.leaves[1:]
			h.files = t.list(h.top, h.leaf)
		case len(h.tops) > 0:
			h.top, h.tops = h.tops[0], h.tops[1:]
			h.leaves = t.list(h.top)
		case rounds == 2: // the first may have begun in the middle
			return "", false
		default:
			rounds++
			h.tops = t.list()
		}
	}
}
