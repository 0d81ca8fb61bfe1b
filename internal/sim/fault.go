package sim

import (
	"fmt"
	"runtime/debug"
	"strings"
	"time"
)

// hashSeed is the offset basis of FNV-1a, an arbitrary odd start.
const hashSeed = 14695981039346656037

// count enters one event into the trace hash.
func (s *Sim) count(t *task) {
	s.events++
	h := (s.hash ^ uint64(s.now)) * 0x9E3779B97F4A7C15
	s.hash = (h ^ h>>32 ^ uint64(t.id)) * 0xD6E8FEB86659FD93
}

// unwind is the panic that ends a process whose clock has stopped.
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

// catch makes a panic the fault of the run. The first one counts.
func (s *Sim) catch(t *task) {
	switch v := recover().(type) {
	case nil, unwind:
	default:
		if s.fault == nil {
			name := t.name
			if t.callback != nil {
				name = "callback"
			}
			s.fault = &PanicError{At: s.Elapsed(), Name: name, Value: v, Stack: debug.Stack()}
		}
	}
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

func (s *Sim) deadlock() error {
	e := &DeadlockError{At: s.Elapsed()}
	for _, t := range s.underWay() {
		e.Waiting = append(e.Waiting, fmt.Sprintf("%s waits for %s since %v", t.name, t.waits, time.Duration(t.since)))
	}
	return e
}

// underWay lists the processes in the middle of a body, by age.
func (s *Sim) underWay() []*task {
	var tasks []*task
	for _, t := range s.tasks {
		if t.body != nil {
			tasks = append(tasks, t)
		}
	}
	return tasks
}
