package file

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/herdlab/herdlab/strategies/wire"
)

// abandoned is how old a file that never got its name is when its writer must
// have died.
const abandoned = time.Hour

// Sweep removes entries and locks that have expired and what writers who died
// have left, and returns how many files these were. It reads every file: run it
// now and then, at a quiet time. What cannot be read is left where it is, and
// what fails is returned with the rest done.
func (s *Store) Sweep(ctx context.Context) (removed int, err error) {
	var faults []error
	for _, kind := range []string{valueDir, lockDir} {
		err := filepath.WalkDir(filepath.Join(s.dir, kind), func(path string, d fs.DirEntry, err error) error {
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
func (s *Store) sweep(ctx context.Context, kind, path string, d fs.DirEntry) (bool, error) {
	prefix, _, _ := strings.Cut(temporaryName, "*")
	if strings.HasPrefix(d.Name(), prefix) {
		info, err := d.Info()
		if err != nil || s.cfg.Now().Sub(info.ModTime()) < abandoned {
			return false, nil // it has its name by now, or will get it
		}
		return true, os.Remove(path)
	}
	b, err := os.ReadFile(path)
	if err == nil && kind == valueDir && wire.IsPlaceholder(b) {
		return s.sweepPlaceholder(ctx, path)
	}
	var v wire.Envelope
	if err != nil || v.UnmarshalBinary(b) != nil || !v.Expired(s.cfg.Now()) {
		return false, nil
	}
	p := s.place(kind, v.Key)
	if p.path != path {
		return false, nil
	}
	return s.removeExpired(ctx, p)
}
