package command

import (
	"fmt"
	"os"
)

// Writable makes the directory of a report and tries it, so that a long run
// does not end in a refusal.
func Writable(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("--out: %w; name a directory you may write to", err)
	}
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return fmt.Errorf("--out: %w; name a directory you may write to", err)
	}
	probe.Close()
	return os.Remove(probe.Name())
}
