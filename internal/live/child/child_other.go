//go:build !unix

package child

import (
	"os"
	"syscall"
)

func attributes(own *syscall.SysProcAttr) *syscall.SysProcAttr { return own }

// signalGroup ends a process; its children are not known here.
func signalGroup(pid int, _ syscall.Signal) {
	if p, err := os.FindProcess(pid); err == nil {
		_ = p.Kill()
	}
}

func ownGroup() *syscall.SysProcAttr { return nil }
