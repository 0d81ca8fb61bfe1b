package folder

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// exchange has two folders change places, so that there is one at every instant. NFS,
// FAT and most of what is mounted by FUSE cannot do it at once: there a reader may find
// none for the time between two renames.
func exchange(next, place string) error {
	err := unix.Renameat2(unix.AT_FDCWD, next, unix.AT_FDCWD, place, unix.RENAME_EXCHANGE)
	if err == unix.ENOSYS || err == unix.EINVAL || err == unix.ENOTSUP {
		return exchangeByTwo(next, place)
	}
	return err
}

// TryLock locks an open file or folder for this process until it is closed, and reports
// whether nobody else had. The system ends the lock of a process that ends, however.
func TryLock(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// lockFolder waits for its turn in a folder, and returns what ends the turn. Where a
// file system has no locks there are no turns: each step is one rename all the same.
func lockFolder(dir string) (unlock func()) {
	f, err := os.Open(dir)
	if err != nil {
		return func() {}
	}
	for syscall.Flock(int(f.Fd()), syscall.LOCK_EX) == syscall.EINTR {
	}
	return func() { f.Close() }
}

// writable is why a folder may not be written into, or nil. It asks the system, which
// knows of owners, lists of access and what is mounted read-only, and leaves no trace: a
// file made to try it would stay behind a writer that is killed.
func writable(dir string) error { return unix.Access(dir, unix.W_OK) }
