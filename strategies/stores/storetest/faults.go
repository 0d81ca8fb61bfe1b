package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/wire"
)

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// operation is one thing that a store does. What it found is whether it says
// yes: an entry is there, a lock is held, a value was stored.
type operation struct {
	name string
	do   func(ctx context.Context) (found bool, err error)
}

// operations are all that s can do.
func operations(s strategies.Store) (all []operation) {
	add := func(name string, do func(ctx context.Context) (bool, error)) { all = append(all, operation{name, do}) }
	e := strategies.Entry{Value: strategies.Value{Data: []byte("v"), Version: 1}}
	add("get", func(ctx context.Context) (bool, error) { _, ok, err := s.Get(ctx, "k"); return ok, err })
	add("set", func(ctx context.Context) (bool, error) { return false, s.Set(ctx, "k", e, time.Hour) })
	add("delete", func(ctx context.Context) (bool, error) { return false, s.Delete(ctx, "k") })
	if s, ok := s.(strategies.NewerSetter); ok {
		add("set newer", func(ctx context.Context) (bool, error) { return s.SetNewer(ctx, "k", e, time.Hour) })
	}
	if s, ok := s.(strategies.Locker); ok {
		add("lock", func(ctx context.Context) (bool, error) { return s.TryLock(ctx, "k", "me", time.Hour) })
		add("unlock", func(ctx context.Context) (bool, error) { return s.Unlock(ctx, "k", "me") })
	}
	if s, ok := s.(strategies.Extender); ok {
		add("extend", func(ctx context.Context) (bool, error) { return s.Extend(ctx, "k", "me", time.Hour) })
	}
	if s, ok := s.(strategies.Leaser); ok {
		add("lease", func(ctx context.Context) (bool, error) {
			l, err := s.Lease(ctx, "k", "me", time.Hour)
			return l.Found || l.Token != "", err
		})
		add("set with a lease", func(ctx context.Context) (bool, error) { return s.SetLeased(ctx, "k", "me", e, time.Hour) })
		add("retire", func(ctx context.Context) (bool, error) { return false, s.Retire(ctx, "k", 1, time.Hour) })
	}
	return all
}

// Connect makes a store whose server is on addr and may take timeout to answer
// anything.
type Connect func(t *testing.T, addr string, timeout time.Duration) strategies.Store

// RunFaults holds a store against servers that are not there, say nothing, hang
// up, or talk nonsense. Whatever they do, an operation returns in time, with an
// error that has a name, and never with a value.
//
// Stays says that a caller whose context is cancelled, and has no deadline, stays until
// the client's time-out.
func RunFaults(t *testing.T, stays bool, connect Connect) {
	for _, c := range []struct {
		name    string
		talk    func(net.Conn) // nil: nobody listens
		timeout time.Duration
		want    error
	}{
		{"nobody listens", nil, patience, stores.ErrRefused},
		{"hangs up", func(net.Conn) {}, patience, stores.ErrRefused},
		{"says nothing", func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }, 20 * time.Millisecond, stores.ErrNoAnswer},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, op := range operations(connect(t, serve(t, c.talk), c.timeout)) {
				fails(t, op, background, c.want)
			}
		})
	}
	t.Run("says nothing until the deadline", func(t *testing.T) { contextEnds(t, connect, patience, 20*time.Millisecond, context.DeadlineExceeded) })
	t.Run("says nothing until the caller leaves", func(t *testing.T) {
		timeout := patience
		if stays {
			timeout = time.Second
		}
		contextEnds(t, connect, timeout, time.Hour, errors.New("the caller has left"))
	})
	t.Run("talks nonsense", func(t *testing.T) { nonsense(t, connect) })
}

// fails fails unless op fails with want.
func fails(t testing.TB, op operation, ctx context.Context, want error) {
	t.Helper()
	if found, err := op.do(ctx); found || !errors.Is(err, want) {
		t.Errorf("%s: %v, %v; want %v", op.name, found, err, want)
	}
}

// contextEnds ends the context of an operation while the server has heard of it
// and says nothing: by its deadline, or at once with another cause. Of operations that have
// to wait for the client's time-out two are enough.
func contextEnds(t *testing.T, connect Connect, timeout, after time.Duration, cause error) {
	for i, op := range operations(connect(t, "127.0.0.1:1", time.Second)) {
		if timeout < patience && i > 1 {
			return
		}
		ctx, stop := context.WithTimeout(background, after)
		ctx, leave := context.WithCancelCause(ctx)
		addr := serve(t, func(conn net.Conn) {
			if _, err := conn.Read(make([]byte, 1)); err == nil && cause != context.DeadlineExceeded {
				leave(cause)
			}
			_, _ = io.Copy(io.Discard, conn)
		})
		op = operations(connect(t, addr, timeout))[i]
		begun := time.Now()
		fails(t, op, ctx, cause)
		if took := time.Since(begun); took > patience/2 {
			t.Errorf("%s: returns after %v, when the client's time-out was near", op.name, took)
		}
		stop()
	}
}

