// Package file keeps entries and locks in a directory, for the processes of one
// machine:
//
//	cache, err := file.New("/var/cache/shop", file.Config{})
//
// An entry is a file, named by the SHA-256 of its key and put into place by a
// rename, so that a reader sees all of it or the one before. No operation lists
// a directory: a set costs the same however many entries there are. Files are not
// synced; what a power failure cuts short has a wrong checksum and is an error,
// not a value.
//
// Expiry is in the file and looked at when it is read; [Store.Sweep] removes what
// nobody reads.
//
// Changes that depend on what is there (a lock, a newer version) happen one at a
// time, within the process by a mutex and between processes by flock(2), which
// the kernel frees when a process dies. O_EXCL alone would not do: to take the
// place of a lock that has expired one must first remove it, and then two may
// have it. On systems without flock a directory is for one process.
package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/stores/cas"
	"github.com/herdlab/herdlab/strategies/wire"
)

// Config is how a directory is used.
type Config struct {
	// Now tells the time, by which entries and locks expire. Default time.Now.
	Now func() time.Time
}

// Store is a directory. It is safe for concurrent use, also by several
// processes.
type Store struct {
	cas.Methods
	dir    string
	cfg    Config
	guards [256]sync.Mutex // one for each first byte of a hash
	create func(dir string) (temporary, error)
}

var _ stores.Complete = (*Store)(nil)

// New returns a store in dir, which is made if it is not there, for the user
// alone.
func New(dir string, cfg Config) (*Store, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	for _, sub := range []string{string(cas.Value), string(cas.Lock), guardDir} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("file cache: %w", err)
		}
	}
	s := &Store{dir: dir, cfg: cfg, create: createTemporary}
	s.Methods = cas.New(s.change, s.Delete)
	return s, nil
}

// Get reads one entry, and removes it if it has expired.
func (s *Store) Get(ctx context.Context, key string) (strategies.Entry, bool, error) {
	return wire.Found(stores.Do(ctx, func() (*wire.Envelope, error) {
		p := s.place(cas.Value, key)
		v, err := s.read(p)
		if err != nil || v == nil || !v.Expired(s.cfg.Now()) {
			return v, err
		}
		_, err = s.removeOver(ctx, cas.Value, p)
		return nil, err
	}))
}

// Set stores an entry for ttl, or for ever if ttl is zero. A disk without room is
// [stores.ErrFull], and the entry before is still there.
func (s *Store) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	if err := stores.Lifetime(ttl); err != nil {
		return err
	}
	p := s.place(cas.Value, key)
	_, err := s.guarded(ctx, p, func() (bool, error) {
		return true, s.put(p, &cas.Change{Entry: e, Life: ttl}, s.cfg.Now())
	})
	return err
}

// Delete removes an entry.
func (s *Store) Delete(ctx context.Context, key string) error {
	p := s.place(cas.Value, key)
	_, err := s.guarded(ctx, p, func() (bool, error) { return true, removeFile(p) }) // not while a lease is looked at
	return err
}

// removeOver removes what is at p if, looked at where nobody can change it, its time is
// over, and reports whether it did.
func (s *Store) removeOver(ctx context.Context, kind cas.Kind, p place) (bool, error) {
	return s.guarded(ctx, p, func() (bool, error) {
		if !s.isOver(kind, p.path) {
			return false, nil
		}
		err := removeFile(p)
		return err == nil, err
	})
}

// isOver reports whether a file is an entry or a lock that has expired, or a placeholder
// whose time is over. What cannot be read, or has another's name, is not.
func (s *Store) isOver(kind cas.Kind, path string) bool {
	b, err := os.ReadFile(path)
	if err == nil && kind == cas.Value && wire.IsPlaceholder(b) {
		x := wire.ReadPlaceholder(b)
		return x.Over(s.cfg.Now())
	}
	var v wire.Envelope
	return err == nil && v.UnmarshalBinary(b) == nil && v.Expired(s.cfg.Now()) && s.place(kind, v.Key).path == path
}

