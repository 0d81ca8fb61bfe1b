package tier

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
)

// link is the network between the boxes and one node, which can be cut: the node
// runs on, and nobody reaches it. The zero value is not cut.
type link struct {
	mu   sync.Mutex
	down bool
	open map[*wired]struct{}
}

// wired is a connection over a link.
type wired struct {
	*net.TCPConn // go-redis looks at the socket
	link         *link
}

// dial connects, for a client of the cache.
func (l *link) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	c := &wired{conn.(*net.TCPConn), l}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		_ = conn.Close()
		return nil, &net.OpError{Op: "dial", Net: network, Addr: conn.RemoteAddr(), Err: syscall.ECONNREFUSED}
	}
	if l.open == nil {
		l.open = make(map[*wired]struct{})
	}
	l.open[c] = struct{}{}
	return c, nil
}

// Close ends the connection.
func (c *wired) Close() error {
	c.link.mu.Lock()
	delete(c.link.open, c)
	c.link.mu.Unlock()
	return c.TCPConn.Close()
}

// broken reports whether an operation failed with its connection, and not by what
// the node answered.
func broken(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed)
}

// unanswered reports whether an operation failed for want of an answer.
func unanswered(err error) bool { return broken(err) || errors.Is(err, context.DeadlineExceeded) }

// cut breaks every connection and refuses new ones until mend.
func (l *link) cut() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = true
	for c := range l.open {
		_ = c.TCPConn.Close()
	}
	clear(l.open)
	return nil
}

func (l *link) mend() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = false
	return nil
}

// isDown reports whether the link is cut.
func (l *link) isDown() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.down
}
