package sim

import (
	"fmt"
	"strings"
	"time"
)

// unwind is the panic that ends a process whose clock has stopped, so that its
// deferred calls run. It is no fault.
type unwind struct{}

// PanicError is a panic of a process or callback.
type PanicError struct {
	At    time.Duration // virtual time
	Name  string        // of the process
	Value any
	Stack []byte
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("panic in process %q at virtual time %v: %v\n%s", e.Name, e.At, e.Value, e.Stack)
}

// Unwrap gives the panic's value where it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// DeadlockError says that processes wait and nothing can wake them.
type DeadlockError struct {
	At      time.Duration // virtual time
	Waiting []string      // "name waits for what since when", in order of their start
}

func (e *DeadlockError) Error() string {
	return fmt.Sprintf("deadlock at virtual time %v: %d processes wait and nothing can wake them: %s",
		e.At, len(e.Waiting), strings.Join(e.Waiting, "; "))
}
