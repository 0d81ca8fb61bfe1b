//go:build unix

package engine

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"
)

// hang returns when the process has stopped: the signal alone may come after
// another answer or two.
func (r *process) hang() error {
	if err := r.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	if runtime.GOOS != "linux" {
		return nil // and no /proc to look at
	}
	const limit = 5 * time.Second
	for begun := time.Now(); time.Since(begun) < limit; time.Sleep(100 * time.Microsecond) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.Pid()))
		if err != nil {
			return err
		}
		// The state follows the name, which is in brackets and may have any in it.
		if _, after, _ := bytes.Cut(stat[bytes.LastIndexByte(stat, ')'):], []byte(") ")); len(after) > 0 && after[0] == 'T' {
			return nil
		}
	}
	return fmt.Errorf("%s did not stop within %v", r.path, limit)
}

func (r *process) wake() error { return r.Signal(syscall.SIGCONT) }
