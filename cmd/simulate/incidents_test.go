package main

import (
	"bytes"
	"context"
	"testing"

	"herdlab/internal/command"
)

// A few incidents of the catalogue run as they are told, twice the same; make
// incidents runs all of them.
func TestIncidents(t *testing.T) {
	for _, name := range []string{"long-tail-mailboxes", "braze-burst"} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(context.Background(), &out, &errs, []string{"run", name, "--quiet", "--check-determinism", "--out", t.TempDir()})
			if code != command.ExitDone {
				t.Errorf("exit code %d: %s", code, errs.String())
			}
		})
	}
}
