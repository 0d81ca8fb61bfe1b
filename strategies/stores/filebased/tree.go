package filebased

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/wire"
)

// temporaryDir is where files are written before they get their names. No
// directory of entries has a name of that length.
const temporaryDir = "new"

// tree is the directory, and all that is done to it. An entry goes by its name,
// the 32 hexadecimal digits of its hash.
type tree struct {
	dir    string
	flat   bool            // all files are in it
	guards [256]sync.Mutex // of the top-level directories, for changes that are counted

	visited, opened, removed, written, got tally
}

func nameOf(key string) string {
	sum := md5.Sum([]byte(key))
	return hex.EncodeToString(sum[:])
}

func (t *tree) path(name string) string {
	if t.flat {
		return filepath.Join(t.dir, name)
	}
	return filepath.Join(t.dir, name[:2], name[2:4], name[4:])
}

// guard locks the directory of an entry against others who count.
func (t *tree) guard(name string) (unlock func()) {
	first, _ := strconv.ParseUint(name[:2], 16, 8)
	t.guards[first].Lock()
	return t.guards[first].Unlock
}

// list is the directories or files below some directories of the tree, sorted. It is
// empty where there is no such directory any more.
func (t *tree) list(below ...string) (names []string) {
	entries, err := os.ReadDir(filepath.Join(append([]string{t.dir}, below...)...))
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if e.Name() != temporaryDir {
			names = append(names, e.Name())
		}
	}
	return names
}

// Tops is the top-level directories, Leaves those in one of them, and Files the entries
// in one of these.
func (t *tree) Tops() []string             { return t.list() }
func (t *tree) Leaves(top string) []string { return t.list(top) }

func (t *tree) Files(top, leaf string) (names []string) {
	for _, rest := range t.list(top, leaf) {
		names = append(names, top+leaf+rest)
	}
	return names
}

// below is every entry in a top-level directory.
func (t *tree) below(top string) (names []string) {
	begun := time.Now()
	for _, leaf := range t.Leaves(top) {
		names = append(names, t.Files(top, leaf)...)
	}
	return t.met(names, begun)
}

// met drops what is no entry, and counts the others as met while walking.
func (t *tree) met(names []string, begun time.Time) []string {
	names = slices.DeleteFunc(names, func(name string) bool { return len(name) != 2*md5.Size })
	t.visited.add(len(names), begun)
	return names
}

// all walks the whole tree.
func (t *tree) all() (names []string) {
	if begun := time.Now(); t.flat {
		return t.met(t.list(), begun)
	}
	for _, top := range t.list() {
		names = append(names, t.below(top)...)
	}
	return names
}

// read is the whole of a file, or nil.
func (t *tree) read(name string) ([]byte, error) {
	begun := time.Now()
	b, err := stores.ReadFile(t.path(name), strategies.ErrForeign)
	if b != nil && err == nil {
		t.got.add(1, begun)
	}
	return b, err
}

// expires opens a file and reads its expiry.
func (t *tree) expires(name string) (time.Time, error) {
	begun := time.Now()
	defer func() { t.opened.add(1, begun) }()
	f, err := os.Open(t.path(name))
	if err != nil {
		return time.Time{}, err
	}
	defer f.Close()
	var head [wire.EnvelopeHead]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		return time.Time{}, err
	}
	return wire.HeadExpires(head[:])
}

// remove deletes a file, and its two directories if nothing else is in them.
func (t *tree) remove(name string) (bool, error) {
	defer t.guard(name)()
	return t.unlink(name)
}

// removeIf deletes a file if its expiry, read where no writer who renames can come in
// between, is such that it should.
func (t *tree) removeIf(name string, should func(expires time.Time) bool) (bool, error) {
	defer t.guard(name)()
	expires, err := t.expires(name)
	if err != nil || !should(expires) {
		return false, err
	}
	return t.unlink(name)
}

func (t *tree) unlink(name string) (bool, error) {
	begun := time.Now()
	if err := os.Remove(t.path(name)); err != nil {
		return false, err
	}
	if !t.flat && os.Remove(filepath.Join(t.dir, name[:2], name[2:4])) == nil {
		_ = os.Remove(filepath.Join(t.dir, name[:2]))
	}
	t.removed.add(1, begun)
	return true, nil
}

// attempts is how often a write makes its directories anew: a delete that finds them
// empty may remove them before the file is in.
const attempts = 100

// write puts bytes at an entry's place, by a rename or in place, and reports whether
// no file was there.
func (t *tree) write(name string, b []byte, rename bool) (added bool, err error) {
	begun := time.Now()
	put := t.putInPlace
	if rename {
		put = t.putByRename
	}
	for range attempts {
		if added, err = put(name, b); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		if made := os.MkdirAll(filepath.Dir(t.path(name)), 0o700); made != nil && !raced(made) {
			err = made
			break
		}
	}
	if err == nil {
		t.written.add(1, begun)
	}
	return added, stores.FileFault(err)
}

// raced reports whether a directory was removed while it was made: with a parent
// gone, or one that was there and is not any more when MkdirAll looks what it is.
func raced(made error) bool {
	return errors.Is(made, fs.ErrNotExist) || errors.Is(made, fs.ErrExist)
}

// putInPlace truncates and writes, as it was published.
func (t *tree) putInPlace(name string, b []byte) (added bool, err error) {
	path := t.path(name)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	added = err == nil
	if errors.Is(err, fs.ErrExist) {
		f, err = os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	}
	if err != nil {
		return false, err
	}
	_, err = f.Write(b)
	return added, errors.Join(err, f.Close())
}

// putByRename writes a file elsewhere and moves it to its place.
func (t *tree) putByRename(name string, b []byte) (added bool, err error) {
	f, err := stores.OpenIn(filepath.Join(t.dir, temporaryDir), func(dir string) (*os.File, error) { return os.CreateTemp(dir, "") })
	if err != nil {
		return false, err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		added, err = t.move(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return added, err
}

func (t *tree) move(from, name string) (added bool, err error) {
	defer t.guard(name)()
	_, err = os.Lstat(t.path(name))
	added = errors.Is(err, fs.ErrNotExist)
	err = os.Rename(from, t.path(name))
	return added && err == nil, err
}
