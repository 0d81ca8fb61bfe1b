//go:build !linux

package folder

import (
	"os"
	"time"
)

// Without a lock that the system takes away from the dead, time tells them from the
// living, and two that write at once take no turns:
//
//	one: old folder -> former   |
//	                            | other: next -> place, which is empty
//	one: next -> place fails    |
//
// The first then ends with an error, and the second's folder is whole and in its place.
// The former one is removed by the next Begin, with what is in it of others taken out.

// quiet is how long nobody has written into the folder of a writer that was killed. A
// report takes seconds.
const quiet = time.Hour

// exchange has two folders change places. (macOS could do it at once, by renamex_np with
// RENAME_SWAP: worth a file of its own once somebody runs many at a time there.)
func exchange(next, place string) error { return exchangeByTwo(next, place) }

// TryLock reports whether nobody seems to write into an open folder any more. It is asked
// of folders alone: every file that is made in one moves its time.
func TryLock(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && time.Since(info.ModTime()) > quiet
}

// lockFolder gives no turns: a lock that nobody takes away from a process that was
// killed would keep all others out for ever, and what comes of having none is above.
func lockFolder(string) (unlock func()) { return func() {} }

// writable is not known before it is tried: what a writer may not replace is told by the
// exchange, after the run.
func writable(string) error { return nil }
