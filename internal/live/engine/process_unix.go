//go:build unix

package engine

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/herdlab/herdlab/internal/live/child"
)

// suspend returns when a process has stopped: the signal alone may come after
// another answer or two.
func suspend(p *child.Process) error {
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	if runtime.GOOS != "linux" {
		return nil // and no /proc to look at
	}
	const limit = 5 * time.Second
	for begun := time.Now(); time.Since(begun) < limit; time.Sleep(100 * time.Microsecond) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Pid()))
		if err != nil {
			return err
		}
		// The state follows the name, which is in brackets and may have any in it.
		if _, after, _ := bytes.Cut(stat[bytes.LastIndexByte(stat, ')'):], []byte(") ")); len(after) > 0 && after[0] == 'T' {
			return nil
		}
	}
	return fmt.Errorf("it did not stop within %v", limit)
}

// runAs has cmd run as another user, to whom dir is given. It is set before the program begins, and
// not by the program: a change of user clears PR_SET_PDEATHSIG.
func runAs(cmd *exec.Cmd, name, dir string) error {
	u, err := user.Lookup(name)
	if err != nil {
		return err
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32) // numbers, on unix
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return os.Chown(dir, int(uid), int(gid))
}

// resume has it go on.
func resume(p *child.Process) error { return p.Signal(syscall.SIGCONT) }
