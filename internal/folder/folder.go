// Package folder replaces a folder as a whole.
//
//	next, err := folder.Begin("out/burst", ours) // out/.burst.tmp-...
//	defer next.Drop()
//	... write the files into next.Dir ...
//	err = next.Swap()
//
// Whoever looks finds all of the old folder or all of the new one, also when two write
// at once, when the disk is full and when the writer is killed: the new one is written
// beside the old one, on the same file system, and the two change places by one rename.
//
// What is in the folder and is not the writer's own is kept: it moves over behind the
// exchange. A writer that is killed leaves a hidden folder. It has a lock on it that
// the system takes away from the dead, and so the next Begin knows it, takes out what
// is not its own, and removes it.
package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// Next is the folder that is to take the place of another.
type Next struct {
	Dir string // to be written into; to nobody else it is of any use

	place string // that it is to take
	owned func(name string) bool
	lock  *os.File // on Dir, for as long as it is written
}

// Begin makes an empty folder that is to take the place of dir, which need not be there
// and may be a link. Owned says of a path in it, with slashes, whether it is one that
// the writer makes: such a file is replaced or removed, and all others are kept.
func Begin(dir string, owned func(name string) bool) (*Next, error) {
	place, err := resolve(dir)
	if err != nil {
		return nil, err
	}
	// Another writer that comes to nothing takes away the way to the place that it made,
	// which may be between any two steps of this one: what was there is not there, or what
	// is in the way of os.MkdirAll is gone when it looks what that is.
	const tries = 100
	for range tries {
		var n *Next
		if n, err = begin(place, owned); !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
			return n, err
		}
	}
	return nil, err
}

// begin is Begin where the place is known.
func begin(place string, owned func(name string) bool) (*Next, error) {
	if err := os.MkdirAll(filepath.Dir(place), 0o777); err != nil {
		return nil, err
	}
	defer lockFolder(filepath.Dir(place))()
	if err := clearDead(place, owned); err != nil {
		return nil, fmt.Errorf("clear what a run that was killed left: %w", err)
	}
	if err := writable(place); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &fs.PathError{Op: "replace", Path: place, Err: err} // its owner keeps writers out
	}
	n := &Next{Dir: fmt.Sprintf("%s%d-%08x", prefix(place), os.Getpid(), rand.Uint32()), place: place, owned: owned}
	if err := os.Mkdir(n.Dir, 0o777); err != nil {
		return nil, err
	}
	if info, err := os.Stat(place); err == nil { // whom its owner let in is let in
		_ = os.Chmod(n.Dir, info.Mode().Perm())
	}
	if lock, err := os.Open(n.Dir); err == nil {
		n.lock = lock
		TryLock(lock)
	}
	return n, nil
}

// resolve follows a link, so that what it points to is replaced and not the link.
func resolve(dir string) (string, error) {
	info, err := os.Stat(dir)
	switch {
	case err == nil && !info.IsDir():
		return "", fmt.Errorf("%s is a file and no folder", dir)
	case err == nil:
		return filepath.EvalSymlinks(dir)
	}
	if _, err := os.Lstat(dir); err == nil {
		return "", fmt.Errorf("%s is a link that leads nowhere", dir)
	}
	return filepath.Clean(dir), nil
}

// prefix is how the names begin of the folders that are to take a place.
func prefix(place string) string {
	return filepath.Join(filepath.Dir(place), "."+filepath.Base(place)+".tmp-")
}

// formerOf is where the old folder stands for an instant, where two cannot change
// places at once.
func formerOf(place string) string { return prefix(place) + "former" }

// Drop removes the folder, if it has not taken its place.
func (n *Next) Drop() {
	if n.lock != nil {
		n.lock.Close()
	}
	_ = os.RemoveAll(n.Dir)
}

// Swap has the folder take its place.
func (n *Next) Swap() error {
	defer lockFolder(filepath.Dir(n.place))()
	defer n.Drop() // which is the old one from then on
	if _, err := os.Lstat(n.place); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(n.Dir, n.place)
	}
	if err := exchange(n.Dir, n.place); err != nil {
		return fmt.Errorf("exchange the folder, which must be no mount point: %w", err)
	}
	return keepOthers(n.Dir, n.place, "", n.owned)
}

// exchangeByTwo is exchange by two renames. Killed between them it leaves no folder in
// the place, and the next Begin puts the old one back.
func exchangeByTwo(next, place string) error {
	former := formerOf(place)
	if err := os.Rename(place, former); err != nil {
		return err
	}
	if err := os.Rename(next, place); err != nil {
		return errors.Join(err, os.Rename(former, place))
	}
	return os.Rename(former, next)
}

// clearDead removes the folders of writers that were killed, and puts back what they had
// taken away.
func clearDead(place string, owned func(string) bool) error {
	entries, err := os.ReadDir(filepath.Dir(place))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), filepath.Base(prefix(place))) {
			continue
		}
		dead := filepath.Join(filepath.Dir(place), e.Name())
		if alive(dead) {
			continue
		}
		_, err := os.Lstat(place)
		if missing := errors.Is(err, fs.ErrNotExist); missing && dead == formerOf(place) {
			if err := os.Rename(dead, place); err != nil {
				return err
			}
			continue
		} else if !missing {
			if err := keepOthers(dead, place, "", owned); err != nil {
				return err
			}
		}
		if err := os.RemoveAll(dead); err != nil {
			return err
		}
	}
	return nil
}

// alive reports whether somebody writes into a folder.
func alive(dir string) bool {
	f, err := os.Open(dir)
	if err != nil {
		return true // it is gone, or another's
	}
	defer f.Close()
	return !TryLock(f)
}

// keepOthers moves what is not the writer's own from one folder to another, below a path
// of both. What is there already stays.
func keepOthers(from, to, below string, owned func(string) bool) error {
	entries, err := os.ReadDir(filepath.Join(from, below))
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := filepath.Join(below, e.Name())
		source, target := filepath.Join(from, name), filepath.Join(to, name)
		_, err := os.Lstat(target)
		missing := errors.Is(err, fs.ErrNotExist)
		switch {
		case e.IsDir() && (!missing || owned(filepath.ToSlash(name))):
			err = keepOthers(from, to, name, owned)
		case !missing, owned(filepath.ToSlash(name)):
			continue
		default:
			if err = os.MkdirAll(filepath.Dir(target), 0o777); err == nil {
				err = os.Rename(source, target)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
