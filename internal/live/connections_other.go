//go:build !unix

package live

import (
	"errors"
	"net"
)

func connections() uint64 { return fewConnections }

func setBacklog(*net.TCPListener, int) error {
	return errors.New("this system gives no program a backlog of its own: set fleet.full=reject")
}

func reset(*net.TCPListener) error { return nil }
