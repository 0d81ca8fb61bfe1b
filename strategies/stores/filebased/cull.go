package filebased

import (
	"context"
	"slices"
	"time"
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

// dated is an entry and when it expires.
type dated struct {
	name    string
	expires time.Time
}

func (d dated) compare(o dated) int {
	if d.expires.IsZero() != o.expires.IsZero() {
		if d.expires.IsZero() {
			return 1
		}
		return -1
	}
	return d.expires.Compare(o.expires)
}

func (s *Store) removeEarliest(n int) (removed int) {
	var all []dated
	for _, name := range s.tree.all() {
		if expires, err := s.tree.expires(name); err == nil {
			all = append(all, dated{name, expires})
		}
	}
	slices.SortStableFunc(all, dated.compare)
	for _, d := range all {
		if removed == n {
			break
		}
		if gone, _ := s.tree.remove(d.name); gone {
			removed++
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
