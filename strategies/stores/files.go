package stores

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// FileFault gives an error of the file system its name.
func FileFault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %w", ErrFull, err)
	case errors.Is(err, syscall.EFBIG):
		return fmt.Errorf("%w: %w", ErrTooLarge, err)
	}
	return fmt.Errorf("%w: %w", ErrRefused, err)
}

// ReadFile is the whole of a file, or nil if there is none. The error is foreign where
// a directory lies in its place.
func ReadFile(path string, foreign error) ([]byte, error) {
	b, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case errors.Is(err, syscall.EISDIR):
		return nil, fmt.Errorf("%w: %w", foreign, err)
	}
	return b, FileFault(err)
}

// OpenIn opens a file in dir, and makes dir anew if somebody has emptied the cache
// with rm.
func OpenIn[F any](dir string, open func(dir string) (F, error)) (F, error) {
	f, err := open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return f, err
		}
		return open(dir)
	}
	return f, err
}
