package stores_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/herdlab/herdlab/strategies/stores"
)

var background = context.Background()

func TestFault(t *testing.T) {
	dialed := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	late := &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}
	for _, c := range []struct {
		err, want error
	}{
		{dialed, stores.ErrRefused},
		{&net.OpError{Op: "read", Err: syscall.ECONNRESET}, stores.ErrRefused},
		{fmt.Errorf("while reading: %w", io.EOF), stores.ErrRefused},
		{io.ErrUnexpectedEOF, stores.ErrRefused},
		{net.ErrClosed, stores.ErrRefused},
		{&net.DNSError{Err: "no such host"}, stores.ErrRefused},
		{&net.DNSError{Err: "late", IsTimeout: true}, stores.ErrNoAnswer},
		{late, stores.ErrNoAnswer},
		{context.DeadlineExceeded, stores.ErrNoAnswer},
		{errors.New("unexpected line"), stores.ErrGarbled},
		{fmt.Errorf("%w: 2 MB", stores.ErrTooLarge), stores.ErrTooLarge},
	} {
		got := stores.Fault(c.err)
		if !errors.Is(got, c.want) || !errors.Is(got, c.err) {
			t.Errorf("%v is named %v, want %v", c.err, got, c.want)
		}
		if again := stores.Fault(got); again != got {
			t.Errorf("%v is named twice: %v", got, again)
		}
	}
	if err := stores.Fault(nil); err != nil {
		t.Error(err)
	}
}

func TestLifetimes(t *testing.T) {
	for _, ttl := range []time.Duration{-1, -time.Hour} {
		if stores.Lifetime(ttl) == nil || stores.LockLifetime(ttl) == nil {
			t.Errorf("%v is let pass", ttl)
		}
	}
	if stores.Lifetime(0) != nil || stores.LockLifetime(0) == nil || stores.LockLifetime(1) != nil {
		t.Error("an entry may live for ever, and a lock may not")
	}
}

func TestDo(t *testing.T) {
	wrong := errors.New("wrong")
	ctx, cancel := context.WithCancel(background)
	defer cancel()
	for _, ctx := range []context.Context{background, ctx} {
		if n, err := stores.Do(ctx, func() (int, error) { return 7, nil }); n != 7 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if _, err := stores.Do(ctx, func() (int, error) { return 7, wrong }); err != wrong {
			t.Error(err)
		}
		_, err := stores.Do(ctx, func() (int, error) { panic("makeslice: len out of range") })
		if !errors.Is(err, stores.ErrGarbled) || !strings.Contains(err.Error(), "makeslice") {
			t.Errorf("a panic: %v", err)
		}
	}
	cancel()
	if _, err := stores.Do(ctx, func() (int, error) { t.Error("it is done"); return 0, nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Who leaves does not wait for the operation, and the operation not for him.
func TestDoIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("no time")
		ctx, cancel := context.WithCancelCause(background)
		done := false
		time.AfterFunc(time.Second, func() { cancel(cause) })
		begun := time.Now()
		_, err := stores.Do(ctx, func() (int, error) {
			time.Sleep(time.Minute)
			done = true
			return 0, nil
		})
		if took := time.Since(begun); !errors.Is(err, cause) || took != time.Second {
			t.Errorf("%v after %v", err, took)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if !done {
			t.Error("the operation did not go on")
		}
	})
}

// A library that gives up at the context's deadline, and a little before the
// context does, is not a cache that does not answer.
func TestDoUntilDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(background, time.Second, errors.New("the caller's limit"))
		defer cancel()
		_, err := stores.Do(ctx, func() (int, error) {
			time.Sleep(time.Second)
			return 0, stores.Fault(os.ErrDeadlineExceeded)
		})
		if errors.Is(err, stores.ErrNoAnswer) || err == nil || !strings.Contains(err.Error(), "the caller's limit") {
			t.Error(err)
		}
	})
}

func BenchmarkDo(b *testing.B) {
	ctx, cancel := context.WithCancel(background)
	defer cancel()
	for name, ctx := range map[string]context.Context{"background": background, "cancellable": ctx} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, _ = stores.Do(ctx, func() (int, error) { return 0, nil })
			}
		})
	}
}
