package file

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/stores/cas"
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
