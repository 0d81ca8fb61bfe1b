//go:build !unix

package engine

import (
	"errors"
	"os/exec"

	"github.com/herdlab/herdlab/internal/live/child"
)

// runAs is for a root, which there is none of here.
func runAs(*exec.Cmd, string, string) error { return nil }

func suspend(*child.Process) error {
	return errors.New("a process cannot be stopped on this system: let the embedded cache hang instead")
}

func resume(p *child.Process) error { return suspend(p) }
