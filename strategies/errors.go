package strategies

import (
	"errors"
	"fmt"
)

// ErrColdCache is returned when there is no value to serve and the strategy
// refuses to compute one, because somebody else does or because it is told not
// to. The caller may try again a little later.
var ErrColdCache = errors.New("cold cache: the value is not there yet, try again shortly")

// LoadError is a failed load of the origin.
type LoadError struct {
	Key string
	Err error
}

func (e *LoadError) Error() string { return fmt.Sprintf("load %q: %v", e.Key, e.Err) }
func (e *LoadError) Unwrap() error { return e.Err }

// StoreError is a failed operation of the cache.
type StoreError struct {
	Op, Key string
	Err     error
}

func (e *StoreError) Error() string { return fmt.Sprintf("cache %s %q: %v", e.Op, e.Key, e.Err) }
func (e *StoreError) Unwrap() error { return e.Err }

// PanicError is what requests that waited for a load get when it panicked. The
// panic itself goes on in the caller that asked for the load first.
type PanicError struct {
	Value any
	Stack []byte // of the panic, as [runtime/debug.Stack] has it; nil if the load ended its goroutine
}

func (e *PanicError) Error() string { return fmt.Sprintf("the load panicked: %v", e.Value) }

// Unwrap is what it panicked with, where that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// ErrLoadTimeout is a load that did not end within its load_timeout. Its context is
// cancelled with it, and whoever asks now begins another.
var ErrLoadTimeout = errors.New("the load did not end within load_timeout, and was given up")

// errAbandoned is the end of a load that nobody waits for any more.
var errAbandoned = errors.New("nobody waits for this load any more")

// ConfigError is a setting that makes no sense.
type ConfigError struct {
	Field string // as a configuration file spells it
	Msg   string // what is wrong with it and what to write instead
}

func (e *ConfigError) Error() string { return fmt.Sprintf("setting %q: %s", e.Field, e.Msg) }

// What is wrong with bytes that are not the entry asked for. A store returns
// them wrapped.
var (
	// ErrForeign is returned for bytes that this cache has not written: somebody else uses
	// the same keys, or what answered is no cache.
	ErrForeign = errors.New("not written by this cache: give it a prefix or a directory of its own")

	// ErrTorn is returned for an entry that is cut short or damaged.
	ErrTorn = errors.New("an entry that is cut short or damaged")

	// ErrOtherKey is returned for an entry of another key.
	ErrOtherKey = errors.New("an entry of another key")
)

// unreadable reports whether err is about what lies under a key, and not about the
// cache.
func unreadable(err error) bool {
	return errors.Is(err, ErrForeign) || errors.Is(err, ErrTorn) || errors.Is(err, ErrOtherKey)
}
