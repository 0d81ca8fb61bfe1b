package filebased

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/herdlab/herdlab/strategies/stores/filebased/sweep"
)

// cullPublished is _cull of Django 1.6: count by walking, and at the limit remove
// every so-many-th top-level directory with all that is in it.
func (s *Store) cullPublished() {
	n := len(s.tree.all())
	s.entries.Store(int64(n))
	if n >= s.cfg.MaxEntries {
		s.noteCull(s.removeTops())
	}
}

// cullRandom is _cull of Django since 1.7: count by listing the one directory, and at the
// limit remove one in so many of the files, whichever.
func (s *Store) cullRandom() {
	names := s.tree.all()
	s.entries.Store(int64(len(names)))
	if len(names) >= s.cfg.MaxEntries {
		s.noteCull(s.removeSample(names))
	}
}

func (s *Store) removeSample(names []string) (removed int) {
	s.mu.Lock()
	sample := sweep.Sample(names, len(names)/s.cfg.CullFrequency, s.cfg.Rand)
	s.mu.Unlock()
	for _, name := range sample {
		if gone, _ := s.tree.remove(name); gone {
			removed++
		}
	}
	return removed
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

// noteCull counts a cull.
func (s *Store) noteCull(removed int) {
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
	s.noteCull(removed)
}

// count is how many entries there are, as far as the store knows.
func (s *Store) count() int { return int(s.entries.Load()) }

// over is how many there are above the limit.
func (s *Store) over() int { return s.count() - s.cfg.MaxEntries }

func (s *Store) removeExpired(ctx context.Context) (removed int) {
	for _, name := range s.tree.all() {
		if ctx.Err() != nil {
			break
		}
		if gone, _ := s.removeExpiredFile(name); gone {
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
// top-level directory as Published does, or as many files as Random does. It returns
// how many files it removed; when ctx ends it stops.
func (s *Store) ForceCull(ctx context.Context) (removed int, err error) {
	removed = s.removeExpired(ctx)
	switch names := s.tree.all(); {
	case ctx.Err() != nil || s.cfg.MaxEntries < 0 || len(names) < s.cfg.MaxEntries:
	case s.tree.flat:
		removed += s.removeSample(names)
	default:
		removed += s.removeTops()
	}
	s.noteCull(removed)
	return removed, context.Cause(ctx)
}

// due reports whether a sweep goes on, or is to begin.
func (s *Store) due() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sweep.Due(s.count(), s.cfg.MaxEntries)
}

// step does the share of one Set in a sweep.
func (s *Store) step() {
	s.mu.Lock()
	defer s.mu.Unlock()
	begins := s.sweep.Step(&s.tree, s.count, s.cfg.MaxEntries, s.cfg.CullFrequency, func(name string, expired bool) {
		remove := s.tree.remove
		if expired {
			remove = s.removeExpiredFile
		}
		if gone, _ := remove(name); gone {
			s.entries.Add(-1)
			s.culled.Add(1)
		}
	})
	if begins {
		s.culls.Add(1)
	}
}
