//go:build !unix

package child

import "syscall"

func attributes(own *syscall.SysProcAttr) *syscall.SysProcAttr { return own }
