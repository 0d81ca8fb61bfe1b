package child

import "syscall"

func attributes(own *syscall.SysProcAttr) *syscall.SysProcAttr {
	if own == nil {
		own = new(syscall.SysProcAttr)
	}
	own.Setpgid, own.Pdeathsig = true, syscall.SIGKILL
	return own
}

// signalGroup sends a signal to a process and its children.
func signalGroup(pid int, s syscall.Signal) { _ = syscall.Kill(-pid, s) } // which may have ended

// ownGroup has a process be no member of our group, to which a terminal sends Ctrl-C.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
