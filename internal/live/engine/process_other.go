//go:build !unix

package engine

import "errors"

func (r *process) hang() error {
	return errors.New("a process cannot be stopped on this system: let the embedded cache hang instead")
}

func (r *process) wake() error { return r.hang() }