func removeFile(p place) error {
	err := os.Remove(p.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return stores.FileFault(err)
}

// guardDir is where the guards are, beside values and locks. Those are two levels down,
// by the first two bytes of their hash, so that no directory of a million entries has
// more than some tens.
const guardDir = "guards"

// place is where an entry or a lock of a key is.
type place struct {
	key   string
	path  string
	guard byte // which of the guards
}

func (s *Store) place(kind cas.Kind, key string) place {
	sum := sha256.Sum256([]byte(key))
	name := hex.EncodeToString(sum[:])
	return place{key, filepath.Join(s.dir, string(kind), name[:2], name[2:4], name[4:]), sum[0]}
}

// read returns the envelope at p, expired or not, and nil if there is none or a
// placeholder.
func (s *Store) read(p place) (*wire.Envelope, error) {
	b, err := stores.ReadFile(p.path, strategies.ErrForeign)
	if b == nil || err != nil || wire.IsPlaceholder(b) {
		return nil, err
	}
	v, err := p.open(b)
	return &v, err
}

// open reads the envelope of the place.
func (p place) open(b []byte) (wire.Envelope, error) {
	v, err := wire.Open(b, p.key)
	if err != nil {
		return wire.Envelope{}, fmt.Errorf("%s: %w", p.path, err)
	}
	return v, nil
}

// temporary is a file that is written before it gets its name.
type temporary interface {
	io.WriteCloser
	Name() string
}

// temporaryName is what [os.CreateTemp] makes names of; no hash has a dash.
const temporaryName = "new-*"

func createTemporary(dir string) (temporary, error) { return os.CreateTemp(dir, temporaryName) }

// put makes p what it is to be, whole or not at all.
func (s *Store) put(p place, c *cas.Change, now time.Time) error {
	if c.Remove {
		return removeFile(p)
	}
	b, err := wire.Lasting(p.key, c.Entry, c.Life, now).MarshalBinary()
	if c.Placeholder != nil {
		b, err = c.Placeholder.Bytes(), nil
	}
	if err != nil {
		return err
	}
	f, err := stores.OpenIn(filepath.Dir(p.path), s.create)
	if err != nil {
		return stores.FileFault(err)
	}
	_, err = f.Write(b)
	if closed := f.Close(); err == nil {
		err = closed // a full disk may be noticed here only
	}
	if err == nil {
		err = os.Rename(f.Name(), p.path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return stores.FileFault(err)
}

// abandoned is how old a file that never got its name is when its writer must
// have died.
const abandoned = time.Hour

// Sweep removes entries and locks that have expired and what writers who died
// have left, and returns how many files these were. It reads every file: run it
// now and then, at a quiet time. What cannot be read is left where it is, and
// what fails is returned with the rest done.
func (s *Store) Sweep(ctx context.Context) (removed int, err error) {
	var faults []error
	for _, kind := range []cas.Kind{cas.Value, cas.Lock} {
		err := filepath.WalkDir(filepath.Join(s.dir, string(kind)), func(path string, d fs.DirEntry, err error) error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if errors.Is(err, fs.ErrNotExist) || err == nil && !d.Type().IsRegular() {
				return nil
			}
			gone := false
			if err == nil {
				gone, err = s.sweep(ctx, kind, path, d)
			}
			if gone {
				removed++
			}
			if err != nil {
				faults = append(faults, err)
			}
			return nil
		})
		if err != nil {
			return removed, err
		}
	}
	return removed, errors.Join(faults...)
}

// sweep removes one file if its time is over.
func (s *Store) sweep(ctx context.Context, kind cas.Kind, path string, d fs.DirEntry) (bool, error) {
	prefix, _, _ := strings.Cut(temporaryName, "*")
	if strings.HasPrefix(d.Name(), prefix) {
		info, err := d.Info()
		if err != nil || s.cfg.Now().Sub(info.ModTime()) < abandoned {
			return false, nil // it has its name by now, or will get it
		}
		return true, os.Remove(path)
	}
	// The guard is named by the path, as the key of a placeholder is not in it.
	first, err := hex.DecodeString(filepath.Base(filepath.Dir(filepath.Dir(path))))
	if err != nil || len(first) != 1 || !s.isOver(kind, path) {
		return false, nil
	}
	return s.removeOver(ctx, kind, place{path: path, guard: first[0]})
}
