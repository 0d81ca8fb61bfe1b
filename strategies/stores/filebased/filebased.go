// Package filebased keeps entries in a directory as Django's FileBasedCache did
// up to version 1.6, which made every set as slow as its directory is full, and
// with four other ways to hold its size:
//
//	cache, err := filebased.New("/var/cache/pages", filebased.Config{Cull: filebased.Amortised, MaxEntries: 100_000})
//
// An entry is the file dir/h[0:2]/h[2:4]/h[4:], where h is the MD5 of its key in
// hexadecimal; the instant of its expiry is in the file, and an expired file is
// removed by the Get that finds it. The ways differ in what a Set does about the
// others:
//
//   - [Published] (django/core/cache/backends/filebased.py of 1.6): before every
//     write it walks the whole tree to count, and once there are MaxEntries it
//     removes all that is below every CullFrequency-th of the top-level
//     directories in sorted order, the first of them always. A Set costs time in
//     proportion to the entries there are, whether or not it removes any. Twelve
//     thousand were enough to bring a site down that had raised the limit to five
//     million (fzysqr.com/2012/03/27/django-cache-and-burn).
//   - [Random] (the same file since 1.7): a flat directory, dir/h, which is listed before
//     every write to count, and once there are MaxEntries one file in CullFrequency is
//     removed at random. A Set still costs time in proportion to the entries, but a
//     fourteenth of it: it takes 175,000 of them to bring that site down.
//   - [Exact] (FileSystemCache of werkzeug and cachelib, src/cachelib/file.py): a
//     counter in place of the walk, and no hysteresis. Below the limit a Set is
//     cheap; above it every Set opens every file, twice, to remove one.
//   - [Manual], the fix of that site: a Set never looks. [Store.ForceCull] is for a
//     timer.
//   - [Amortised], the one to use: a counter, and from shortly below the limit on
//     every Set looks at a few files, so that it never costs more than those. The
//     expired go first, and then as many as CullFrequency says.
//
// A directory is one process's: counters are in its memory. Locks are not a file
// cache's business; [github.com/herdlab/herdlab/strategies/stores/file] has them.
package filebased

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/stores/filebased/sweep"
	"github.com/herdlab/herdlab/strategies/wire"
)

// CullMode is a way to hold the size of the cache. They are described at the top.
type CullMode string

// The ways to hold the size of the cache.
const (
	Published CullMode = "published"
	Exact     CullMode = "exact"
	Manual    CullMode = "manual"
	Amortised CullMode = "amortised"
	Random    CullMode = "random"
)

// Config is how a directory is used. Zero fields get Django's defaults.
type Config struct {
	Cull          CullMode // which of the ways; default Published
	MaxEntries    int      // default 300; -1 is without limit, for Manual alone
	CullFrequency int      // a cull removes one in so many; default 3
	Flat          bool     // all files are in one directory, as in Django since 1.7; with Random they always are

	// Rand chooses what Random removes. Default: seeded by the runtime.
	Rand *rand.Rand

	// Now tells the time, by which entries expire. Default time.Now.
	Now func() time.Time

	// Limit, if not nil, is given the share of a Set that is spent on other entries,
	// where there is one, to run it at once or when there is a place for it.
	Limit func(cull func())
}

