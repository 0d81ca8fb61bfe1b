//go:build !unix

package engine

import (
	"errors"
	"os/exec"
)

// runAs is for a root, which there is none of here.
func runAs(*exec.Cmd, string, string) error { return nil }

func (r *process) hang() error {
	return errors.New("a process cannot be stopped on this system: let the embedded cache hang instead")
}

func (r *process) wake() error { return r.hang() }
