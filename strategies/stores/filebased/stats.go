package filebased

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// Tally is how often something was done to the file system, and how long it took
// in all.
type Tally struct {
	N    int64
	Time time.Duration
}

// Mean is the time of one, 0 without any.
func (t Tally) Mean() time.Duration { return t.Time / time.Duration(max(t.N, 1)) }

// Stats counts what a store did since New.
type Stats struct {
	// Entries are as many as the store knows of: those it found at New where it
	// keeps a counter, and what it has added and removed since.
	Entries int64

	Culls  int64 // carried out, by Amortised begun
	Culled int64 // entries that they removed

	Visited Tally // entries met while walking directories
	Opened  Tally // files opened for their expiry
	Removed Tally
	Written Tally
	Read    Tally // files read as a whole
}

// Plus adds the counts of another store.
func (s Stats) Plus(o Stats) Stats {
	add := func(a, b Tally) Tally { return Tally{a.N + b.N, a.Time + b.Time} }
	return Stats{
		Entries: s.Entries + o.Entries, Culls: s.Culls + o.Culls, Culled: s.Culled + o.Culled,
		Visited: add(s.Visited, o.Visited), Opened: add(s.Opened, o.Opened), Removed: add(s.Removed, o.Removed),
		Written: add(s.Written, o.Written), Read: add(s.Read, o.Read),
	}
}

// tally is a Tally in the making.
type tally struct{ n, nanos atomic.Int64 }

func (t *tally) add(n int, begun time.Time) {
	t.n.Add(int64(n))
	t.nanos.Add(int64(time.Since(begun)))
}

func (t *tally) read() Tally { return Tally{t.n.Load(), time.Duration(t.nanos.Load())} }

// Stats returns the counts so far.
func (s *Store) Stats() Stats {
	t := &s.tree
	return Stats{
		Entries: s.entries.Load(), Culls: s.culls.Load(), Culled: s.culled.Load(),
		Visited: t.visited.read(), Opened: t.opened.read(), Removed: t.removed.read(), Written: t.written.read(), Read: t.got.read(),
	}
}

// Usage walks the directory and adds up what is in it, as du(1) does with
// --apparent-size.
func (s *Store) Usage() (entries int, bytes int64, err error) {
	err = filepath.WalkDir(s.tree.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return ignoreGone(err)
		}
		info, err := d.Info()
		if err == nil {
			entries++
			bytes += info.Size()
		}
		return ignoreGone(err)
	})
	return entries, bytes, err
}

// ignoreGone passes over what was removed meanwhile.
func ignoreGone(err error) error {
	if os.IsNotExist(err) {
		return nil
	}
	return err
}
