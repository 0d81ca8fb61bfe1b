//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package sweep

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// lock is a file that one process has made. Where there is no flock, nobody takes it
// away from a process that was killed: the message says what to do.
type lock struct{ path string }

// takeLock takes the lock, or says who has it.
func takeLock(path string) (*lock, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		owner, _ := os.ReadFile(path)
		return nil, fmt.Errorf("another sweep is writing here (%s): wait for it, or remove %s if that process no longer runs", strings.TrimSpace(string(owner)), path)
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	fmt.Fprintf(file, "process %d\n", os.Getpid())
	return &lock{path}, nil
}

// release gives the lock back.
func (l *lock) release() { _ = os.Remove(l.path) }
