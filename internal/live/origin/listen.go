package origin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
)

// Listen opens an address for Serve: host:port, :port or a port, of the loopback
// interface where no host is given. Port 0 is a free one.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	if _, err := strconv.ParseUint(address, 10, 16); err == nil {
		address = ":" + address
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("the address to listen on, %q, is not host:port: give a port, as in 127.0.0.1:8080", address)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", net.JoinHostPort(host, port), errors.Unwrap(err))
	}
	return listener, nil
}
