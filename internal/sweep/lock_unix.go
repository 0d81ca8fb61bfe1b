//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package sweep

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"
)

// lock is a file that one process has to itself. The system takes the lock away from a
// process that ends, however it ends: the file of a dead owner is free, and what it
// says of the owner is for people alone.
type lock struct{ file *os.File }

// takeLock takes the lock, or says who has it.
func takeLock(path string) (*lock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		owner, _ := io.ReadAll(io.LimitReader(file, 200))
		file.Close()
		if err == syscall.EWOULDBLOCK {
			return nil, fmt.Errorf("another sweep is writing here (%s): wait for it, or name another folder with --out", strings.TrimSpace(string(owner)))
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if err := file.Truncate(0); err == nil {
		host, _ := os.Hostname()
		fmt.Fprintf(file, "process %d on %s since %s\n", os.Getpid(), host, time.Now().Format(time.DateTime))
	}
	return &lock{file}, nil
}

// release gives the lock back. The file stays: if it were removed, somebody might lock
// one that is no longer there.
func (l *lock) release() {
	_ = l.file.Truncate(0)
	l.file.Close()
}
