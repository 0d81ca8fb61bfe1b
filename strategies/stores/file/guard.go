package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/herdlab/herdlab/strategies/stores"
)

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
		f, err := s.openGuard(p.guard)
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

// openGuard opens a guard, and makes it anew if somebody has emptied the cache
// with rm.
func (s *Store) openGuard(guard byte) (*os.File, error) {
	dir := filepath.Join(s.dir, guardDir)
	path := filepath.Join(dir, fmt.Sprintf("%02x", guard))
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
}
