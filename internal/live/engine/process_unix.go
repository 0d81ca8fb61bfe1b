//go:build unix && !linux

package engine

import "syscall"

// attributes gives the process a group of its own, so that a Ctrl-C in the
// terminal reaches only us, who then end it in order.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func (r *process) hang() error { return r.cmd.Process.Signal(syscall.SIGSTOP) }
func (r *process) wake() error { return r.cmd.Process.Signal(syscall.SIGCONT) }
