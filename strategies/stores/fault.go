// Package stores is what the caches below it have in common: the names of their
// faults, and how an operation ends with its context. Each cache is a package of
// its own, so that a program has only the client library it uses:
//
//   - [github.com/herdlab/herdlab/strategies/stores/redis]: Redis and what speaks like it. Exact in
//     time and in its locks. The default.
//   - [github.com/herdlab/herdlab/strategies/stores/memcached]: memcached. Whole seconds at the
//     server, exact to the clocks of the boxes; locks may be evicted.
//   - [github.com/herdlab/herdlab/strategies/stores/memory]: the process itself, bounded in bytes.
//   - [github.com/herdlab/herdlab/strategies/stores/file]: a directory, for one machine.
//   - [github.com/herdlab/herdlab/strategies/stores/filebased]: a directory of bounded size, for one
//     process: as Django had it, and three other ways to bound it.
//
// [github.com/herdlab/herdlab/strategies/stores/failsafe] is put around any of them, so that
// a cache that hangs or goes away is survived.
//
// What a number of seconds means to each is in
// [github.com/herdlab/herdlab/strategies/stores/lifetime].
//
// Those without scripts make locks and leases by
// [github.com/herdlab/herdlab/strategies/stores/cas].
//
// All but the one in memory write a [github.com/herdlab/herdlab/strategies/wire.Envelope], so that bytes of another
// key, another program or half a write are an error and never a value, and all
// of them pass [github.com/herdlab/herdlab/strategies/stores/storetest].
package stores

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// Complete is a store that can do all that a strategy may ask for.
type Complete interface {
	strategies.Store
	strategies.NewerSetter
	strategies.Locker
	strategies.Extender
	strategies.Leaser
}

// What can be wrong with a cache. The errors of a store are one of these, an
// error of package strategies about the bytes found, or the cause of the
// context's end; each wraps what it was found out by.
var (
	// ErrRefused is returned when there is no connection, or it was closed
	// before the answer came.
	ErrRefused = errors.New("the cache is not there")

	// ErrNoAnswer is returned when the client's own time-out passes. What was
	// asked for may have been done, or be done later.
	ErrNoAnswer = errors.New("the cache does not answer in time")

	// ErrGarbled is returned for an answer that the protocol does not have, and
	// for errors of the server that have no name here.
	ErrGarbled = errors.New("the cache does not answer as a cache does")

	// ErrTooLarge is returned for a value above the server's limit.
	ErrTooLarge = errors.New("the value is larger than the cache takes")

	// ErrFull is returned when there is no room and nothing may be evicted.
	ErrFull = errors.New("the cache is full")
)

// Fault gives an error of a client library its name. What has a name already,
// and nil, stays as it is.
func Fault(err error) error {
	if err == nil {
		return nil
	}
	for _, named := range []error{ErrRefused, ErrNoAnswer, ErrGarbled, ErrTooLarge, ErrFull} {
		if errors.Is(err, named) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", faultOf(err), err)
}

func faultOf(err error) error {
	var network net.Error
	if errors.As(err, &network) && network.Timeout() || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		return ErrNoAnswer
	}
	for _, gone := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, gone) {
			return ErrRefused
		}
	}
	if network != nil {
		return ErrRefused
	}
	return ErrGarbled
}

// Lifetime refuses the ttl of an entry that is below zero.
func Lifetime(ttl time.Duration) error {
	if ttl < 0 {
		return fmt.Errorf("ttl of an entry is %v: write zero, for ever, or more", ttl)
	}
	return nil
}

// LockLifetime refuses the ttl of a lock that is not above zero: a lock has to
// end, since its owner may not live to free it.
func LockLifetime(ttl time.Duration) error {
	if ttl <= 0 {
		return fmt.Errorf("ttl of a lock is %v: write a duration above zero", ttl)
	}
	return nil
}

// maxToken is the longest token that a placeholder has room for.
const maxToken = 255

// LeaseTerms refuses a lease that cannot be kept: its token, and how long nobody
// else is to be given it.
func LeaseTerms(token string, every time.Duration) error {
	switch {
	case every <= 0 || 2*every <= 0:
		return fmt.Errorf("time of a lease is %v: write a duration above zero, and below a century", every)
	case token == "" || len(token) > maxToken:
		return fmt.Errorf("token of a lease has %d bytes: write one to %d", len(token), maxToken)
	}
	return nil
}
