package filebased

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/herdlab/herdlab/strategies/stores"
)

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
	dir := filepath.Join(t.dir, temporaryDir)
	f, err := os.CreateTemp(dir, "")
	if errors.Is(err, fs.ErrNotExist) { // somebody has emptied the cache with rm
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return false, err
		}
		f, err = os.CreateTemp(dir, "")
	}
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
