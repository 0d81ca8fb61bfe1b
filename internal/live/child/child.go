// Package child starts programs that do not outlive this one.
package child

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// Process is a program that runs, or has ended.
type Process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed when it has
	err   error         // why; to be read when ended is closed
}

// Start starts cmd in a process group of its own, so that a Ctrl-C in the
// terminal reaches only us, who then end it in order, and reaps it when it ends.
// On Linux it is killed when we die, however that comes about. Other attributes of cmd stay.
func Start(cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd, ended: make(chan struct{})}
	cmd.SysProcAttr = attributes(cmd.SysProcAttr)
	started := make(chan error, 1)
	// The kernel kills it when the thread that started it ends (prctl(2),
	// PR_SET_PDEATHSIG), so that thread is kept for it until then.
	go func() {
		runtime.LockOSThread()
		defer close(p.ended)
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// Pid is the number of the process.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Err says how it ended, which is never no reason. It waits until it has.
func (p *Process) Err() error {
	<-p.ended
	if p.err == nil {
		return errors.New("by itself, without an error")
	}
	return p.err
}

// Signal sends the process a signal.
func (p *Process) Signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// Kill ends the process and returns when it has ended. It may have ended before.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// KillGroup is Kill for the process and those that it has started, as far as they are still
// in its group.
func (p *Process) KillGroup() {
	signalGroup(p.Pid(), syscall.SIGKILL)
	<-p.ended
}

// EndGroup asks the process and those that it has started to end, and kills what has not
// after a while.
func (p *Process) EndGroup(patience time.Duration) {
	signalGroup(p.Pid(), syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(patience):
	}
	p.KillGroup()
}
