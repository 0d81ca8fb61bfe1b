package engine

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
	"time"
)

// attributes gives the process a group of its own, so that a Ctrl-C in the
// terminal reaches only us, who then end it in order, and has it killed when we
// die.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// hang returns when the process has stopped: the signal alone may come after
// another answer or two.
func (r *process) hang() error {
	if err := r.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	const limit = 5 * time.Second
	for begun := time.Now(); time.Since(begun) < limit; time.Sleep(100 * time.Microsecond) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.cmd.Process.Pid))
		if err != nil {
			return err
		}
		// The state follows the name, which is in brackets and may have any in it.
		if _, after, _ := bytes.Cut(stat[bytes.LastIndexByte(stat, ')'):], []byte(") ")); len(after) > 0 && after[0] == 'T' {
			return nil
		}
	}
	return fmt.Errorf("%s did not stop within %v", r.cmd.Path, limit)
}

func (r *process) wake() error { return r.cmd.Process.Signal(syscall.SIGCONT) }
