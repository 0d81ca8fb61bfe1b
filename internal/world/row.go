package world

import "time"

// remembered is how many commits of one row its history goes back.
const remembered = 64

// row is the history of one key that has been written. A key that never was
// has version 1, and no row: the methods take a nil row for that.
type row struct {
	commits []time.Time // instants of the latest commits; the last made version `version`
	version uint64
}

// commit makes the next version current and returns it.
func (r *row) commit(at time.Time) uint64 {
	if r.version == 0 {
		r.version = 1
	}
	r.version++
	if len(r.commits) == remembered {
		copy(r.commits, r.commits[1:])
		r.commits = r.commits[:remembered-1]
	}
	r.commits = append(r.commits, at)
	return r.version
}

// at is the version that was current at an instant.
func (r *row) at(instant time.Time) uint64 {
	if r == nil {
		return 1
	}
	version := r.version
	for i := len(r.commits) - 1; i >= 0 && r.commits[i].After(instant); i-- {
		version--
	}
	return version
}

// superseded is the instant of the commit after the given version. Of a
// version older than what is remembered it is the oldest commit known, so that
// its staleness is understated.
func (r *row) superseded(version uint64) (time.Time, bool) {
	if r == nil || version >= r.version {
		return time.Time{}, false
	}
	i := len(r.commits) - int(min(r.version-version, uint64(len(r.commits))))
	return r.commits[i], true
}
