//go:build unix && !linux

package engine

import "syscall"

func (r *process) hang() error { return r.Signal(syscall.SIGSTOP) }
func (r *process) wake() error { return r.Signal(syscall.SIGCONT) }
