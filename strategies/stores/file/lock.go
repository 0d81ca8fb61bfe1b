package file

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/stores/cas"
	"github.com/herdlab/herdlab/strategies/wire"
)

// change puts what next makes of what lies in the place of key there, under the key's
// guard.
func (s *Store) change(ctx context.Context, kind cas.Kind, key string, next cas.Next) (bool, error) {
	p := s.place(kind, key)
	return s.guarded(ctx, p, func() (bool, error) {
		b, err := stores.ReadFile(p.path, strategies.ErrForeign)
		now := s.cfg.Now()
		found := cas.Look(b, now, p.open)
		switch {
		case errors.Is(err, strategies.ErrForeign):
			found.Err = err
		case err != nil:
			return false, err
		}
		c, err := next(found, now)
		if c == nil || err != nil {
			return false, err
		}
		err = s.put(p, c, now)
		return err == nil, err
	})
}

// guarded runs change while nobody else, in this process or another, changes
// what has the same guard. Of one process at most one goroutine for each guard
// waits in the kernel, since a process that is stopped while it has a guard
// holds up all others.
func (s *Store) guarded(ctx context.Context, p place, change func() (bool, error)) (bool, error) {
	return stores.Do(ctx, func() (bool, error) {
		mu := &s.guards[p.guard]
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		f, err := stores.OpenIn(filepath.Join(s.dir, guardDir), func(dir string) (*os.File, error) {
			return os.OpenFile(filepath.Join(dir, fmt.Sprintf("%02x", p.guard)), os.O_CREATE|os.O_RDWR, 0o600)
		})
		if err != nil {
			return false, stores.FileFault(err)
		}
		defer f.Close()
		if err := lockFile(f); err != nil {
			return false, stores.FileFault(err)
		}
		return change() // closing the file frees it
	})
}

// sweepPlaceholder removes what is at path if it is a placeholder whose time is
// over. Its guard is named by the path, as its key is not in it.
func (s *Store) sweepPlaceholder(ctx context.Context, path string) (bool, error) {
	first, err := hex.DecodeString(filepath.Base(filepath.Dir(filepath.Dir(path))))
	if err != nil || len(first) != 1 {
		return false, nil
	}
	return s.guarded(ctx, place{path: path, guard: first[0]}, func() (bool, error) {
		b, err := os.ReadFile(path)
		if err != nil || !wire.IsPlaceholder(b) {
			return false, nil
		}
		if x := wire.ReadPlaceholder(b); !x.Over(s.cfg.Now()) {
			return false, nil
		}
		return true, os.Remove(path)
	})
}
