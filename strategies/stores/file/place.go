package file

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/wire"
)

// What the directory holds. Values and locks are two levels down, by the first
// two bytes of their hash, so that no directory of a million entries has more
// than some tens.
const (
	valueDir = "values"
	lockDir  = "locks"
	guardDir = "guards"
)

// place is where an entry or a lock of a key is.
type place struct {
	key   string
	path  string
	guard byte // which of the guards
}

func (s *Store) place(kind, key string) place {
	sum := sha256.Sum256([]byte(key))
	name := hex.EncodeToString(sum[:])
	return place{key, filepath.Join(s.dir, kind, name[:2], name[2:4], name[4:]), sum[0]}
}

// read returns the envelope at p, expired or not, and nil if there is none or a
// placeholder.
func (s *Store) read(p place) (*wire.Envelope, error) {
	b, err := os.ReadFile(p.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case errors.Is(err, syscall.EISDIR):
		return nil, fmt.Errorf("%w: %w", strategies.ErrForeign, err)
	case err != nil:
		return nil, stores.FileFault(err)
	}
	if wire.IsPlaceholder(b) {
		return nil, nil
	}
	v, err := wire.Open(b, p.key)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.path, err)
	}
	return &v, nil
}

// isBytes reports whether err is about what is in a file and not about the disk.
func isBytes(err error) bool {
	return errors.Is(err, strategies.ErrForeign) || errors.Is(err, strategies.ErrTorn) || errors.Is(err, strategies.ErrOtherKey)
}

// temporary is a file that is written before it gets its name.
type temporary interface {
	io.WriteCloser
	Name() string
}

// temporaryName is what [os.CreateTemp] makes names of; no hash has a dash.
const temporaryName = "new-*"

func createTemporary(dir string) (temporary, error) { return os.CreateTemp(dir, temporaryName) }

// write puts an envelope at p, whole or not at all.
func (s *Store) write(p place, v wire.Envelope) error {
	b, err := v.MarshalBinary()
	if err != nil {
		return err
	}
	return s.put(p, b)
}

// put is the same for bytes.
func (s *Store) put(p place, b []byte) error {
	dir := filepath.Dir(p.path)
	f, err := s.create(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return stores.FileFault(err)
		}
		f, err = s.create(dir)
	}
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
