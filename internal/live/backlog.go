package live

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// backlog is what a box of synchronous workers listens on: it accepts a connection when a
// worker is free, and leaves the others to the kernel, which keeps as many as the backlog
// and one, and drops the SYN of the next. A worker is free again when it has closed the
// connection: there is one request in each.
//
// Go's own servers accept whatever comes, so that nothing ever waits in the kernel.
type backlog struct {
	*net.TCPListener
	workers chan struct{} // as many as are free
	closed  chan struct{}
	close   func()

	draining atomic.Bool
	empty    chan struct{} // nothing waits in the kernel any more
}

// newBacklog has so many workers listen on a free port of the loopback interface.
func newBacklog(workers, places int) (*backlog, error) {
	if most := longestBacklog(); places > most {
		return nil, fmt.Errorf("a queue of %d is longer than a backlog may be here: raise it by sysctl -w net.core.somaxconn=%d (now %d), or set fleet.full=reject", places, places, most)
	}
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	if err := setBacklog(listener, places); err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("a backlog of %d: %w", places, err)
	}
	b := &backlog{TCPListener: listener, workers: make(chan struct{}, workers), closed: make(chan struct{}), empty: make(chan struct{})}
	b.close = sync.OnceFunc(func() { close(b.closed) })
	for range workers {
		b.workers <- struct{}{}
	}
	return b, nil
}

// Accept waits for a worker, and then for a connection.
func (b *backlog) Accept() (net.Conn, error) {
	for {
		select {
		case <-b.workers:
		case <-b.closed:
			return nil, net.ErrClosed
		}
		draining := b.draining.Load()
		if draining {
			_ = b.SetDeadline(time.Now().Add(settled))
		}
		c, err := b.TCPListener.Accept()
		if err == nil {
			return &taken{c, sync.OnceFunc(func() { b.workers <- struct{}{} })}, nil
		}
		b.workers <- struct{}{}
		switch {
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return nil, err
		case draining:
			close(b.empty)
			<-b.closed
			return nil, net.ErrClosed
		}
	}
}

// settled is for how long nothing has to come before there is nothing.
const settled = 20 * time.Millisecond

// drain has the workers take what waits in the kernel, and waits for that. Its clients have
// left, of which a box is not told.
func (b *backlog) drain() {
	b.draining.Store(true)
	_ = b.SetDeadline(time.Now()) // for who waits for a connection now
	select {
	case <-b.empty:
	case <-b.closed:
	}
}

// Close resets what waits in the kernel.
func (b *backlog) Close() error {
	b.close()
	return b.TCPListener.Close()
}

// taken is a connection that has a worker.
type taken struct {
	net.Conn
	free func()
}

// Close gives the worker back.
func (s *taken) Close() error {
	err := s.Conn.Close()
	s.free()
	return err
}

// longestBacklog is the longest queue that the kernel keeps for anybody; it cuts a longer
// one in silence. 128 is what Linux had up to 5.4, and others have.
func longestBacklog() int { return max(sysctl("net/core/somaxconn"), 128) }

// SYNLinearTimeouts is how this machine's kernel sends a SYN again that was not answered, as
// a scenario has it in syn_linear_timeouts. Where there is no such setting it is 0.
func SYNLinearTimeouts() int { return sysctl("net/ipv4/tcp_syn_linear_timeouts") }

// sysctl is a setting of Linux; 0 where there is none.
func sysctl(name string) int {
	text, _ := os.ReadFile("/proc/sys/" + name)
	n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return n
}
