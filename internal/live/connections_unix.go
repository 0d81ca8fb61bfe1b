//go:build unix

package live

import (
	"net"
	"syscall"
)

// connections is how many requests this process can have under way: each holds a
// file descriptor, and a second one where the boxes are in this process too. A
// third of them is left for connections that are closing, and some for the rest.
func connections() uint64 {
	const rest = 200
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return fewConnections
	}
	return (max(uint64(limit.Cur), 3*fewConnections+rest) - rest) / 3
}

// setBacklog gives what listens another backlog than Go's, which is the largest there is.
func setBacklog(l *net.TCPListener, n int) error {
	return control(l, func(fd int) error { return syscall.Listen(fd, n) })
}

// reset breaks all connections that nobody has accepted, as the end of a process does. The
// descriptor does not block, so that the last of them is followed by an error.
func reset(l *net.TCPListener) error {
	return control(l, func(fd int) error {
		for {
			waiting, _, err := syscall.Accept(fd)
			if err != nil {
				return nil
			}
			_ = syscall.SetsockoptLinger(waiting, syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1})
			_ = syscall.Close(waiting)
		}
	})
}

func control(l *net.TCPListener, do func(fd int) error) error {
	raw, err := l.SyscallConn()
	if err != nil {
		return err
	}
	failed := raw.Control(func(fd uintptr) { err = do(int(fd)) })
	if failed != nil {
		return failed
	}
	return err
}
