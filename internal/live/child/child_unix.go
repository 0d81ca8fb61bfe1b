//go:build unix && !linux

package child

import "syscall"

func attributes(own *syscall.SysProcAttr) *syscall.SysProcAttr {
	if own == nil {
		own = new(syscall.SysProcAttr)
	}
	own.Setpgid = true
	return own
}