func (c *Config) setDefaults() {
	c.Cull = cmp.Or(c.Cull, Published)
	c.MaxEntries = cmp.Or(c.MaxEntries, 300)
	c.CullFrequency = cmp.Or(c.CullFrequency, 3)
	c.Flat = c.Flat || c.Cull == Random
	if c.Rand == nil {
		c.Rand = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Limit == nil {
		c.Limit = func(cull func()) { cull() }
	}
}

func (c *Config) validate() error {
	switch {
	case !slices.Contains([]CullMode{Published, Random, Exact, Manual, Amortised}, c.Cull):
		return fmt.Errorf("cull is %q: write %s, %s, %s, %s or %s", c.Cull, Published, Random, Amortised, Manual, Exact)
	case c.Flat && (c.Cull == Published || c.Cull == Amortised):
		return fmt.Errorf("cull is %s, which goes by directories: leave flat out", c.Cull)
	case c.MaxEntries < 1 && (c.MaxEntries != -1 || c.Cull != Manual):
		return fmt.Errorf("max entries are %d: write 1 or more, or -1 with %s", c.MaxEntries, Manual)
	case c.CullFrequency < 1:
		return fmt.Errorf("cull frequency is %d: write 1 or more", c.CullFrequency)
	}
	return nil
}

// Store is a directory. It is safe for concurrent use within one process.
type Store struct {
	cfg     Config
	tree    tree
	entries atomic.Int64 // as counted; what Published found at its last look
	culls   atomic.Int64
	culled  atomic.Int64

	mu    sync.Mutex // of the sweep, and of the random numbers
	sweep sweep.Sweep[string, string]
}

var _ strategies.Store = (*Store)(nil)

// New returns a store in dir, which is made if it is not there, for the user
// alone. Where a counter is kept, the files that are there are counted once.
func New(dir string, cfg Config) (*Store, error) {
	cfg.setDefaults()
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("file cache: %w", err)
	}
	s := &Store{cfg: cfg, tree: tree{dir: dir, flat: cfg.Flat}}
	made := dir
	if s.renames() {
		made = filepath.Join(dir, temporaryDir)
		if err := os.RemoveAll(made); err != nil { // of writers who died
			return nil, fmt.Errorf("file cache: %w", err)
		}
	}
	if err := os.MkdirAll(made, 0o700); err != nil {
		return nil, fmt.Errorf("file cache: %w", err)
	}
	if s.renames() {
		s.entries.Store(int64(len(s.tree.all())))
	}
	return s, nil
}

// renames reports whether a file gets its name when it is whole. Otherwise it is
// written in place, as it was published, and a reader may see half of it.
func (s *Store) renames() bool {
	return s.cfg.Cull == Amortised || s.cfg.Cull == Exact || s.cfg.Cull == Random
}

// Get reads one entry, and removes it if it has expired. Bytes that are no entry of key
// are a miss where files are written in place, and an error otherwise.
func (s *Store) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	return wire.Found(stores.Do(ctx, func() (*wire.Envelope, error) {
		name := nameOf(key)
		b, err := s.tree.read(name)
		if b == nil || err != nil {
			return nil, err
		}
		v, err := wire.Open(b, key)
		switch {
		case err != nil && s.renames():
			return nil, fmt.Errorf("%s: %w", s.tree.path(name), err)
		case err != nil:
			return nil, nil
		case v.Expired(s.cfg.Now()):
			return nil, s.drop(s.removeExpiredFile(name))
		}
		return &v, nil
	}))
}

// removeExpiredFile deletes a file whose time is over. What has no readable expiry stays.
func (s *Store) removeExpiredFile(name string) (bool, error) {
	return s.tree.removeIf(name, func(expires time.Time) bool { return !expires.IsZero() && !expires.After(s.cfg.Now()) })
}

// Set stores an entry for ttl, or for ever if ttl is zero, and holds the size of
// the cache in the configured way. A disk without room is [stores.ErrFull]; with
// files written in place the entry before is then lost.
func (s *Store) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	if err := stores.Lifetime(ttl); err != nil {
		return err
	}
	_, err := stores.Do(ctx, func() (bool, error) {
		switch {
		case s.cfg.Cull == Published:
			s.cfg.Limit(s.cullPublished)
		case s.cfg.Cull == Random:
			s.cfg.Limit(s.cullRandom)
		case s.cfg.Cull == Exact && s.over() > 0:
			s.cfg.Limit(s.cullExact)
		}
		b, err := wire.Lasting(key, e, ttl, s.cfg.Now()).MarshalBinary()
		if err != nil {
			return false, err
		}
		added, err := s.tree.write(nameOf(key), b, s.renames())
		if added {
			s.entries.Add(1)
		}
		if s.cfg.Cull == Amortised && s.due() {
			s.cfg.Limit(s.step)
		}
		return err == nil, err
	})
	return err
}

// Delete removes an entry.
func (s *Store) Delete(ctx context.Context, key string) error {
	_, err := stores.Do(ctx, func() (bool, error) { return true, s.drop(s.tree.remove(nameOf(key))) })
	return err
}

// drop counts an entry that was removed outside of a cull.
func (s *Store) drop(removed bool, err error) error {
	if removed {
		s.entries.Add(-1)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return stores.FileFault(err)
}

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