// serve talks to every connection to addr until the test ends. Nobody listens there
// if talk is nil.
func serve(t *testing.T, talk func(net.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if talk == nil {
		_ = l.Close()
		return l.Addr().String()
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			hangUp := func() { _ = conn.Close() }
			context.AfterFunc(t.Context(), hangUp)
			running.Go(func() {
				defer hangUp()
				talk(conn)
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		running.Wait()
	})
	return l.Addr().String()
}

// Outage takes the server of a store away and brings it back. While it is away
// every operation fails with want; soon afterwards all work again, though the
// first ones may still find connections that have died.
func Outage(t *testing.T, s strategies.Store, want error, away, back func() error) {
	t.Helper()
	all := operations(s)
	for _, op := range all {
		if _, err := op.do(background); err != nil {
			t.Fatalf("%s before the outage: %v", op.name, err)
		}
	}
	if err := away(); err != nil {
		t.Fatal(err)
	}
	for _, op := range all {
		fails(t, op, background, want)
	}
	if err := back(); err != nil {
		t.Fatal(err)
	}
	for _, op := range all {
		_, err := op.do(background)
		for begun := time.Now(); err != nil && time.Since(begun) < patience; _, err = op.do(background) {
			if !named(err) {
				t.Fatalf("%s after the outage: an error without a name: %v", op.name, err)
			}
		}
		if err != nil {
			t.Errorf("%s long after the outage: %v", op.name, err)
		}
	}
	if got, ok, err := s.Get(background, "k"); err != nil || ok && string(got.Data) != "v" {
		t.Errorf("get: %q, %v, %v", got.Data, ok, err)
	}
}

// named reports whether err is one of those that a store may return.
func named(err error) bool {
	return slices.ContainsFunc([]error{
		stores.ErrRefused, stores.ErrNoAnswer, stores.ErrGarbled, stores.ErrTooLarge, stores.ErrFull,
		strategies.ErrForeign, strategies.ErrTorn, strategies.ErrOtherKey,
	}, func(name error) bool { return errors.Is(err, name) })
}

// answers that no cache gives, or not to what it was asked. Those of the second
// kind are yes in some protocol, and so is what the operation says then.
func nonsenses(t *testing.T) (all []string, yes map[string]bool) {
	other, err := wire.Envelope{Key: "not k", Entry: strategies.Entry{Value: strategies.Value{Data: []byte("secret")}}}.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	all = []string{
		"\r\n", "\n", "\x00", "?\r\n", "-\r\n", "-ERR no\r\n", "-WRONGTYPE no\r\n", "ERROR\r\n", "SERVER_ERROR no\r\n", "CLIENT_ERROR no\r\n",
		"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "220 mail ESMTP\r\n",
		"$-2\r\n", "$5\r\nab", "$abc\r\n", "$9223372036854775807\r\n", "$99999999999999999999\r\n", "*-2\r\n", "*9223372036854775807\r\n", "*2\r\n:1\r\n$1\r\na\r\n",
		"%1\r\n*0\r\n:1\r\n", ":\r\n", ":7\r\n", ":-1\r\n", ":99999999999999999999\r\n", "+QUEUED\r\n", "$2\r\nhi\r\n", "#t\r\n", ",inf\r\n",
		"VALUE\r\n", "VALUE v:k\r\n", "VALUE v:k 0 -1\r\n", "VALUE v:k 0 99999999999999999999\r\n", "VALUE v:k 0 3 1\r\nabcdEND\r\n", "VALUE v:k 0 2 1\r\nhi\r\nEND\r\n",
		"VALUE x 0 2 1\r\nhi\r\nEND\r\n", "VALUE v:k x y z\r\n",
		fmt.Sprintf("$%d\r\n%s\r\n", len(other), other),
		fmt.Sprintf("VALUE v:k 0 %d 1\r\n%s\r\nEND\r\n", len(other), other),
		fmt.Sprintf("VALUE l:k 0 %d 1\r\n%s\r\nEND\r\n", len(other), other),
		strings.Repeat("A", 100_000), strings.Repeat("B", 100_000) + "\r\n", strings.Repeat("*1\r\n", 5_000),
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		b := []byte("?" + strings.Repeat(" ", rng.IntN(200)) + "\r\n")
		for i := range b[:len(b)-2] {
			b[i] = byte(rng.Uint32())
		}
		b[0] = "+-:$*VEN\x80"[rng.IntN(9)]
		all = append(all, string(b))
	}
	yes = map[string]bool{
		"+OK\r\n": true, ":1\r\n": true, ":0\r\n": true, "STORED\r\n": true, "DELETED\r\n": true, "END\r\n": true, "$-1\r\n": true, "_\r\n": true,
		"NOT_FOUND\r\n": true, "NOT_STORED\r\n": true, "EXISTS\r\n": true,
	}
	return slices.AppendSeq(all, maps.Keys(yes)), yes
}

// nonsense talks so to every operation. A server that answers the one word a
// command can be answered by cannot be told from a cache; a value it cannot make
// up.
func nonsense(t *testing.T, connect Connect) {
	all, yes := nonsenses(t)
	for _, answer := range all {
		addr := serve(t, func(conn net.Conn) {
			b := make([]byte, 64<<10)
			for {
				if _, err := conn.Read(b); err != nil {
					return
				}
				if _, err := conn.Write([]byte(answer)); err != nil {
					return
				}
			}
		})
		for _, op := range operations(connect(t, addr, 30*time.Millisecond)) {
			found, err := op.do(background)
			switch {
			case op.name == "get" && found:
				t.Errorf("%s, answered by %.60q, finds a value", op.name, answer)
			case err == nil && !yes[answer]:
				t.Errorf("%s, answered by %.60q: %v and no error", op.name, answer, found)
			case err != nil && !named(err):
				t.Errorf("%s, answered by %.60q: an error without a name: %v", op.name, answer, err)
			}
		}
	}
}
